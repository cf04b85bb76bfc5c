"""Which way a task may go, as data, and what follows from that for two looks at one task."""

from collections.abc import Collection, Mapping
from typing import Final

TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "pending": frozenset({"processing", "failed", "cancelled"}),
    "processing": frozenset({"completed", "failed", "cancelled"}),
    "completed": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
}
"""From each status, the ones that may follow it (TASK-STATUS, TASK-CANCELLED)."""

TERMINAL: Final = frozenset(status for status, following in TRANSITIONS.items() if not following)
"""The statuses that no task leaves."""


def _following(status: str) -> frozenset[str]:
    return frozenset({status}).union(*(_following(later) for later in TRANSITIONS[status]))


REACHABLE: Final[Mapping[str, frozenset[str]]] = {status: _following(status) for status in TRANSITIONS}
"""From each status, itself and all that a task can come to from there, whatever nobody has seen in between."""


def may_become(earlier: Collection[str], later: Collection[str]) -> bool:
    """Tell whether a task that was one of these statuses can be one of those later."""
    return any(status in REACHABLE[before] for before in earlier for status in later)
