"""What is noted while requests are served, and where it is kept."""

import asyncio
import socket
from asyncio import Transport
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.types import Message, Receive, Scope, Send

from contracts.drive.live import LiveServer
from mock_server.api.middleware import ExchangeMiddleware
from mock_server.app import create_app
from mock_server.assembly import assemble
from mock_server.http.connection import CONNECTION, Connection
from mock_server.journal.exchange import Exchange
from mock_server.settings import Settings
from mock_server.simulator import Simulator
from mock_server.store import SqliteStore
from tests.journal.asgi import scope, unwanted
from tests.journal.noting import CREATION, JOURNAL, entries
from tests.serving import CREATE, KEY, Serve, Wall, bearer, create

pytestmark = pytest.mark.anyio

BLUE = {"x-mock-universe": "blue"}


class Bench:
    """The middleware around an app of the test's own, over a simulator that it can look into.

    `sent` is what came out, and `kept` how many exchanges the journal held each time.
    """

    def __init__(self, wall: Wall) -> None:
        self.store = SqliteStore()
        self.simulator: Simulator = assemble(Settings(), store=self.store, wall=wall)
        self.finished: list[Exchange] = []
        self.wall = wall
        self.sent: list[Message] = []
        self.kept: list[int] = []

    async def serve(self, answers: list[Message], wanted: Scope, *, body: tuple[Message, ...] = ()) -> None:
        """Serve one request: read all of its body, then send the answers, which may be an error."""
        coming = list(body)

        async def app(_scope: Scope, receive: Receive, send: Send) -> None:
            for _ in body:
                await receive()
            for answer in answers:
                if answer["type"] == "break":
                    raise OSError("the connection is gone")
                await send(answer)

        async def receive() -> Message:
            return coming.pop(0)

        async def send(message: Message) -> None:
            self.sent.append(message)
            self.kept.append(len(await self.journal()))

        await ExchangeMiddleware(
            app,
            universes=self.simulator.universes,
            counters=self.simulator.counters,
            seed=b"seed",
            wall=self.wall,
            finished=self.finished.append,
        )(wanted, receive, send)

    async def journal(self, universe: str = "default") -> list[Exchange]:
        """Return what a universe's journal holds."""
        return list((await self.simulator.universes.open(universe)).journal)


@pytest.fixture
async def bench(wall: Wall) -> Any:
    """A bench, and its end."""
    bench = Bench(wall)
    yield bench
    await bench.store.close()


def begin(status: int = 200, *headers: tuple[bytes, bytes]) -> Message:
    """Return the message that begins an answer."""
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def piece(body: bytes, *, more: bool = False) -> Message:
    """Return a message with a piece of an answer."""
    return {"type": "http.response.body", "body": body, "more_body": more}


async def test_what_goes_by_is_noted(bench: Bench) -> None:
    """Bodies in pieces, headers, sizes and times, as they were; the answer is told its number."""
    came = ({"type": "http.request", "body": b"ab", "more_body": True}, {"type": "http.request", "body": b"c"})
    other = {"type": "http.response.debug"}
    await bench.serve([other, begin(201, (b"a", b"b")), piece(b"x", more=True), piece(b"yz")], scope(), body=came)
    (exchange,) = await bench.journal()
    assert (exchange.body, exchange.body_size, exchange.answer_body, exchange.answer_size) == (b"abc", 3, b"xyz", 3)
    assert (exchange.status, exchange.query, exchange.number) == (201, b"a=1", 1)
    assert bench.sent[1]["headers"] == [(b"a", b"b"), (b"x-request-id", exchange.id.encode())]
    assert exchange.answer_headers == bench.sent[1]["headers"]
    assert exchange.started <= exchange.ended
    assert bench.finished == [exchange]


async def test_it_is_in_the_journal_before_its_last_byte_goes(bench: Bench) -> None:
    """Whoever has its answer finds it in the journal."""
    await bench.serve([begin(), piece(b"x", more=True), piece(b"y")], scope())
    assert bench.kept == [0, 0, 1]


async def test_the_body_of_a_method_that_has_none_is_not_looked_at(bench: Bench) -> None:
    """The way in of a GET is the server's own."""
    await bench.serve([begin(), piece(b"")], scope("GET"), body=({"type": "http.request", "body": b"ab"},))
    assert [exchange.body_size for exchange in await bench.journal()] == [0]


async def test_an_answer_that_breaks_off(bench: Bench) -> None:
    """An exchange that ends with an error ends all the same, with what there was of its answer."""
    with pytest.raises(OSError, match="the connection is gone"):
        await bench.serve([begin(), piece(b"half", more=True), {"type": "break"}], scope())
    (exchange,) = await bench.journal()
    assert (exchange.status, exchange.answer_body) == (200, b"half")
    assert bench.finished == [exchange]
    assert await (await bench.simulator.universes.open("default")).journal.settle(0)


async def test_nothing_is_ended_twice(bench: Bench) -> None:
    """What is sent after the last byte changes nothing."""
    await bench.serve([begin(), piece(b"x"), piece(b"")], scope())
    assert [exchange.number for exchange in await bench.journal()] == [1]


async def test_what_is_no_request_passes(bench: Bench) -> None:
    """A websocket or a lifespan is none of the middleware's affairs."""
    await bench.serve([{"type": "websocket.close"}], {"type": "websocket"})
    assert bench.sent == [{"type": "websocket.close"}]
    assert bench.finished == []


