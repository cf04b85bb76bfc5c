"""A call of an operation: what came in, who calls, and what is planned for it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from mock_server.core.errors import ApiError, BodyTooLarge, UnsupportedMediaType, shown_value
from mock_server.core.keys import Caller
from mock_server.core.plans import FAITHFUL, Plans, Script
from mock_server.core.validation import decode_json
from mock_server.headers import header
from mock_server.journal.exchange import EXCHANGE, Exchange
from mock_server.universe import AccountRules, Universe

JSON: Final = b"application/json"

_UNREAD: Final = object()


class Call:
    """One call of an operation: the request, its caller, the caller's universe, and what is planned for it.

    `own` are the plans that the request brings with it; `script` is what is done with it.

    Args:
        scope: The request as ASGI has it.
        headers: Its headers.
        body: Its body, or what is wrong with that.
        caller: Who calls.
        universe: Where.
    """

    __slots__ = ("_json", "caller", "exchange", "headers", "own", "raw", "scope", "script", "universe")

    def __init__(
        self, scope: Scope, headers: Mapping[bytes, bytes], body: bytes | ApiError, caller: Caller, universe: Universe
    ) -> None:
        self.scope = scope
        self.headers = headers
        self.exchange: Exchange = scope[EXCHANGE]
        self.caller = caller
        self.universe = universe
        self.own: Plans = ()
        self.script: Script = FAITHFUL
        self.raw = body
        self._json: Any = _UNREAD

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
    def rules(self) -> AccountRules:
        """What is special about the caller's account."""
        return self.universe.rules(self.caller.account)

    @property
    def origin(self) -> str:
        """The scheme and host by which the client reached us."""
        host = self.headers.get(b"host", b"localhost").decode("latin-1")
        return f"{self.scope['scheme']}://{host}"

    def header(self, name: bytes) -> str | None:
        """Return a header's value, or None."""
        return header(self.headers, name)

    def body(self) -> bytes:
        """Return the body of a JSON request.

        Raises:
            ApiError: It could not be read (see `read_body`).
        """
        if isinstance(self.raw, bytes):
            return self.raw
        raise self.raw

    def json(self) -> Any:
        """Return the body of a JSON request as it is decoded, which is done once.

        Raises:
            ApiError: It could not be read, or is no JSON (see `decode_json`).
        """
        if self._json is _UNREAD:
            self._json = self._decoded()
        if isinstance(self._json, ApiError):
            raise self._json
        return self._json

    def document(self) -> object:
        """Return the body as decoded, for plans to look at; None if there is none that can be."""
        with suppress(ApiError):
            return self.json()
        return None

    def _decoded(self) -> Any:
        try:
            return decode_json(self.body())
        except ApiError as error:
            return error


async def try_read_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes | ApiError:
    """Read a JSON request's body, or return what is wrong with it (see `read_body`)."""
    try:
        return await read_body(headers, receive, limit)
    except ApiError as error:
        return error


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """Read a JSON request's body, up to a limit in bytes.

    Raises:
        UnsupportedMediaType: It says that it is something other than JSON.
        BodyTooLarge: It is longer than the limit.
        ClientDisconnect: The client went away.
    """
    check_media_type(headers)
    return await read_bytes(headers, receive, limit)


def check_media_type(headers: Mapping[bytes, bytes]) -> None:
    """Refuse a body that says that it is something other than JSON; saying nothing is taken for JSON.

    Raises:
        UnsupportedMediaType: It does.
    """
    declared = headers.get(b"content-type")
    if declared is not None and declared.split(b";")[0].strip().lower() != JSON:
        raise UnsupportedMediaType(f"got {shown_value(declared.decode('latin-1'))}", clauses=("HTTP-415",))


async def read_bytes(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """Read a request's body, whatever it is, up to a limit in bytes.

    Raises:
        BodyTooLarge: It is longer than the limit.
        ClientDisconnect: The client went away.
    """
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > limit:
        raise BodyTooLarge(f"at most {limit} bytes are read, got {int(length)}", clauses=("HTTP-413",))
    received = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        received += message.get("body", b"")
        if len(received) > limit:
            raise BodyTooLarge(f"at most {limit} bytes are read", clauses=("HTTP-413",))
        if not message.get("more_body", False):
            return bytes(received)
