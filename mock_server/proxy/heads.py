"""What a client asks the proxy for, read from the head of its request, and what it is answered."""

from typing import Final

import h11
import msgspec

from mock_server.core.http.urls import Origin, UrlError, read_authority, read_url

LONGEST_HEAD: Final = 65_536
"""How many bytes the head of a request may have."""

_OWN_HEADERS: Final = frozenset(
    {b"host", b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"upgrade"}
)
"""What is between the client and the proxy, or is said anew."""

_ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"


class HeadError(ValueError):
    """A request that the proxy does not understand. The message says why; `status` is what is answered."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Wanted(msgspec.Struct, frozen=True):
    """What a client wants: a connection to an origin, and what goes out by it first.

    `answer` is what the client is told once the connection stands: nothing where the other side answers.
    """

    origin: Origin
    first: bytes
    answer: bytes


class HeadReader:
    """Reads the head of one request."""

    def __init__(self) -> None:
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD)

    def feed(self, data: bytes) -> Wanted | None:
        """Take bytes; return what is wanted, once the head is whole.

        Raises:
            HeadError: It is none, or names no place to connect to.
        """
        try:
            self._connection.receive_data(data)
            event = self._connection.next_event()
        except h11.RemoteProtocolError as error:
            raise HeadError(f"not a request to a proxy: {error}", status=error.error_status_hint) from error
        if not isinstance(event, h11.Request):
            return None
        rest, _ = self._connection.trailing_data
        try:
            return _read_tunnel(event, rest) if event.method == b"CONNECT" else _read_request(event, rest)
        except UrlError as error:
            shown = event.target.decode("latin-1")[:200]
            raise HeadError(f"{shown!r} names no place to connect to: {error}") from error


def refusal(status: int, reason: str) -> bytes:
    """Write an answer that says why there is no connection, to who reads more of it than its first line."""
    body = f"{reason}\n".encode()
    head = (
        f"HTTP/1.1 {status} Refused by evolink-mock\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


def _read_tunnel(request: h11.Request, rest: bytes) -> Wanted:
    return Wanted(read_authority("https", request.target.decode("latin-1")), rest, _ESTABLISHED)


def _read_request(request: h11.Request, rest: bytes) -> Wanted:
    """Read a request that names its place in its first line, and write it as the place itself wants it.

    It is the only one of its connection: the next may be for another place.
    """
    url = read_url(request.target.decode("latin-1"))
    if url.origin.scheme != "http":
        raise HeadError("https goes through this proxy by CONNECT, and by no other method")
    own = {name.strip().lower() for value in _values(request, b"connection") for name in value.split(b",")}
    kept = [(name, value) for name, value in request.headers.raw_items() if name.lower() not in _OWN_HEADERS | own]
    lines = [(b"Host", url.origin.authority.encode("ascii")), *kept, (b"Connection", b"close")]
    head = b"%s %s HTTP/%s\r\n" % (request.method, url.target.encode("latin-1"), request.http_version)
    return Wanted(url.origin, head + b"".join(b"%s: %s\r\n" % line for line in lines) + b"\r\n" + rest, b"")


def _values(request: h11.Request, name: bytes) -> list[bytes]:
    return [value for found, value in request.headers if found == name]
