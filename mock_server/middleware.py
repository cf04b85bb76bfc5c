"""What happens around every request: it is numbered, its answer is told so, and it is noted when it is over.

Pure ASGI: nothing is buffered and nothing runs twice.
"""

import time
from collections.abc import Callable
from hashlib import blake2b

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.exchange import Exchange

EXCHANGE = "mock_server.exchange"
"""Where the exchange is found in an ASGI scope."""


class ExchangeMiddleware:
    """Opens an exchange for each HTTP request and hands it over when the answer has been sent.

    Args:
        app: What serves the request.
        seed: What request ids are made from; the n-th request of a server has the same id for the same seed.
        finished: Gets each exchange at its end.
    """

    def __init__(self, app: ASGIApp, *, seed: bytes, finished: Callable[[Exchange], object] | None) -> None:
        self._app = app
        self._prefix = blake2b(seed, digest_size=10).hexdigest()
        self._count = 0
        self._finished = finished

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._count += 1
        exchange = Exchange(
            id=f"{self._prefix}{self._count:012x}",
            method=scope["method"],
            path=scope["path"],
            started=time.perf_counter_ns(),
        )
        scope[EXCHANGE] = exchange
        request_id = (b"x-request-id", exchange.id.encode())

        async def send_numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                message["headers"] = [*message.get("headers", ()), request_id]
            await send(message)

        try:
            await self._app(scope, receive, send_numbered)
        finally:
            if self._finished is not None:
                self._finished(exchange)
