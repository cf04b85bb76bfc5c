"""One operation on the wire: who calls, what they sent, and the answer in the operation's own words."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_server.core.errors import (
    ApiError,
    BodyTooLarge,
    InternalError,
    RateLimited,
    UnsupportedMediaType,
    error_body,
    shown_value,
)
from mock_server.core.keys import Caller, read_key
from mock_server.core.ratelimit import Bucket, Limit, take
from mock_server.exchange import Exchange
from mock_server.middleware import EXCHANGE
from mock_server.simulator import Simulator
from mock_server.universes import Universe
from openapi.operations import PublishedError

JSON: Final = b"application/json"

UNPUBLISHED: Final[Mapping[int, PublishedError]] = {}
"""The published errors of a route that no page describes: none."""

logger = logging.getLogger(__name__)


class Answer(msgspec.Struct, frozen=True):
    """What an operation answers: a body to be written as JSON, a status, and headers besides the usual."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = {}


class Call:
    """One call of an operation: the request, its caller and the caller's universe."""

    __slots__ = ("_receive", "caller", "exchange", "headers", "scope", "universe")

    def __init__(
        self, scope: Scope, receive: Receive, headers: Mapping[bytes, bytes], caller: Caller, universe: Universe
    ) -> None:
        self.scope = scope
        self.headers = headers
        self.exchange: Exchange = scope[EXCHANGE]
        self.caller = caller
        self.universe = universe
        self._receive = receive

    @property
    def path_parameters(self) -> Mapping[str, str]:
        """The parts of the path that the route names."""
        parameters: Mapping[str, str] = self.scope["path_params"]
        return parameters

    @property
    def query(self) -> dict[str, str]:
        """The query's names and values; of a name that stands twice, the last value."""
        return dict(parse_qsl(self.scope["query_string"].decode("latin-1"), keep_blank_values=True))

    @property
    def origin(self) -> str:
        """The scheme and host by which the client reached us."""
        host = self.headers.get(b"host", b"localhost").decode("latin-1")
        return f"{self.scope['scheme']}://{host}"

    def header(self, name: bytes) -> str | None:
        """Return a header's value, or None."""
        return header(self.headers, name)

    async def body(self, limit: int) -> bytes:
        """Read the body of a JSON request (see `read_body`)."""
        return await read_body(self.headers, self._receive, limit)


Function = Callable[[Simulator, Call], Awaitable[Answer]]
"""What serves an operation: reads the call, asks the core, answers."""


class Endpoint:
    """An ASGI app that serves one operation and gives every error the form that the operation's page shows.

    Args:
        simulator: What serves.
        operation: The operation's id in the contract.
        function: What answers.
    """

    def __init__(self, simulator: Simulator, operation: str, function: Function) -> None:
        self._simulator = simulator
        self._operation = operation
        self._function = function
        self._published = simulator.operations[operation].errors
        per_minute = simulator.settings.requests_per_minute
        self._limit = None if per_minute is None else Limit(per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        exchange: Exchange = scope[EXCHANGE]
        exchange.operation = self._operation
        try:
            answer = await self._answer(scope, receive, exchange)
        except ApiError as error:
            answer = error_answer(error, self._published, exchange)
        except ClientDisconnect:
            return
        except Exception:
            logger.exception("%s failed; this is a bug of the simulator, not of the client", self._operation)
            answer = error_answer(InternalError(), self._published, exchange)
        await send_answer(answer, scope, send)

    async def _answer(self, scope: Scope, receive: Receive, exchange: Exchange) -> Answer:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        caller = read_key(header(headers, b"authorization"), header(headers, b"x-mock-universe"))
        universe = await self._simulator.universes.open(caller.universe)
        exchange.universe, exchange.account = caller.universe, caller.account
        if self._limit is not None:
            self._take(self._limit, caller, universe)
        return await self._function(self._simulator, Call(scope, receive, headers, caller, universe))

    def _take(self, limit: Limit, caller: Caller, universe: Universe) -> None:
        bucket = universe.buckets.get(caller.account, Bucket())
        universe.buckets[caller.account], wait = take(bucket, limit, universe.now())
        if wait:
            raise RateLimited(retry_after=wait)


def header(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    """Return a header's value as text, or None."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """Read a JSON request's body, up to a limit in bytes.

    Raises:
        UnsupportedMediaType: It says that it is something other than JSON; saying nothing is taken for JSON.
        BodyTooLarge: It is longer than the limit.
        ClientDisconnect: The client went away.
    """
    declared = headers.get(b"content-type")
    if declared is not None and declared.split(b";")[0].strip().lower() != JSON:
        raise UnsupportedMediaType(f"got {shown_value(declared.decode('latin-1'))}", clauses=("HTTP-415",))
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > limit:
        raise BodyTooLarge(f"at most {limit} bytes are read, got {int(length)}", clauses=("HTTP-413",))
    received: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        received += message.get("body", b"")
        if len(received) > limit:
            raise BodyTooLarge(f"at most {limit} bytes are read", clauses=("HTTP-413",))
        if not message.get("more_body", False):
            return received


def error_answer(
    error: ApiError, published: Mapping[int, PublishedError] = UNPUBLISHED, exchange: Exchange | None = None
) -> Answer:
    """Shape an error, and note in the exchange which clauses were broken."""
    headers = error.headers()
    if error.clauses:
        headers["x-mock-clauses"] = ", ".join(error.clauses)
        if exchange is not None:
            exchange.clauses = error.clauses
    return Answer(error_body(error, published), error.status, headers)


def to_response(answer: Answer, *, headers: Mapping[str, str] = {}) -> Response:
    """Make the framework's response out of an answer, for where it wants one."""
    content = msgspec.json.encode(answer.body)
    return Response(content, answer.status, {**headers, **answer.headers}, media_type="application/json")


async def send_answer(answer: Answer, scope: Scope, send: Send) -> None:
    """Write an answer: JSON with its length; to HEAD, the head alone."""
    body = msgspec.json.encode(answer.body)
    headers = [(b"content-type", JSON), (b"content-length", b"%d" % len(body))]
    for name, value in answer.headers.items():
        headers.append((name.encode(), value.encode("latin-1", "replace")))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
