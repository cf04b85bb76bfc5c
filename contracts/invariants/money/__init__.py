"""M1 to M9: what a task sets aside, what it costs in the end, and that no credit is lost, made or taken twice."""

from typing import Final

from contracts.collecting import collect_rules
from contracts.recording.server import ServerRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ServerRecord], ...]] = collect_rules(__name__, __path__)
