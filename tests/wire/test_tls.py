"""Ends of connections under TLS, and with each event loop."""

import ssl
from collections.abc import Iterator
from typing import Literal

import httpx2
import pytest

from mock_server.app import create_app
from mock_server.entrance.authority import Authority
from mock_server.settings import Settings
from tests.serving import Wall
from tests.wire.conftest import Live, Universe
from tests.wire.raw import Client, Quiet
from tests.wire.servers import OtherServer

pytestmark = pytest.mark.uncounted


class Secure(Live):
    """A server whose connections may be with TLS."""

    trust: ssl.SSLContext | None = None

    def connect(self) -> Client:
        """Open a connection."""
        return Client(self.url, quiet=self.quiet, trust=self.trust)


@pytest.fixture(scope="module", params=["plain", "tls"])
def tls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ...]:
    """What a server needs for TLS, and what its client trusts; nothing without."""
    if request.param == "plain":
        return ()
    ca_file = tmp_path_factory.mktemp("tls") / "ca.pem"
    context = Authority(ca_file, "127.0.0.1").context()
    return context, ssl.create_default_context(cafile=ca_file)


@pytest.fixture(scope="module", params=["asyncio", "auto"])
def live(request: pytest.FixtureRequest, quiet: Quiet, tls: tuple[ssl.SSLContext, ...]) -> Iterator[Live]:
    """The server."""
    loop: Literal["asyncio", "auto"] = request.param
    server = OtherServer(create_app(Settings(speed=0), wall=Wall()), loop=loop, context=tls[0] if tls else None)
    with server.running() as url:
        running = Secure(url.replace("http:", "https:") if tls else url, quiet, ())
        if tls:
            running.trust = tls[1]
            running.client = httpx2.Client(base_url=running.url, verify=tls[1])
        with running.client:
            yield running


ROWS = [
    ("answer 503", "open", b"HTTP/1.1 503 Service Unavailable", 1.0),
    ("framing trailer", "FIN", b"HTTP/1.1 200 OK", None),
    ("body too-long", "FIN", b"HTTP/1.1 200 OK", 1.0),
    ("disconnect before-response", "FIN", b"", 0),
    ("disconnect before-response reset", "RST", b"", 0),
    ("disconnect before-response half-close", "half-closed", b"", 0),
    ("disconnect before-response silence", "silence", b"", 0),
    ("disconnect in-body", "FIN", b"HTTP/1.1 200 OK", 0.5),
    ("disconnect in-body reset", "RST", b"HTTP/1.1 200 OK", 0.5),
    ("disconnect in-body half-close", "half-closed", b"HTTP/1.1 200 OK", 0.5),
    ("disconnect in-body silence", "silence", b"HTTP/1.1 200 OK", 0.5),
    ("disconnect after-response reset", "RST", b"HTTP/1.1 200 OK", 1.0),
    ("delay 2ms in-head; delay 2ms in-body", "FIN", b"HTTP/1.1 200 OK", 1.0),
    ("body padded:3000000; disconnect in-body percent=100 reset", "RST", b"HTTP/1.1 200 OK", None),
]


@pytest.mark.parametrize(("words", "end", "start", "share"), ROWS)
def test_what_is_on_the_wire(universe: Universe, words: str, end: str, start: bytes, share: float | None) -> None:
    """The same bytes and the same end, whatever is between TCP and HTTP, and whatever loop turns."""
    true = universe.ask("query", to_end=False)
    universe.plan(*(f"{part} on=query" for part in words.split("; ")))
    seen = universe.ask("query", to_end=end != "open")
    assert (seen.start, seen.end) == (start, end)
    if share is not None and end != "open":
        assert seen.body == true.body[: int(len(true.body) * share)]
    if "padded" in words:
        assert len(seen.body) == len(true.body) + 3_000_000


def test_an_end_without_a_farewell(universe: Universe) -> None:
    """A closed connection says so as TLS does; one that is reset or half closed does not, and a client can tell."""
    universe.plan("disconnect in-body on=query nth=1", "disconnect in-body half-close on=query")
    secure = universe.live.url.startswith("https:")
    farewells = []
    for _ in range(2):
        with universe.live.connect() as client:
            universe.send(client, "query")
            client.read_until(b"{")
            try:
                while client.socket.recv(65_536):
                    pass
                farewells.append(True)
            except ssl.SSLEOFError:
                farewells.append(False)
    assert farewells == [True, not secure]
