"""K1 to K12: what is sent to a callback URL, when, how often, and where never."""

from typing import Final

from contracts.collecting import collect_rules
from contracts.recording.server import ServerRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ServerRecord], ...]] = collect_rules(__name__, __path__)
