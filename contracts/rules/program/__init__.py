"""J1 to J9: the program as a whole: its connections, its secrets, how it ends, and many tasks side by side."""

from typing import Final

from contracts.collecting import collect_rules
from contracts.recording.client import ClientRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ClientRecord], ...]] = collect_rules(__name__, __path__)
