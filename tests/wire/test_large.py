"""Answers of many megabytes: the others do not wait for them, and they are not held more often than need be."""

import asyncio
import socket
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import Mock

import pytest
from starlette.types import Message

from mock_server.app import create_app
from mock_server.core.plans.bodies import LARGEST
from mock_server.http.bodies import PORTION
from mock_server.http.connection import CONNECTION, Connection
from mock_server.journal.exchange import Exchange
from mock_server.settings import Settings
from tests.journal.asgi import scope
from tests.wire.conftest import Universe
from tests.wire.raw import Client

WAYS = ["", "; framing trailer", "; framing http10", "; disconnect after-response", "; framing chunked"]


@contextmanager
def begin_the_largest(universe: Universe, more: str) -> Iterator[Client]:
    """Ask for the largest answer and read its head, on a connection that is closed in the end."""
    universe.plan(*(f"{part} on=credits" for part in f"body padded:{LARGEST}{more}".split("; ")))
    with universe.live.connect() as client:
        universe.send(client, "credits")
        client.read_until(b"\r\n\r\n")
        yield client


@pytest.mark.uncounted
@pytest.mark.parametrize("more", WAYS)
def test_others_are_served_meanwhile(universe: Universe, more: str) -> None:
    """While a client takes its time over the largest answer, another one gets its own, and then the first the rest."""
    with begin_the_largest(universe, more) as slow:
        for _ in range(3):
            assert universe.ask("query", to_end=False).start == b"HTTP/1.1 200 OK"
        received = len(slow.raw)
        while received <= LARGEST:
            data = slow.socket.recv(1_048_576)
            assert data
            received += len(data)


@pytest.mark.parametrize("more", WAYS)
def test_a_client_that_leaves(universe: Universe, more: str) -> None:
    """What would still be sent is not, and is not noted as sent."""
    with begin_the_largest(universe, more):
        pass
    *_, entry = universe.exchanges()
    assert entry["status"] == 200
    assert 0 < entry["answer"]["size"] < LARGEST


@pytest.mark.parametrize("more", WAYS)
def test_a_client_that_says_no_more_before_it_leaves(universe: Universe, more: str) -> None:
    """A FIN may mean that it still reads: what it then does not read is not piled up for it, nor noted as sent."""
    with begin_the_largest(universe, more) as client:
        client.socket.shutdown(socket.SHUT_WR)
        universe.ask("query", to_end=False)
    entry = next(entry for entry in universe.exchanges() if entry["answer"]["size"] > 100_000)
    assert 0 < entry["answer"]["size"] < LARGEST


@pytest.mark.anyio
async def test_writing_that_meets_the_end() -> None:
    """What a server then tells of in the loop's next turn is heeded, though nothing has to be waited for."""
    finished: list[Exchange] = []
    loop, app = asyncio.get_running_loop(), create_app(Settings(), finished=finished.append)
    connection = Connection(1, Mock(asyncio.Transport, get_write_buffer_size=lambda: 0))

    async def send(message: Message) -> None:
        if message.get("body"):
            loop.call_soon(connection.lose)

    async def receive() -> Message:
        return {"type": "http.request"}

    request = scope("GET", "/v1/credits", state={CONNECTION: connection})
    request["headers"].append((b"x-mock-plan", f"body padded:{LARGEST}".encode()))
    async with app.router.lifespan_context(app):
        await app(request, receive, send)
    assert [exchange.answer_size for exchange in finished] == [PORTION]


@pytest.mark.parametrize("more", WAYS)
def test_it_is_held_twice_at_most(universe: Universe, more: str) -> None:
    """Once as it is, and once while it is made or framed; what goes out is cut from that."""
    size = 16_777_216
    universe.plan(f"body padded:{size}{more}")
    with universe.live.connect() as client:
        tracemalloc.start()
        try:
            universe.send(client, "credits")
            received = 0
            while received <= size:
                received += len(client.socket.recv(65_536))
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 2.4 * size
