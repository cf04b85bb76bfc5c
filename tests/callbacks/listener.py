"""A receiver that keeps each byte of what comes, and tells how the sender ended it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final, Literal, Self, TypeAlias

import msgspec

End: TypeAlias = Literal["answered", "FIN", "RST", "left"]
"""How a request ended: it was whole, and answered; the sender closed or reset; or it brought no more, and we left."""

_ANSWERS: Final = {
    "answered": b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "FIN": b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
}
_PATIENCE_SECONDS: Final = 20


class Came(msgspec.Struct, frozen=True):
    """What came by one connection, and how it ended."""

    raw: bytes
    end: End

    @property
    def head(self) -> bytes:
        """The head, with the empty line at its end."""
        return self.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if b"\r\n\r\n" in self.raw else self.raw

    @property
    def body(self) -> bytes:
        """What followed the head, as it came."""
        return self.raw[len(self.head) :]

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers, in order."""
        lines = self.head.decode("latin-1").split("\r\n")[1:-2]
        return [(name, value) for name, _, value in (line.partition(": ") for line in lines)]

    @property
    def whole(self) -> bool:
        """Whether all of the request is here, as its head has it."""
        headers = dict(self.headers)
        if not self.head.endswith(b"\r\n\r\n"):
            return False
        if "transfer-encoding" in headers:
            return self.body.endswith(b"0\r\n\r\n")
        return len(self.body) >= int(headers.get("content-length", "0"))


class Listener:
    """Listens on a port of its own while it is used as a context manager.

    It answers 200 to a whole request, and 400 to one that the sender ended before, if that still reads.

    Args:
        leaves: Tells of what has come first whether to leave; the rest is waited for if not given.
    """

    def __init__(self, leaves: Callable[[Came], bool] = lambda _: False) -> None:
        self._came: list[Came] = []
        self._changed = threading.Condition()
        self._leaves = leaves

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    @property
    def route(self) -> str:
        """What --callback-route takes, so that callbacks come here."""
        return f"https://hooks.example.com=http://127.0.0.1:{self._socket.getsockname()[1]}"

    def wait_for(self, number: int) -> list[Came]:
        """Wait until so many requests are over, and return them."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._came) >= number, _PATIENCE_SECONDS)
            return list(self._came)

    def _listen(self) -> None:
        for connection in self._accepted():
            with connection:
                came = self._read(connection)
                with suppress(OSError):
                    connection.sendall(_ANSWERS.get(came.end, b""))
            with self._changed:
                self._came.append(came)
                self._changed.notify_all()

    def _accepted(self) -> Iterator[socket.socket]:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            connection.settimeout(_PATIENCE_SECONDS)
            yield connection

    def _read(self, connection: socket.socket) -> Came:
        raw, end = b"", "answered"
        while not Came(raw, "answered").whole:
            if end == "answered" and not self._came and self._leaves(Came(raw, "answered")):
                end = "left"
                connection.shutdown(socket.SHUT_WR)
            try:
                data = connection.recv(65_536)
            except ConnectionResetError:
                return Came(raw, "RST")
            if not data:
                return Came(raw, "left" if end == "left" else "FIN")
            raw += data
        return Came(raw, "answered")
