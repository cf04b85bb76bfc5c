"""A simulator with a proxy, and sockets to talk to it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from contracts.drive.live import LiveServer
from mock_server.app import create_app
from mock_server.settings import Settings

PATIENCE_SECONDS: Final = 20
"""How long anything is waited for before a test has failed. No test that succeeds waits for it."""

ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"
"""What says that a tunnel stands."""


@pytest.fixture(params=["asyncio", "auto"])
def server(request: pytest.FixtureRequest) -> Iterator[LiveServer]:
    """A server that is running, with each event loop."""
    server = LiveServer(create_app(Settings(speed=0, videos="packaged")), allowed=["other.example.org"])
    server.config.loop = request.param
    with server.running():
        yield server


def connect(url: str) -> socket.socket:
    """Open a connection to a server."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port or 80), PATIENCE_SECONDS)


def wish(place: str) -> bytes:
    """Return the head by which a tunnel is asked for."""
    return f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode()


def tunnel(server: LiveServer, place: str) -> socket.socket:
    """Open a tunnel by a server's proxy."""
    return tunnel_by(server.proxy_url, place)


def tunnel_by(url: str, place: str) -> socket.socket:
    """Open a tunnel by the proxy at a URL."""
    client = connect(url)
    client.sendall(wish(place))
    assert client.recv(len(ESTABLISHED), socket.MSG_WAITALL) == ESTABLISHED
    return client


def read_all(client: socket.socket) -> bytes:
    """Read until the other side has nothing more to say."""
    read = bytearray()
    while data := client.recv(65_536):
        read += data
    return bytes(read)


@contextmanager
def listening(converse: Callable[[socket.socket], Any]) -> Iterator[str]:
    """Take one connection on a thread of its own, and yield the host and port where."""
    with ExitStack() as stack:
        bound = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        bound.settimeout(PATIENCE_SECONDS)

        def take() -> None:
            with suppress(OSError), bound.accept()[0] as talking:
                talking.settimeout(PATIENCE_SECONDS)
                converse(talking)

        thread = threading.Thread(target=take)
        thread.start()
        stack.callback(thread.join)
        yield f"127.0.0.1:{bound.getsockname()[1]}"
