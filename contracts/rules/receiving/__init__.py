"""E1 to E14: receiving callbacks. E15, signatures, needs what the API does not have."""

from typing import Final

from contracts.collecting import collect_rules
from contracts.recording.client import ClientRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ClientRecord], ...]] = collect_rules(__name__, __path__)
