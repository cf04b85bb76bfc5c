"""What happens around every request: it is numbered, its answer is told so, and it is noted before its last byte goes.

Pure ASGI: nothing is buffered and nothing runs twice.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.core.errors import InvalidRequest
from mock_server.core.keys import DEFAULT_UNIVERSE, read_universe
from mock_server.counters import Counters
from mock_server.http.connection import CONNECTION, Connection
from mock_server.http.request import header
from mock_server.journal.exchange import END, EXCHANGE, Exchange
from mock_server.universes.clock import Wall
from mock_server.universes.universes import Universes

OWN_PATHS: Final = ("/_mock", "/openapi.")
"""What the paths start with that the real API does not have; they are never journalled."""

_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


class ExchangeMiddleware:
    """Opens an exchange for each HTTP request, journals it, and hands it over when the answer has been sent.

    Args:
        app: What serves the request.
        universes: Whose journals take the exchanges.
        counters: Where they are counted.
        seed: What the request ids are made from of answers that belong to no universe's own count.
        wall: Where real time comes from.
        finished: Gets each exchange at its end.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        universes: Universes,
        counters: Counters,
        seed: bytes,
        wall: Wall,
        finished: Callable[[Exchange], object] | None,
    ) -> None:
        self._app = app
        self._universes = universes
        self._counters = counters
        self._prefix = blake2b(seed, digest_size=10).hexdigest()
        self._count = 0
        self._wall = wall
        self._finished = finished

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = scope[EXCHANGE] = self._open(scope)
        scope[END] = self.end
        if exchange.method not in _BODILESS:
            receive = partial(self._receive, exchange, receive)
        try:
            await self._app(scope, receive, partial(self._send, exchange, send))
        except asyncio.CancelledError:
            # If the connection is lost, the server stops, and nobody waits for the answer. No branch: that way is
            # tested in a loop that is being closed, where coverage does not always see it.
            if not _is_lost(scope):  # pragma: no branch
                raise
        finally:
            if not exchange.ended:
                self.end(exchange)
            if self._finished is not None:
                self._finished(exchange)

    def end(self, exchange: Exchange) -> None:
        """Close an exchange, unless it is closed."""
        if exchange.ended:
            return
        exchange.ended = self._wall()
        if exchange.journal is not None:
            self._counters.count_request(exchange)
            exchange.journal.record(exchange)

    def _open(self, scope: Scope) -> Exchange:
        exchange = Exchange(
            scope["method"],
            scope["path"],
            self._wall(),
            scope["query_string"],
            scope["scheme"],
            scope["http_version"],
            scope["headers"],
        )
        connection, client = scope.get("state", _NO_STATE).get(CONNECTION), scope.get("client")
        if isinstance(connection, Connection):
            connection.requests += 1
            exchange.connection, exchange.turn = connection.id, connection.requests
        elif client is not None:
            exchange.connection = f"{client[0]}:{client[1]}"
        return exchange

    async def _receive(self, exchange: Exchange, receive: Receive) -> Message:
        """Let a piece of the request in."""
        message = await receive()
        if message["type"] == "http.request":
            exchange.take_body(message.get("body", b""))
        return message

    async def _send(self, exchange: Exchange, send: Send, message: Message) -> None:
        """Let a piece of the answer out; before its last byte goes, the exchange is in the journal."""
        kind = message["type"]
        if kind == "http.response.start":
            if exchange.journal is None:
                await self._place(exchange)
            exchange.status = message["status"]
            own = () if exchange.named else ((b"x-request-id", exchange.id.encode()),)
            exchange.answer_headers = message["headers"] = [*message.get("headers", ()), *own]
        elif kind == "http.response.body":
            exchange.take_answer(message.get("body", b""))
            if not message.get("more_body", False):
                self.end(exchange)
        await send(message)

    async def _place(self, exchange: Exchange) -> None:
        """Give an exchange that was refused before its universe was known to the one that it named, or a number."""
        if not exchange.path.startswith(OWN_PATHS):
            universe = await self._universes.open(_named_universe(exchange))
            universe.enter(exchange)
        else:
            self._count += 1
            exchange.id = f"{self._prefix}{self._count:012x}"


def _named_universe(exchange: Exchange) -> str:
    """Return the name of the universe that a request means; the default one's if it names none that can be."""
    headers = dict(exchange.headers)
    try:
        return read_universe(header(headers, b"authorization"), header(headers, b"x-mock-universe"))
    except InvalidRequest:
        return DEFAULT_UNIVERSE


def _is_lost(scope: Scope) -> bool:
    connection = scope.get("state", _NO_STATE).get(CONNECTION)
    return isinstance(connection, Connection) and connection.lost


_NO_STATE: Final[dict[str, object]] = {}
