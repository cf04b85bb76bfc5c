"""E1 to E14: receiving callbacks. E15, signatures, needs what the API does not have."""

from typing import Final

from contracts.recording.client import ClientRecord
from contracts.rules import acted_callbacks, answered_callbacks, missing_callbacks
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ClientRecord], ...]] = tuple(
    sorted(
        (*answered_callbacks.RULES, *acted_callbacks.RULES, *missing_callbacks.RULES), key=lambda rule: int(rule.id[1:])
    )
)
"""The rules on receivers, in the order of their numbers."""
