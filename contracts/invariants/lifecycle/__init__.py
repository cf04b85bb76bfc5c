"""L1 to L16: what must hold for a task from its creation on, whoever looks at it, and how often."""

from typing import Final

from contracts.collecting import collect_rules
from contracts.recording.server import ServerRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ServerRecord], ...]] = collect_rules(__name__, __path__)
