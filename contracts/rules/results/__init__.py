"""F1 to F8: how a client fetches the videos that it paid for."""

from typing import Final

from contracts.collecting import collect_rules
from contracts.recording.client import ClientRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ClientRecord], ...]] = collect_rules(__name__, __path__)
