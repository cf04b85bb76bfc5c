"""K1 to K12: what is sent to a callback URL, when, how often, and where never."""

from typing import Final

from contracts.invariants import attempts, receivers, schedule
from contracts.recording.history import ServerRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ServerRecord], ...]] = tuple(
    sorted((*attempts.RULES, *schedule.RULES, *receivers.RULES), key=lambda rule: int(rule.id[1:]))
)
"""The rules on callbacks, in the order of their numbers."""
