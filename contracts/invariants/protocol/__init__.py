"""P1 to P7: what holds for any exchange: errors, methods, keys, limits, repetition, links, waits."""

from typing import Final

from contracts.collecting import collect_rules
from contracts.recording.server import ServerRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ServerRecord], ...]] = collect_rules(__name__, __path__)
