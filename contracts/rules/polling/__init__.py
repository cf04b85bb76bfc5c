"""C1 to C18: following a task until its end."""

from typing import Final

from contracts.collecting import collect_rules
from contracts.recording.client import ClientRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ClientRecord], ...]] = collect_rules(__name__, __path__)
