"""How many attempts one worker has under way, and what waits for a place."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator

import pytest

from contracts.drive.receiver import Receiver, Reply
from mock_server.callbacks import callbacks
from mock_server.store import SqliteStore
from mock_server.universes.clock import wall_clock
from tests.callbacks.workers import Hold, Worker, arrived, store_ended

pytestmark = pytest.mark.anyio


class Crowd:
    """Accepts after a moment, a longer one every second time, and counts how many wait at the same time."""

    def __init__(self) -> None:
        self.most = 0
        self._came = 0
        self._waiting = 0

    async def perform(self, _: StreamReader, writer: StreamWriter) -> None:
        """Count, wait, and accept."""
        self._came += 1
        self._waiting += 1
        self.most = max(self.most, self._waiting)
        await asyncio.sleep(0.02 if self._came % 2 else 0.001)
        self._waiting -= 1
        writer.write(Reply(204).head)


@pytest.fixture
async def worker(anyio_backend: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Worker]:  # noqa: ARG001
    """A worker with two places."""
    monkeypatch.setattr(callbacks, "MOST_AT_ONCE", 2)
    with Receiver(tls=False) as receiver:
        employed = Worker(SqliteStore(), receiver, wall_clock)
        yield employed
        await employed.callbacks.stop()
        await employed.store.close()


async def test_more_than_there_are_places_for(worker: Worker) -> None:
    """All are made, the earliest first, two at a time."""
    holds = [Hold() for _ in range(5)]
    worker.receiver.script(*holds)
    tasks = await store_ended(worker.store, 5)
    advance = asyncio.create_task(worker.advance(0))
    for begun, hold in zip((2, 2, 4, 4, 5), holds, strict=True):
        await arrived(worker.receiver, begun)
        assert len(worker.receiver.received) == begun
        hold.release()
    assert [made.task for made in await advance] == [task.id for task in tasks]


async def test_another_universe_has_all_places(worker: Worker) -> None:
    """What is due waits until one is free, and is made then."""
    holds = [Hold(), Hold()]
    worker.receiver.script(*holds)
    await store_ended(worker.store, 2, universe="blue")
    (task,) = await store_ended(worker.store, 1)
    busy = asyncio.create_task(worker.run_due("blue"))
    await arrived(worker.receiver, 2)
    waiting = asyncio.create_task(worker.advance(10))
    also_waiting = asyncio.create_task(worker.run_due())
    holds[0].release()
    await arrived(worker.receiver, 3)
    holds[1].release()
    made = [*await waiting, *await also_waiting]
    assert len(await busy) == 2
    assert worker.receiver.received[2].json()["id"] == task.id
    assert len(made) <= 1


async def test_a_timer_waits_for_a_place(worker: Worker) -> None:
    """On a clock that runs the rest follows by itself, and there are never more at once than there are places for."""
    crowd = Crowd()
    worker.receiver.script(*[crowd] * 9)
    await store_ended(worker.store, 9)
    universe = await worker.universe()
    universe.clock.run(1)
    await worker.callbacks.wake(universe)
    await arrived(worker.receiver, 9)
    assert crowd.most == 2


async def test_what_never_began_gives_its_place_back(worker: Worker) -> None:
    """A reset between the claim of an attempt and its first step costs no place."""
    await store_ended(worker.store, 2)
    universe = await worker.universe()
    await worker.callbacks._claim(universe)
    await worker.callbacks.forget(universe)
    await worker.store.reset("default")
    (task,) = await store_ended(worker.store, 1)
    assert await worker.run_due() == [(task.id, 200)]
