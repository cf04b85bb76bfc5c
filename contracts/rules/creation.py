"""B1 to B11: asking for tasks, and for each of them once, as each is paid for."""

from typing import Final

from contracts.recording.client import ClientRecord
from contracts.rules import idempotency, intents, repetition, restarts
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ClientRecord], ...]] = tuple(
    sorted((*intents.RULES, *repetition.RULES, *restarts.RULES, *idempotency.RULES), key=lambda rule: int(rule.id[1:]))
)
"""The rules on the creation of tasks, in the order of their numbers."""
