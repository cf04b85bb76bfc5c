"""A port of its own for a part of what is served, so that who reaches the API does not reach it."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

ANY_FREE: Final = 0
"""Not a port, but the wish for a free one, which only the one who listens can grant."""


class OwnPort:
    """An ASGI app that sends what came in by a part's own port to it, and all else on.

    Which port a request came in by is told by the server, whichever it is (`server` of the ASGI scope); where none is
    told, nothing reaches the part.

    Args:
        app: What serves the rest.
        own: What serves the part.
        port: The part's port.
    """

    def __init__(self, app: ASGIApp, *, own: ASGIApp, port: int) -> None:
        self._app = app
        self._own = own
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        server = scope.get("server") if scope["type"] == "http" else None
        by_own_port = server is not None and server[1] == self._port
        await (self._own if by_own_port else self._app)(scope, receive, send)
