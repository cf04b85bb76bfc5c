"""Other servers than the usual one of the tests: of another make, with another event loop, or with TLS."""

import ssl
from collections.abc import Callable
from typing import Literal

import uvicorn
from starlette.types import ASGIApp

from contracts.drive.live import LiveServer


class OtherServer(LiveServer):
    """Our server, but as it is told.

    Args:
        app: What it serves.
        loop: The event loop.
        context: What it needs for TLS.
        protocol: What speaks HTTP, if it is not to be ours.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        loop: Literal["asyncio", "uvloop", "auto"] = "auto",
        context: ssl.SSLContext | None = None,
        protocol: Literal["h11", "httptools"] | None = None,
    ) -> None:
        super().__init__(app)
        if protocol is not None:
            self.config = uvicorn.Config(app, http=protocol, log_level="warning")
        self.config.loop = loop
        self.config.load()
        self.config.ssl = context


class Loop(LiveServer):
    """The usual server, in whose event loop functions can be called."""

    def call_soon(self, function: Callable[[], object]) -> None:
        """Call something there."""
        self._loop.call_soon_threadsafe(function)
