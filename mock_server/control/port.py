"""The control API on a port of its own, so that who reaches the API does not reach it."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

ANY_FREE: Final = 0
"""Not a port, but the wish for a free one, which only the one who listens can grant."""


class ControlPort:
    """An ASGI app that sends what came in by the control API's port there, and all else on.

    Which port a request came in by is told by the server, whichever it is (`server` of the ASGI scope); where none is
    told, nothing reaches the control API.

    Args:
        app: What serves the API.
        control: What serves the control API.
        port: The control API's port.
    """

    def __init__(self, app: ASGIApp, *, control: ASGIApp, port: int) -> None:
        self._app = app
        self._control = control
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        server = scope.get("server") if scope["type"] == "http" else None
        by_own_port = server is not None and server[1] == self._port
        await (self._control if by_own_port else self._app)(scope, receive, send)
