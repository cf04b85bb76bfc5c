"""Plans by what becomes of the connection, and what is read of an answer that was cut off."""

from typing import Final

from mock_server.core.plans.bodies import BODY_FAULTS
from mock_server.core.plans.wire import FRAMING_FAULTS
from tests.wire.raw import Seen

BY_ASGI: Final = ("chunked", "provisional", "huge-header", "double-headers")

ENDED: Final = [
    "disconnect before-response",
    "disconnect before-response phase=before",
    "disconnect in-head",
    "disconnect in-head offset=5",
    "disconnect in-head offset=30",
    "disconnect after-head reset",
    "disconnect in-body half-close",
    "stall in-body",
    "stall before-response",
    "disconnect after-response",
    "delay 0 in-head",
    "answer 103",
    "body too-long",
    "body too-short",
    *(f"framing {fault}" for fault in FRAMING_FAULTS if fault not in BY_ASGI),
]
"""Plans after which a connection does not serve on."""

GOING_ON: Final = [
    "answer 503 retry-after=2",
    "answer 204",
    "answer 403 phase=after",
    "head without=date,x-request-id headers.x-a=1,2",
    "delay 0.001 in-body pieces=3",
    *(f"framing {fault}" for fault in BY_ASGI),
    *(f"body {fault}" for fault in BODY_FAULTS if fault not in {"too-long", "too-short", "padded", "nested"}),
]
"""Plans after which one does."""


def whole_lines(seen: Seen) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Return the status and the headers that came, as far as their lines came whole."""
    first, *lines = seen.head.split(b"\n")[:-1] or [b""]
    found = [line.rstrip(b"\r").split(b": ", 1) for line in lines if line.strip()]
    status = int(first[9:12]) if first.startswith(b"HTTP/1.") else 0
    return status, [(name, value) for name, value in found]
