"""What was recorded of the traffic between a client and a server, whoever recorded it."""

from contracts.recording.accounts import Account, Balance, Creation
from contracts.recording.exchange import NO_JSON, Exchange, Pair
from contracts.recording.happenings import GAVE_UP, Event, Happening, Listener
from contracts.recording.history import Delivery, SeenTask, ServerRecord
from contracts.recording.masking import fingerprint
from contracts.recording.recorder import Begun, Recorder
from contracts.recording.sights import Sight

__all__ = [
    "GAVE_UP",
    "NO_JSON",
    "Account",
    "Balance",
    "Begun",
    "Creation",
    "Delivery",
    "Event",
    "Exchange",
    "Happening",
    "Listener",
    "Pair",
    "Recorder",
    "SeenTask",
    "ServerRecord",
    "Sight",
    "fingerprint",
]
