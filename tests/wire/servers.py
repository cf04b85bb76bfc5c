"""Other servers than the usual one of the tests: of another make, with another event loop, or with TLS."""

import ssl
import threading
from collections.abc import Callable
from typing import Literal

import uvicorn
from starlette.types import ASGIApp

from mock_server.server import configured
from tests.serving import LiveServer


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
        config = configured(app) if protocol is None else uvicorn.Config(app, http=protocol, log_level="warning")
        config.loop = loop
        config.load()
        config.ssl = context
        uvicorn.Server.__init__(self, config)
        self._ready = threading.Event()


class Loop(LiveServer):
    """The usual server, in whose event loop things can be called."""

    def call(self, function: Callable[[], object]) -> None:
        """Call something there."""
        self._loop.call_soon_threadsafe(function)