async def test_connections(bench: Bench) -> None:
    """Our server tells its connections apart; another one only says where the client is, or nothing."""
    connection = Connection(7, Transport())
    for more in (
        {"state": {CONNECTION: connection}},
        {"state": {CONNECTION: connection}},
        {"client": ("127.0.0.1", 123)},
        {},
    ):
        await bench.serve([begin(), piece(b"")], scope(**more))
    found = [(exchange.connection, exchange.turn) for exchange in await bench.journal()]
    assert found == [("7", 1), ("7", 2), ("127.0.0.1:123", 0), ("", 0)]


async def test_places(client: httpx2.AsyncClient) -> None:
    """What is refused before its universe is known belongs to the one that its key or header names."""
    await client.get("/nowhere", headers=BLUE)
    await client.put(CREATE, headers=bearer("sk-mock-blue"))
    await client.get("/v1/credits", headers={"authorization": "nothing", **BLUE})
    await client.get("/v1/credits", headers={"x-mock-universe": "No Universe"})
    await client.get("/v1/credits")
    assert [shown["status"] for shown in await entries(client)] == [400, 200]
    blue = (await client.get(JOURNAL, headers=BLUE)).json()
    assert [shown["status"] for shown in blue["entries"]] == [404, 405, 401]
    assert {shown["universe"] for shown in blue["entries"]} == {blue["universe"]} == {"blue"}


@pytest.mark.clauses("HTTP-REQUEST-ID")
async def test_what_is_journalled(client: httpx2.AsyncClient, wall: Wall) -> None:
    """Operations and result links are, by the id that the answer had; the simulator's own paths never are."""
    task = await create(client)
    wall.advance(200)
    body = (await client.get(f"/v1/tasks/{task['id']}")).json()
    link = await client.get(body["results"][0])
    for path in ("/_mock/health", "/_mock/clock", JOURNAL, "/_mock/nothing", "/openapi.json", "/openapi.yaml"):
        await client.get(path)
    await client.get("/openapi")
    shown = await entries(client)
    assert [exchange["operation"] for exchange in shown[:2]] == [CREATION, "getTaskDetail"]
    assert [exchange["task"] for exchange in shown[:2]] == [task["id"]] * 2
    assert [exchange["status"] for exchange in shown] == [200, 200, 200, 404]
    assert shown[2]["id"] == link.headers["x-request-id"]
    assert (shown[2]["answer"]["size"], shown[2]["answer"]["body"]) == (len(link.content), None)
    assert [exchange["number"] for exchange in shown] == [1, 2, 3, 4]


async def test_time(serve: Serve, wall: Wall) -> None:
    """An entry has the universe's time and real time, which need not agree."""
    client = await serve(speed=0.0)
    await client.get("/_mock/clock")
    wall.advance(100)
    await client.get("/v1/credits")
    (shown,) = await entries(client)
    assert (shown["at"], shown["wall"]) == (1_757_169_743, 1_757_169_843)


async def test_a_client_that_goes_away(wall: Wall) -> None:
    """Half a request is in the journal, without a status."""
    app = create_app(wall=wall)
    messages: list[Message] = [
        {"type": "http.request", "body": b'{"model": "wan', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    async with app.router.lifespan_context(app):
        await app(scope(), receive, unwanted)
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            (shown,) = await entries(client, status="none")
    assert (shown["status"], shown["operation"], shown["request"]["size"]) == (None, CREATION, 14)
    assert (shown["request"]["body"], shown["answer"]["size"]) == (None, 0)


async def test_requests_that_are_under_way_are_waited_for(wall: Wall) -> None:
    """The journal is answered once they have ended, so that a test need not wait by itself."""
    app, coming = create_app(wall=wall), asyncio.Event()

    async def receive() -> Message:
        await coming.wait()
        return {"type": "http.disconnect"}

    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            stalled = asyncio.ensure_future(app(scope(), receive, unwanted))
            await asyncio.sleep(0)
            reading = asyncio.ensure_future(entries(client))
            for _ in range(10):
                await asyncio.sleep(0)
            assert not reading.done()
            coming.set()
            assert [shown["status"] for shown in await reading] == [None]
            await stalled


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    """Open a connection to a server."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        yield connection


def ask(connection: socket.socket, path: str = "/v1/credits", *, body: bytes = b"") -> bytes:
    """Send a request, and return the answer's head and what came with it."""
    method = "POST" if body else "GET"
    connection.sendall(
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    return connection.recv(65_536)


def test_connections_over_a_socket(wall: Wall) -> None:
    """Who comes again by the same connection is told from one who comes by another."""
    with LiveServer(create_app(Settings(speed=1), wall=wall)).running() as url, httpx2.Client(base_url=url) as client:
        with connected(url) as one, connected(url) as other:
            for connection in (one, other, one):
                assert ask(connection).startswith(b"HTTP/1.1 200")
        shown = client.get(JOURNAL).json()["entries"]
        by_one = client.get(JOURNAL, params={"connection": shown[0]["connection"]}).json()["entries"]
    assert [(exchange["turn"], exchange["reused"]) for exchange in shown] == [(1, False), (1, False), (2, True)]
    assert shown[0]["connection"] == shown[2]["connection"] != shown[1]["connection"]
    assert [exchange["number"] for exchange in by_one] == [1, 3]


def test_a_client_that_hangs_up_over_a_socket(wall: Wall) -> None:
    """A connection that is closed in the middle of a request leaves an entry without a status."""
    with LiveServer(create_app(Settings(speed=1), wall=wall)).running() as url, httpx2.Client(base_url=url) as client:
        with connected(url) as connection:
            connection.sendall(
                f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
                'Content-Length: 999\r\n\r\n{"model": '.encode()
            )
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b""
        (shown,) = client.get(JOURNAL, params={"wait": 30}).json()["entries"]
    assert (shown["status"], shown["operation"]) == (None, CREATION)
