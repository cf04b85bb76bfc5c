"""One exchange as everything here sees it: from a journal, a HAR file, a proxy, or made by ourselves."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias, TypeVar
from urllib.parse import SplitResult, parse_qsl, urlsplit

import msgspec

Found = TypeVar("Found")

Pair: TypeAlias = tuple[str, str]
"""The name of a header, in small letters, and its value."""

Side: TypeAlias = Literal["request", "response"]
"""Whose body it is."""

NO_JSON: Final[Any] = msgspec.UNSET
"""Stands for a body that is no JSON."""


def split_url(url: str) -> SplitResult:
    """Return a URL in its parts; one that is none, as with a Host that nobody can have, is path and query alone."""
    try:
        return urlsplit(url)
    except ValueError:
        path, _, query = url.partition("?")
        return SplitResult("", "", path, query, "")


class Exchange(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A request and what became of it.

    Args:
        number: Its place in the record, from 1; later ones began later.
        started_at: When the request began, in seconds since the epoch, by the clock of the record.
        ended_at: When its answer was there, or was given up.
        method: The method, in capital letters.
        url: The URL, with scheme and host.
        request_headers: The request's headers, in order.
        request_body: The request's body as it was sent; empty if it was not recorded.
        status: The status that came back; None if none did.
        response_headers: The answer's headers, in order.
        response_body: As much of the answer's body as came.
        error: Why there is no whole answer; None if there is.
        connection: What the exchanges of one connection have in common, if that is known.
        faults: The plans that struck it, if it is of a simulator.
        omitted: Whose body was there, and is left out of the record.
    """

    number: int
    started_at: float
    ended_at: float
    method: str
    url: str
    request_headers: tuple[Pair, ...] = ()
    request_body: bytes = b""
    status: int | None = None
    response_headers: tuple[Pair, ...] = ()
    response_body: bytes = b""
    error: str | None = None
    connection: str | None = None
    faults: tuple[str, ...] = ()
    omitted: tuple[Side, ...] = ()

    @cached_property
    def parts(self) -> SplitResult:
        """The URL in its parts."""
        return split_url(self.url)

    @cached_property
    def path(self) -> str:
        """The URL's path."""
        return self.parts.path

    @property
    def place(self) -> str:
        """Method and path: what findings call a request."""
        return f"{self.method} {self.path}"

    @cached_property
    def query(self) -> dict[str, str]:
        """The URL's query; of a name that stands twice, the last value."""
        return dict(parse_qsl(self.parts.query, keep_blank_values=True))

    @cached_property
    def sent(self) -> Any:
        """The request's body as JSON; `NO_JSON` if it is none."""
        return read_json(self.request_body)

    @cached_property
    def answered(self) -> Any:
        """The answer's body as JSON; `NO_JSON` if it is none, or not whole."""
        return NO_JSON if self.error is not None else read_json(self.response_body)

    @property
    def says_success(self) -> bool:
        """Whether the status says success, whether or not all of the answer came."""
        return 200 <= (self.status or 0) < 300  # noqa: PLR2004 - HTTP's

    @property
    def succeeded(self) -> bool:
        """Whether a whole answer came back that says success."""
        return self.error is None and self.says_success

    def header(self, name: str) -> str | None:
        """Return the first value of a header of the request; None if it has no such header."""
        return self._request_names.get(name)

    @property
    def idempotency_key(self) -> str | None:
        """The request's Idempotency-Key; None without one."""
        return self.header("idempotency-key")

    def response_header(self, name: str) -> str | None:
        """Return the first value of a header of the answer; None if it has no such header."""
        return self._response_names.get(name)

    def once(self, find: Callable[["Exchange"], Found]) -> Found:
        """Return what a function finds in the exchange; whoever asks, it looks only once."""
        if find not in self._found:
            self._found[find] = find(self)
        found: Found = self._found[find]
        return found

    @cached_property
    def _found(self) -> dict[Callable[["Exchange"], Any], Any]:
        """What functions found in the exchange, by the functions."""
        return {}

    @cached_property
    def _request_names(self) -> dict[str, str]:
        return dict(reversed(self.request_headers))

    @cached_property
    def _response_names(self) -> dict[str, str]:
        return dict(reversed(self.response_headers))


def read_json(body: bytes) -> Any:
    """Return what a body says as JSON; `NO_JSON` if it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return NO_JSON


def omit(*, request: bool, response: bool) -> tuple[Side, ...]:
    """Return what an exchange says is left out of it."""
    return (*(("request",) if request else ()), *(("response",) if response else ()))
