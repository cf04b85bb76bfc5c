"""What is known of one test in one universe when it is over: all that a report is made of."""

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

import msgspec

from mock_server.control.shapes import CallbackShown, PlanShown, TaskState
from mock_server.core.types import CREDIT
from mock_server.journal.entries import Entry

Outcome: TypeAlias = Literal["passed", "failed", "error", "skipped"]
"""How a test ended; `error` is a fixture that failed, in the beginning or at the end."""

_DIGITS: Final = 4


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """A clause that a request broke, and what the test is told of it; `number` is the request's in the journal."""

    number: int
    clause: str
    message: str


class ClockMove(msgspec.Struct, frozen=True, kw_only=True):
    """A way that a frozen clock was moved: from when to when, in seconds since the epoch, and by what."""

    at: float
    to: float
    by: str


class History(msgspec.Struct, frozen=True, kw_only=True):
    """One test: its node id and how it ended, and what happened in its universe, as the control API tells of it.

    `started_at` and `ended_at` are the universe's time in seconds since the epoch. `dropped` is how many of the oldest
    exchanges the journal could not keep. `failure` is what the test said when it failed.
    """

    node: str
    universe: str
    outcome: Outcome
    started_at: float
    ended_at: float
    entries: tuple[Entry, ...] = ()
    dropped: int = 0
    tasks: tuple[TaskState, ...] = ()
    callbacks: tuple[CallbackShown, ...] = ()
    plans: tuple[PlanShown, ...] = ()
    moves: tuple[ClockMove, ...] = ()
    violations: tuple[Violation, ...] = ()
    failure: str = ""

    @property
    def failed(self) -> bool:
        """Whether there is something to look into."""
        return self.outcome in {"failed", "error"}

    @property
    def unused_plans(self) -> tuple[str, ...]:
        """The names of the plans that never struck."""
        return tuple(plan.name for plan in self.plans if not plan.struck)

    @property
    def faults(self) -> int:
        """How many faults struck requests and callbacks."""
        attempts = (attempt for delivery in self.callbacks for attempt in delivery.attempts)
        return sum(len(entry.faults) for entry in self.entries) + sum(len(attempt.faults) for attempt in attempts)

    @property
    def credits_spent(self) -> float:
        """What its tasks were charged."""
        return add_credits(line.credits for task in self.tasks for line in task.ledger if line.kind == "charge")


def add_credits(amounts: Iterable[float]) -> float:
    """Add up credits as the whole numbers of 0.0001 that they are."""
    return round(sum(round(amount * CREDIT) for amount in amounts) / CREDIT, _DIGITS)


def written_credits(amount: float) -> str:
    """Write credits: 5, 5.1 or 0.0001, with the unit."""
    number = f"{amount:.{_DIGITS}f}".rstrip("0").rstrip(".")
    return f"{number} {'credit' if number == '1' else 'credits'}"
