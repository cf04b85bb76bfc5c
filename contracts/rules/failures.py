"""D1 to D13: what a client does when it is refused, told to wait, redirected, or met by trouble."""

from typing import Final

from contracts.recording.client import ClientRecord
from contracts.rules import outages, redirects, told_errors, waits
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ClientRecord], ...]] = tuple(
    sorted((*told_errors.RULES, *waits.RULES, *outages.RULES, *redirects.RULES), key=lambda rule: int(rule.id[1:]))
)
"""The rules on failures, in the order of their numbers."""
