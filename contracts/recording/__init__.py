"""What was recorded of the traffic between a client and a server, whoever recorded it."""

from contracts.recording.accounts import Account, Balance, Creation
from contracts.recording.calls import Call, Wait
from contracts.recording.client import ClientRecord, Reported, View
from contracts.recording.client_tasks import ClientTask
from contracts.recording.exchange import NO_JSON, Exchange, Pair
from contracts.recording.happenings import GAVE_UP, Event, Happening, Listener
from contracts.recording.history import Delivery, SeenTask, ServerRecord
from contracts.recording.masking import fingerprint
from contracts.recording.recorder import Begun, Recorder
from contracts.recording.replies import Reply, operation_of, reply_of
from contracts.recording.sights import Sight
from contracts.recording.timing import RetryAfter, retry_after

__all__ = [
    "GAVE_UP",
    "NO_JSON",
    "Account",
    "Balance",
    "Begun",
    "Call",
    "ClientRecord",
    "ClientTask",
    "Creation",
    "Delivery",
    "Event",
    "Exchange",
    "Happening",
    "Listener",
    "Pair",
    "Recorder",
    "Reply",
    "Reported",
    "RetryAfter",
    "SeenTask",
    "ServerRecord",
    "Sight",
    "View",
    "Wait",
    "fingerprint",
    "operation_of",
    "reply_of",
    "retry_after",
]
