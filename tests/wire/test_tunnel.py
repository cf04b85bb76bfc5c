"""Ends of connections through the proxy's tunnel, under TLS: the same as without it, byte by byte."""

import ssl
from collections.abc import Iterator
from typing import Literal

import pytest

from contracts.drive.live import LiveServer
from mock_server.app import create_app
from mock_server.settings import Settings
from tests.serving import Wall
from tests.wire.conftest import Live, Universe
from tests.wire.raw import Client, Quiet

pytestmark = pytest.mark.uncounted

HOST = "api.evolink.ai"


class Tunnelled(Client):
    """A connection to the API's host, by the proxy of a server.

    Args:
        server: Whose proxy it is.
        quiet: What it says of the connections by which it sends nothing more.
    """

    def __init__(self, server: LiveServer, *, quiet: Quiet) -> None:
        super().__init__(server.proxy_url, quiet=quiet)
        own = self.socket.getsockname()
        self.socket.sendall(f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\n\r\n".encode())
        assert self.socket.recv(65_536) == b"HTTP/1.1 200 Connection established\r\n\r\n"
        trust = ssl.create_default_context(cafile=server.ca_file)
        self.socket = trust.wrap_socket(self.socket, server_hostname=HOST, suppress_ragged_eofs=False)
        self._host = HOST
        assert server._proxy is not None
        (mine,) = [each for each in server._proxy[1].clients if each.transport.get_extra_info("peername") == own]
        assert mine.other is not None
        self.port = mine.other.transport.get_extra_info("sockname")[1]


class Behind(Live):
    """A server whose connections go through its proxy."""

    server: LiveServer

    def connect(self) -> Client:
        """Open a connection."""
        return Tunnelled(self.server, quiet=self.quiet)


@pytest.fixture(scope="module", params=["asyncio", "auto"])
def live(request: pytest.FixtureRequest, quiet: Quiet) -> Iterator[Live]:
    """The server."""
    server = LiveServer(create_app(Settings(speed=0, videos="packaged"), wall=Wall()))
    loop: Literal["asyncio", "auto"] = request.param
    server.config.loop = loop
    with server.running() as url:
        running = Behind(url, quiet, ())
        running.server = server
        with running.client:
            yield running


ROWS = [
    ("answer 503", "open", b"HTTP/1.1 503 Service Unavailable"),
    ("framing trailer", "FIN", b"HTTP/1.1 200 OK"),
    ("disconnect before-response", "FIN", b""),
    ("disconnect before-response reset", "RST", b""),
    ("disconnect before-response half-close", "half-closed", b""),
    ("disconnect before-response silence", "silence", b""),
    ("disconnect in-body", "FIN", b"HTTP/1.1 200 OK"),
    ("disconnect in-body reset", "RST", b"HTTP/1.1 200 OK"),
    ("disconnect in-body half-close", "half-closed", b"HTTP/1.1 200 OK"),
    ("disconnect in-body silence", "silence", b"HTTP/1.1 200 OK"),
    ("disconnect after-response reset", "RST", b"HTTP/1.1 200 OK"),
    ("delay 2ms in-head; delay 2ms in-body", "FIN", b"HTTP/1.1 200 OK"),
    ("body padded:3000000; disconnect in-body percent=100 reset", "RST", b"HTTP/1.1 200 OK"),
]


@pytest.mark.parametrize(("words", "end", "start"), ROWS)
def test_what_is_on_the_wire(universe: Universe, words: str, end: str, start: bytes) -> None:
    """All that was sent before the end arrives, and the end is the one that was planned."""
    true = universe.ask("query", to_end=False)
    universe.plan(*(f"{part} on=query" for part in words.split("; ")))
    seen = universe.ask("query", to_end=end != "open")
    assert (seen.start, seen.end) == (start, end)
    if "in-body" in words and "disconnect" in words and "padded" not in words:
        assert seen.body == true.body[: len(true.body) // 2]
    if "padded" in words:
        assert len(seen.body) == len(true.body) + 3_000_000
