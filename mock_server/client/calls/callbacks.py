"""Calls of `mock_server/control/callbacks.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

from typing import Literal

from mock_server.client.call import Call
from mock_server.control.shapes.callbacks import CallbackList, CallbackQuery, Redelivered


def list_callbacks(
    *, task: str | None = None, state: Literal["due", "delivered", "given up"] | None = None
) -> Call[CallbackList]:
    """List the universe's callbacks with their attempts.

    Which callbacks are wanted.
    """
    return Call("GET", "/_mock/callbacks", CallbackList, query=CallbackQuery(task=task, state=state))


def redeliver_callback(callback: int) -> Call[Redelivered]:
    """Send a callback anew, now and with all its retries."""
    return Call("POST", "/_mock/callbacks/{callback}/redeliver", Redelivered, parts={"callback": callback})
