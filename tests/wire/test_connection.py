"""Connections of our server where there is something else than answers to see to."""

import asyncio
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from mock_server.app import create_app
from mock_server.http.connection import unacknowledged
from mock_server.settings import Settings
from tests.serving import Wall
from tests.wire.conftest import Live, Universe
from tests.wire.raw import Quiet
from tests.wire.servers import OtherServer


class Elsewhere(asyncio.Protocol):
    """Speaks something other than HTTP, when it is asked for."""

    def __init__(self, **_: Any) -> None:
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection over."""
        self._transport = transport

    def data_received(self, _: bytes) -> None:
        """Answer, and close."""
        self._transport.write(b"something else")
        self._transport.close()


@pytest.mark.parametrize("before", [0, 2])
def test_a_connection_that_is_given_away(quiet: Quiet, before: int) -> None:
    """Where a client asks for something other than HTTP and gets it, the requests before that were answered."""
    server = OtherServer(create_app(Settings(speed=0), wall=Wall()))
    server.config.ws_protocol_class = Elsewhere
    with server.running() as url:
        live = Live(url, quiet, ())
        with live.client, live.connect() as client:
            universe = Universe(live)
            for _ in range(before):
                universe.send(client, "credits", headers={"x-mock-plan": "answer 503"})
                assert client.read_answer().start == b"HTTP/1.1 503 Service Unavailable"
            universe.send(client, "credits", headers={"connection": "upgrade", "upgrade": "websocket"})
            assert client.read_to_end().raw == b"something else"
            assert universe.ask("credits", to_end=False).start == b"HTTP/1.1 200 OK"


def test_what_has_not_arrived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The system tells how many bytes that is, of a socket that is open; where it does not, none are waited for."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sender = socket.create_connection(listening.getsockname())
        receiver, _ = listening.accept()
        with sender, receiver:
            sender.setblocking(False)  # noqa: FBT003 - the standard library's signature
            with suppress(BlockingIOError):
                while sender.send(bytes(65_536)):
                    pass
            assert unacknowledged(sender) > 0
            with monkeypatch.context() as patch:
                patch.setitem(sys.modules, "fcntl", None)
                assert unacknowledged(sender) == 0
    with tmp_path.joinpath("file").open("w") as file:
        assert unacknowledged(file) == 0
