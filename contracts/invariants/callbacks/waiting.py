"""How long something is waited for before it counts as not having come."""

from typing import Final

from contracts.recording.server import ServerRecord

GRACE: Final = 60.0
"""How many seconds after its task was seen ended a callback must have come; no page says how soon it does."""

SLACK: Final = 10.0
"""How many seconds late an attempt may be before it counts as not having been made."""


def has_waited(record: ServerRecord, since: float, seconds: float) -> bool:
    """Tell whether the record goes on for so many seconds from then; on a fast clock, for as many real ones."""
    return record.watched(since) >= seconds * max(1.0, record.pace)
