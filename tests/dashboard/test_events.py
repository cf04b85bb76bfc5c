"""What tells the dashboard of changes: how things stand when they stand otherwise, nothing kept for who is slow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from starlette.types import Message

from mock_server.app import create_app
from mock_server.assembly import assemble
from mock_server.dashboard.events import Events
from mock_server.settings import Settings
from mock_server.simulator import Simulator
from mock_server.store import SqliteStore
from mock_server.universes.clock import Wall

pytestmark = pytest.mark.anyio


class Listener:
    """One that listens, as the server sees it: what it was sent, and whether it takes more."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def receive(self) -> Message:
        """Say that it is gone, once it is."""
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take a message, unless it is busy."""
        await self.free.wait()
        self.sent.put_nowait(message)

    async def next(self) -> tuple[str, Any]:
        """Return the kind and the data of the next event."""
        text = (await asyncio.wait_for(self.sent.get(), 10))["body"].decode()
        kind, data = text.strip().split("\n")
        return kind.removeprefix("event: "), msgspec.json.decode(data.removeprefix("data: "))


@pytest.fixture
async def simulator(wall: Wall) -> AsyncIterator[Simulator]:
    """A simulator that serves nothing."""
    store = SqliteStore()
    yield assemble(Settings(speed=0.0), store=store, wall=wall)
    await store.close()


@asynccontextmanager
async def listening(simulator: Simulator, *, quiet: float = 10.0) -> AsyncIterator[Listener]:
    """Yield somebody who listens to the universe `default`."""
    listener = Listener()
    scope = {"method": "GET", "headers": [(b"host", b"localhost")], "query_string": b"universe=default"}
    events = Events(simulator, pause=0.0, quiet=quiet)
    serving = asyncio.ensure_future(events(scope, listener.receive, listener.send))
    head = await asyncio.wait_for(listener.sent.get(), 10)
    assert (head["status"], dict(head["headers"])[b"content-type"]) == (200, b"text/event-stream")
    yield listener
    listener.gone.set()
    await asyncio.wait_for(serving, 10)


async def test_changes_are_told(simulator: Simulator) -> None:
    """First how things stand, and then again whenever something happens."""
    async with listening(simulator) as listener:
        kind, first = await listener.next()
        simulator.universes.stir("default")
        assert (kind, (await listener.next())[1]["changes"]) == ("moment", first["changes"] + 1)
        assert listener.sent.empty()
    simulator.universes.stir("nowhere")


async def test_quiet_is_broken_now_and_then(simulator: Simulator) -> None:
    """Where nothing happens the same is told again, so that both sides know of each other."""
    async with listening(simulator, quiet=0.001) as listener:
        assert await listener.next() == await listener.next()


async def test_a_slow_listener_is_told_once(simulator: Simulator) -> None:
    """Whatever happens while it is busy, it gets how things stand then, and nothing waits for it."""
    async with listening(simulator) as listener:
        await listener.next()
        listener.free.clear()
        for _ in range(100):
            simulator.universes.stir("default")
            await asyncio.sleep(0)
        listener.free.set()
        told = [(await listener.next())[1]["changes"]]
        while told[-1] < 100:
            told.append((await listener.next())[1]["changes"])
        assert len(told) <= 2


async def test_a_universe_that_goes(simulator: Simulator) -> None:
    """It is told that it has gone, and nothing brings it back."""
    async with listening(simulator) as listener:
        await listener.next()
        await simulator.universes.forget("default")
        assert await listener.next() == ("gone", {})
    assert await simulator.universes.find("default") is None


async def test_a_server_that_stops(simulator: Simulator) -> None:
    """Listeners are told to go, so that none of them holds it up."""
    async with listening(simulator) as listener:
        await listener.next()
        simulator.universes.dismiss()
        assert await listener.next() == ("bye", {})


async def test_a_name_that_is_none(simulator: Simulator) -> None:
    """It is refused as everywhere."""
    listener = Listener()
    scope = {
        "type": "http",
        "method": "GET",
        "headers": [(b"host", b"localhost")],
        "query_string": b"universe=NO",
    }
    await Events(simulator)(scope, listener.receive, listener.send)
    assert (await listener.sent.get())["status"] == 400


def test_the_app_serves_events() -> None:
    """They are a part of the dashboard."""
    paths = [getattr(route, "path", None) for route in create_app().routes]
    assert paths.count("/_mock/dashboard/events") == 1
