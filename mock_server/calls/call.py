"""A call of an operation: what came in, who calls, and what is planned for it."""

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

from starlette.types import Scope

from mock_server.core.errors import ApiError
from mock_server.core.http.urls import Origin, UrlError, read_authority
from mock_server.core.keys import Caller
from mock_server.core.plans import FAITHFUL, Plans, Script
from mock_server.core.validation import decode_json
from mock_server.core.wording import shown_value
from mock_server.http.request import header, read_query
from mock_server.journal.exchange import EXCHANGE, Exchange
from mock_server.universes.universe import AccountRules, Universe

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

    __slots__ = ("_json", "_origin", "caller", "exchange", "headers", "own", "raw", "scope", "script", "universe")

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
        self._origin: str | None = None

    @property
    def path_parameters(self) -> Mapping[str, str]:
        """The parts of the path that the route names."""
        parameters: Mapping[str, str] = self.scope["path_params"]
        return parameters

    @property
    def query(self) -> dict[str, str]:
        """The query's names and values; of a name that stands twice, the last value."""
        return read_query(self.scope)

    @property
    def rules(self) -> AccountRules:
        """What is special about the caller's account."""
        return self.universe.rules(self.caller.account)

    @property
    def origin(self) -> str:
        """The scheme and host by which the client reached us; the server's own address if its Host header is none."""
        if self._origin is None:
            self._origin = self._read_origin()
        return self._origin

    def closes(self, model: str) -> bool:
        """Tell whether the caller may not use a model."""
        return self.script.closed_models or model in self.rules.closed_models

    def header(self, name: bytes) -> str | None:
        """Return a header's value, or None."""
        return header(self.headers, name)

    def body(self) -> bytes:
        """Return the body of a JSON request.

        Raises:
            ApiError: It could not be read (see `try_read_body`).
        """
        if isinstance(self.raw, bytes):
            return self.raw
        raise self.raw

    def json(self) -> Any:
        """Return the body of a JSON request as it is decoded, which is done once.

        Raises:
            ApiError: It could not be read, or is no JSON (see `decode_json`).
        """
        decoded = self._decoded()
        if isinstance(decoded, ApiError):
            raise decoded
        return decoded

    def document(self) -> object:
        """Return the body as decoded, for plans to look at; None if there is none that can be."""
        decoded = self._decoded()
        return None if isinstance(decoded, ApiError) else decoded

    def _read_origin(self) -> str:
        scheme, host = self.scope["scheme"], self.header(b"host")
        named = _named_origin(scheme, "" if host is None else host)
        if named is not None:
            return named
        address, port = self.scope.get("server") or ("", None)
        own = str(Origin(scheme, address, port)) if port else f"{scheme}://localhost"  # a socket of Unix has no port
        if host is not None:
            self.exchange.notes += (f"the Host header {shown_value(host)} is no host, so links begin with {own}",)
        return own

    def _decoded(self) -> Any:
        """Return the body as decoded, or what is wrong with it; plans may ask many times."""
        if self._json is _UNREAD:
            try:
                self._json = decode_json(self.body())
            except ApiError as error:
                self._json = error
        return self._json


@lru_cache(maxsize=1_024)
def _named_origin(scheme: str, host: str) -> str | None:
    """Return the origin that a Host header names; None if it names none."""
    with suppress(UrlError):
        return str(read_authority(scheme, host))
    return None
