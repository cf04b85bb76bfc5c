"""Clients of requests on connections in memory."""

import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import ConnectionPool, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse

from contracts.drive.in_process import InProcess
from contracts.drive.pipes import Busy, Connect, Line
from contracts.drive.reach import Reach, Refused


class InProcessAdapter(HTTPAdapter):
    """What a session mounts, so that its requests go to a server in this process.

    Args:
        connect: Opens connections to it.
        busy: Entered while a request is sent and the head of its answer is awaited.
    """

    def __init__(self, connect: Connect, *, busy: Busy = nullcontext) -> None:
        super().__init__()
        self.poolmanager.pool_classes_by_scheme = _pools(connect, busy)

    def send(self, *args: Any, **options: Any) -> requests.Response:
        """Send a request, past all proxies."""
        return super().send(*args, **{**options, "proxies": None})


@contextmanager
def lead_requests(in_process: InProcess, *, reach: Reach, busy: Busy) -> Iterator[None]:
    """Lead the adapters of all sessions to a server in this process, as long as this is open.

    An adapter keeps what it is set to, its retries above all; only its connections are others. So this is done where it
    asks for one, and neither by mounting another adapter nor by answering in its place, as the library `responses`
    does: that would know nothing of bodies that are cut short, of resets, or of what comes late.
    """
    find = HTTPAdapter.get_connection_with_tls_context
    inner: WeakKeyDictionary[HTTPAdapter, InProcessAdapter] = WeakKeyDictionary()

    def get_connection_with_tls_context(
        self: HTTPAdapter, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> ConnectionPool:
        """Return a pool of connections in memory for what is led; of the adapter's own for the rest."""
        url = urlsplit(request.url or "")
        try:
            led = not isinstance(self, InProcessAdapter) and reach.leads(
                request.method or "", url.scheme, url.hostname or "", url.port, url.path
            )
        except Refused as refused:
            raise requests.ConnectionError(str(refused), request=request) from None
        if not led:
            return find(self, request, verify, proxies=proxies, cert=cert)
        if self not in inner:
            inner[self] = InProcessAdapter(in_process.connect, busy=busy)
        return find(inner[self], request, verify, proxies=None, cert=cert)

    with patch.object(HTTPAdapter, "get_connection_with_tls_context", get_connection_with_tls_context):
        yield


def _pools(connect: Connect, busy: Busy) -> Mapping[str, type[HTTPConnectionPool]]:
    """Return pools of connections, by scheme."""

    class Asking:
        def request(self, *args: Any, **options: Any) -> None:
            with ExitStack() as waiting:
                waiting.enter_context(busy())
                super().request(*args, **options)  # type: ignore[misc] # the other base has it
                self._waiting = waiting.pop_all()

        def getresponse(self) -> HTTPResponse:
            with self._waiting:
                response: HTTPResponse = super().getresponse()  # type: ignore[misc] # the same
                return response

    class Connection(Asking, HTTPConnection):  # type: ignore[misc] # the same
        def connect(self) -> None:
            self.sock = Socket(connect("http", self.host, self.port))

        is_connected = property(_is_connected)

    class SafeConnection(Asking, HTTPSConnection):  # type: ignore[misc] # the same
        def connect(self) -> None:
            self.sock = Socket(connect("https", self.host, self.port))
            self.is_verified = True

        is_connected = property(_is_connected)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class SafePool(HTTPSConnectionPool):
        ConnectionCls = SafeConnection

    return {"http": Pool, "https": SafePool}


def _is_connected(connection: HTTPConnection) -> bool:
    """Tell whether an idle connection can be used again."""
    return isinstance(connection.sock, Socket) and not connection.sock.is_readable


class Socket:
    """As much of a socket as a client has use for.

    Args:
        line: The connection.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._users = 1
        self._timeout: float | None = None

    @property
    def is_readable(self) -> bool:
        """Tell whether something has come, or the connection has ended."""
        return self._line.is_readable

    def settimeout(self, seconds: float | None) -> None:
        """Say how long is waited for bytes."""
        self._timeout = seconds

    def sendall(self, data: bytes) -> None:
        """Send bytes."""
        self._line.send(bytes(data))

    def recv(self, most: int) -> bytes:
        """Wait for bytes, and return at most so many."""
        return self._line.receive(most, self._timeout)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what comes as a file."""
        return io.BufferedReader(Reader(self))

    def share(self) -> None:
        """Count one more that has to close it."""
        self._users += 1

    def close(self) -> None:
        """End the connection, once all have closed it."""
        self._users -= 1
        if not self._users:
            self._line.close()


class Reader(io.RawIOBase):
    """What comes by a socket.

    Args:
        socket: The socket.
    """

    def __init__(self, socket: Socket) -> None:
        super().__init__()
        socket.share()
        self._socket = socket

    def readable(self) -> bool:
        """Tell that it is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for bytes, and put them into a buffer."""
        data = self._socket.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Let the socket go."""
        if self.closed:
            return
        super().close()
        self._socket.close()
