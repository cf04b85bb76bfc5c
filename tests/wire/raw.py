"""A client that is nothing but a socket: it keeps each byte that came, and tells how the connection ended."""

import re
import select
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, Literal, Self, TypeAlias
from urllib.parse import urlsplit

import msgspec

from mock_server.core.plans.wire import Manner

End: TypeAlias = Literal["open", "FIN", "half-closed", "RST", "silence"]
"""How a connection ended: it did not, and serves on; it was closed; it was closed, and what we send is read still; it
was reset; or nothing more comes, and it is not closed either."""

PATIENCE_SECONDS: Final = 20
"""How long anything is waited for before a test has failed. No test that succeeds waits for it."""

_FLOOD: Final = b"x" * 16_777_216
"""More than the buffers of a connection hold: it can be sent only to somebody who reads."""

_PROVISIONAL: Final = re.compile(rb"HTTP/1\.1 1\d\d [^\r]*\r\n\r\n(?=.)", re.DOTALL)


class Quiet:
    """The connections by which the server sends nothing more, by the ports of their clients."""

    def __init__(self) -> None:
        self.silent = set[int]()
        self.held = set[int]()
        self._changed = threading.Condition()

    def hold(self, port: int, manner: Manner) -> None:
        """Note a connection by which nothing more will be sent."""
        with self._changed:
            self.held.add(port)
            if manner == "silence":
                self.silent.add(port)
            self._changed.notify_all()

    def let_go(self, port: int) -> None:
        """Note that the server knows that it has ended."""
        with self._changed:
            self.held.discard(port)
            self.silent.discard(port)
            self._changed.notify_all()

    def wait_for(self, port: int) -> None:
        """Wait until the server sends nothing more by a connection."""
        with self._changed:
            assert self._changed.wait_for(lambda: port in self.held, PATIENCE_SECONDS)

    def wait_for_end(self, port: int) -> None:
        """Wait until the server has noticed that the client of a connection has left."""
        with self._changed:
            assert self._changed.wait_for(lambda: port not in self.held, PATIENCE_SECONDS)


class Seen(msgspec.Struct, frozen=True):
    """All that came on a connection, in order, and how it ended."""

    raw: bytes
    end: End

    @property
    def early(self) -> bytes:
        """The provisional answers."""
        return self.raw[: len(self.raw) - len(self._final)]

    @property
    def head(self) -> bytes:
        """The head of the answer, with the empty line at its end, if there is one."""
        lines = re.match(rb".*?\r?\n\r?\n", self._final, re.DOTALL)
        return self._final if lines is None else lines[0]

    @property
    def body(self) -> bytes:
        """What came after the head, as it came."""
        return self._final[len(self.head) :]

    @property
    def start(self) -> bytes:
        """The first line."""
        return self.head.split(b"\n")[0].rstrip(b"\r")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The headers, in order."""
        lines = self.head.decode("latin-1").split("\n")[1:]
        return [(name, value.rstrip("\r")) for name, colon, value in (line.partition(": ") for line in lines) if colon]

    @property
    def headers(self) -> dict[str, str]:
        """The headers; of those that stand twice, the last."""
        return dict(self.pairs)

    @property
    def whole(self) -> bool:
        """Whether all of the answer is here, as its head has it."""
        if not self.head.endswith(b"\r\n\r\n"):
            return False
        if "transfer-encoding" in self.headers:
            return self.body.endswith(b"0\r\n\r\n")
        return len(self.body) >= int(self.headers.get("content-length", "0"))

    @property
    def _final(self) -> bytes:
        found = self.raw
        while early := _PROVISIONAL.match(found):
            found = found[early.end() :]
        return found


class Client:
    """One connection.

    Args:
        url: Where to.
        quiet: What the server says of the connections by which it sends nothing more.
        trust: What is trusted, if it is to be TLS.
    """

    def __init__(self, url: str, *, quiet: Quiet, trust: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self._host = str(parts.hostname)
        self.socket = socket.create_connection((self._host, parts.port or 80), timeout=PATIENCE_SECONDS)
        self.port: int = self.socket.getsockname()[1]
        if trust is not None:
            self.socket = trust.wrap_socket(self.socket, server_hostname=self._host, suppress_ragged_eofs=False)
        self._quiet = quiet
        self.raw = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] = {},
        body: bytes | None = None,
        *,
        version: str = "1.1",
    ) -> None:
        """Send a request; what came before is forgotten."""
        self.raw = bytearray()
        more = {"host": self._host, **headers}
        if body is not None:
            more |= {"content-type": "application/json", "content-length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in more.items())
        self.socket.sendall(f"{method} {path} HTTP/{version}\r\n{lines}\r\n".encode() + (body or b""))

    def read_answer(self, *, head_only: bool = False) -> Seen:
        """Read one answer, on a connection that stays open."""
        while not self._ended("open").whole and not (head_only and self.raw.endswith(b"\r\n\r\n")):
            self.read_some()
        return self._ended("open")

    def read_some(self) -> bytes:
        """Read what is there next."""
        data = self.socket.recv(65_536)
        assert data, f"the connection was closed after {self.raw!r}"
        self.raw += data
        return data

    def read_until(self, wanted: bytes) -> None:
        """Read until that is among what has come."""
        while wanted not in self.raw:
            self.read_some()

    def read_to_end(self) -> Seen:
        """Read whatever comes, until nothing more can come."""
        try:
            while data := self._next():
                self.raw += data
        except ConnectionResetError:
            return self._ended("RST")
        except ssl.SSLEOFError as error:  # it came without the farewell of TLS, which a connection has that is closed
            return self._ended("RST" if not error.reason and self._is_reset() else "half-closed")
        if data is None:
            return self._ended("silence")
        return self._ended("FIN" if isinstance(self.socket, ssl.SSLSocket) else self._closing())

    def leave(self) -> None:
        """Close our side, and see that nothing more comes; with TLS that could not be read any more."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
            while not isinstance(self.socket, ssl.SSLSocket) and (data := self.socket.recv(65_536)):
                self.raw += data

    def readable(self, seconds: float) -> bool:
        """Tell whether there is something to read within so many seconds."""
        decrypted = isinstance(self.socket, ssl.SSLSocket) and self.socket.pending()
        return bool(decrypted or select.select([self.socket], [], [], seconds)[0])

    def _ended(self, end: End) -> Seen:
        return Seen(bytes(self.raw), end)

    def _next(self) -> bytes | None:
        """Return what comes next, b"" at the end, None if the server is quiet."""
        while True:
            while not self.readable(0.01):
                if self.port in self._quiet.silent and not self.readable(0):
                    return None
            self.socket.setblocking(False)  # noqa: FBT003 - the standard library's signature
            try:
                return self.socket.recv(65_536)
            except ssl.SSLWantReadError:  # something of TLS itself
                continue
            finally:
                self.socket.settimeout(PATIENCE_SECONDS)

    def _is_reset(self) -> bool:
        """Tell whether the connection is gone for both sides."""
        poll = select.poll()
        poll.register(self.socket)
        return any(event & select.POLLHUP for _, event in poll.poll(0))

    def _closing(self) -> End:
        """Tell whether the other side, which has closed, reads on: so that more can be sent than fits in between."""
        try:
            self.socket.sendall(_FLOOD)
        except OSError:
            return "FIN"
        return "half-closed"
