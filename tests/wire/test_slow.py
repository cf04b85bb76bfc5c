"""Answers that are late, or come in pieces: in which order, and in which pieces. Time itself is the test's."""

import asyncio
import threading

import pytest

from mock_server.http import connection
from mock_server.http.connection import Connection
from tests.wire.conftest import Universe
from tests.wire.raw import PATIENCE_SECONDS, Client

OPERATIONS = ["query", "create", "result"]


class Gate:
    """Takes the place of time: a wait lasts until the test lets it pass."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._reached = threading.Semaphore(0)
        self._passed = threading.Semaphore(0)

    async def sleep(self, seconds: float) -> None:
        """Wait before the work, where the client does not matter."""
        self.waits.append(seconds)
        self._reached.release()
        assert await asyncio.to_thread(self._passed.acquire, timeout=PATIENCE_SECONDS)

    async def lost_within(self, waiting: Connection, seconds: float) -> bool:
        """Wait once all that was written has gone out, for a client that stays."""
        await connection.drain(waiting.transport)
        await self.sleep(seconds)
        return waiting.lost

    def read(self, client: Client) -> bytes:
        """Return what has come by the time that the server waits."""
        assert self._reached.acquire(timeout=PATIENCE_SECONDS)
        before = len(client.raw)
        while client.readable(0):
            client.read_some()
        return bytes(client.raw[before:])

    def let_pass(self) -> None:
        """Let the wait be over."""
        self._passed.release()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """What every wait of the server's goes through."""
    gate = Gate()

    async def pause(_: Connection, seconds: float) -> None:
        await gate.sleep(seconds)

    async def lost_within(self: Connection, seconds: float) -> bool:
        return await gate.lost_within(self, seconds)

    monkeypatch.setattr(Connection, "pause", pause)
    monkeypatch.setattr(Connection, "lost_within", lost_within)
    return gate


@pytest.mark.parametrize("operation", OPERATIONS)
def test_before_the_work(universe: Universe, gate: Gate, operation: str) -> None:
    """Nothing is done and nothing comes until the time is over."""
    tasks = universe.tasks()
    universe.plan(f"delay 60 on={operation}")
    with universe.live.connect() as client:
        universe.send(client, operation)
        assert gate.read(client) == b""
        assert universe.tasks() == tasks
        gate.let_pass()
        assert client.read_answer().start == b"HTTP/1.1 200 OK"
    assert universe.tasks() == tasks + (operation == "create")
    assert gate.waits == [60]


@pytest.mark.parametrize("more", ["", "; disconnect after-response"])
def test_before_the_head(universe: Universe, gate: Gate, more: str) -> None:
    """The work is done, and nothing comes until the time is over."""
    universe.plan(f"delay 60 before-head on=create{more}")
    with universe.live.connect() as client:
        universe.send(client, "create")
        assert gate.read(client) == b""
        assert universe.tasks() == 2
        gate.let_pass()
        assert client.read_answer().start == b"HTTP/1.1 200 OK"
    assert gate.waits == [60]


@pytest.mark.parametrize("more", ["", "; disconnect after-response"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_before_the_body(universe: Universe, gate: Gate, operation: str, more: str) -> None:
    """The head is there, and no body until the time is over."""
    universe.plan(f"delay 60 before-body on={operation}{more}")
    with universe.live.connect() as client:
        universe.send(client, operation)
        head = gate.read(client)
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert head.endswith(b"\r\n\r\n")
        assert head.count(b"\r\n\r\n") == 1
        gate.let_pass()
        seen = client.read_answer()
    assert len(seen.body) == int(seen.headers["content-length"]) > 0
    assert gate.waits == [60]


@pytest.mark.parametrize("more", ["", "; disconnect after-response"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_within_the_body(universe: Universe, gate: Gate, operation: str, more: str) -> None:
    """It comes in as many pieces as wanted, of one size: one with the head, and the last when the time is over."""
    true = universe.ask("query" if operation == "create" else operation, to_end=False).body
    universe.plan(f"delay 60 in-body pieces=4 on={operation}{more}")
    with universe.live.connect() as client:
        universe.send(client, operation)
        head, _, first = gate.read(client).partition(b"\r\n\r\n")
        gate.let_pass()
        second = gate.read(client)
        gate.let_pass()
        third = gate.read(client)
        gate.let_pass()
        body = client.read_answer().body
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body.startswith(first + second + third)
    size = len(body) // 4
    assert {len(first), len(second), len(third)} <= {size, size + 1}
    assert body == true or operation == "create"
    assert gate.waits == [20, 20, 20]


def test_within_the_head(universe: Universe, gate: Gate) -> None:
    """It comes in as many pieces as wanted; the body at once with the last."""
    universe.plan("delay 60 in-head pieces=5 on=query")
    with universe.live.connect() as client:
        universe.send(client, "query")
        parts = []
        for _ in range(4):
            parts.append(gate.read(client))
            gate.let_pass()
        seen = client.read_to_end()
    assert gate.waits == [15] * 4
    assert seen.head.startswith(b"".join(parts))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert len(b"".join(parts)) + len(parts[0]) >= len(seen.head) - 1


def test_all_at_once(universe: Universe, gate: Gate) -> None:
    """An answer can be late at every point, and jitter makes each delay longer by chance."""
    universe.plan(
        *(f"delay 1 {at} pieces=2 on=query" for at in ("before-work", "before-head", "in-head", "before-body"))
    )
    universe.control("POST", "plans", {"plans": "delay 1 in-body jitter=100 pieces=2 on=query"})
    with universe.live.connect() as client:
        universe.send(client, "query")
        parts = []
        for _ in range(5):
            parts.append(gate.read(client))
            gate.let_pass()
        seen = client.read_to_end()
    assert parts[:2] == [b"", b""]
    assert parts[2] + parts[3] == seen.head
    assert seen.body.startswith(parts[4])
    assert gate.waits[:4] == [1, 1, 1, 1]
    assert 1 < gate.waits[4] <= 101


@pytest.mark.parametrize("words", ["answer 204", "body empty", "answer 200 text=x"])
def test_nothing_to_be_late_with(universe: Universe, gate: Gate, words: str) -> None:
    """A body of no piece or one is not waited for within."""
    universe.plan(f"{words} on=query; delay 60 in-body on=query")
    assert universe.ask("query", to_end=False).start.startswith(b"HTTP/1.1 20")
    assert universe.ask("query", to_end=False, method="HEAD").body == b""
    assert gate.waits == []


def test_a_request_is_carried_out_though_its_client_has_left(universe: Universe, gate: Gate) -> None:
    """As a slow service does; nothing is sent then, and the journal says so."""
    universe.plan("delay 60 on=create")
    with universe.live.connect() as client:
        universe.send(client, "create")
        gate.read(client)
        client.leave()
    assert universe.tasks() == 1
    gate.let_pass()
    *_, entry = universe.exchanges()
    assert (entry["operation"][:6], entry["status"], entry["faults"]) == ("create", None, ["delay 60"])
    assert universe.tasks() == 2


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("point", ["before-work", "before-head", "in-head", "before-body", "in-body"])
def test_short_delays(universe: Universe, point: str, times: int) -> None:
    """With real time, however short, an answer comes whole."""
    true = universe.ask("query", to_end=False)
    universe.plan(f"delay 2ms {point} pieces={times + 1} on=query")
    seen = universe.ask("query", to_end=point == "in-head")
    assert (seen.start, seen.body) == (true.start, true.body)
