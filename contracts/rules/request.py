"""A1 to A16: the form of requests, and the key. A14, the check of certificates, is with the transport."""

from typing import Final

from contracts.recording.client import ClientRecord
from contracts.rules import bodies, headers, keys
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ClientRecord], ...]] = (*keys.RULES, *bodies.RULES, *headers.RULES)
"""The rules on requests, in the order of their numbers."""
