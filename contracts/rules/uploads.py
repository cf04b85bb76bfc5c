"""G1 to G8: bringing files to the service, and using them."""

from typing import Final

from contracts.recording.client import ClientRecord
from contracts.rules import upload_forms, uploaded_files
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ClientRecord], ...]] = tuple(
    sorted((*upload_forms.RULES, *uploaded_files.RULES), key=lambda rule: int(rule.id[1:]))
)
"""The rules on uploads, in the order of their numbers."""
