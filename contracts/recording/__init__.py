"""What was recorded of the traffic between a client and a server, whoever recorded it."""

from contracts.recording.calls import Call
from contracts.recording.client import ClientRecord, Reported, View
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.happenings import GAVE_UP, Event, Happening, Listener
from contracts.recording.masking import fingerprint
from contracts.recording.recorder import Recorder
from contracts.recording.replies import Reply, reply_of
from contracts.recording.server import ServerRecord

__all__ = [
    "GAVE_UP",
    "NO_JSON",
    "Call",
    "ClientRecord",
    "Event",
    "Exchange",
    "Happening",
    "Listener",
    "Recorder",
    "Reply",
    "Reported",
    "ServerRecord",
    "View",
    "fingerprint",
    "reply_of",
]
