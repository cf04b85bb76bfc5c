"""F1 to F8: how a client fetches the videos that it paid for."""

from typing import Final

from contracts.recording.client import ClientRecord
from contracts.rules import downloads, links
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ClientRecord], ...]] = tuple(
    sorted((*links.RULES, *downloads.RULES), key=lambda rule: int(rule.id[1:]))
)
"""The rules on results, in the order of their numbers."""
