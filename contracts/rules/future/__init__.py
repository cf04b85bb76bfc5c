"""I1 to I6: getting along with what today's pages do not have."""

from typing import Final

from contracts.collecting import collect_rules
from contracts.recording.client import ClientRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ClientRecord], ...]] = collect_rules(__name__, __path__)
