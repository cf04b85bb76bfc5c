"""P1 to P7: what holds for any exchange: errors, methods, keys, limits, repetition, links, waits."""

from typing import Final

from contracts.invariants import answers, downloads, limits, repetition
from contracts.recording.history import ServerRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ServerRecord], ...]] = tuple(
    sorted((*answers.RULES, *limits.RULES, *repetition.RULES, *downloads.RULES), key=lambda rule: int(rule.id[1:]))
)
"""The rules on the protocol, in the order of their numbers."""
