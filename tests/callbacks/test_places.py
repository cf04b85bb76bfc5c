"""How many attempts one worker has under way, and what waits for a place."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from contracts.drive.receiver import Receiver
from mock_server import callbacks
from mock_server.clock import wall_clock
from mock_server.store import SqliteStore
from tests.callbacks.workers import Hold, Worker, arrived, store_ended

pytestmark = pytest.mark.anyio


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
    advance = asyncio.create_task(worker.callbacks.advance(await worker.universe(), 0))
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
    waiting = asyncio.create_task(worker.callbacks.advance(await worker.universe(), 10))
    also_waiting = asyncio.create_task(worker.run_due())
    holds[0].release()
    await arrived(worker.receiver, 3)
    holds[1].release()
    made = [*await waiting, *await also_waiting]
    assert len(await busy) == 2
    assert worker.receiver.received[2].json()["id"] == task.id
    assert len(made) <= 1


async def test_a_timer_waits_for_a_place(worker: Worker) -> None:
    """On a clock that runs, the rest follows by itself."""
    await store_ended(worker.store, 5)
    universe = await worker.universe()
    universe.clock.run(1)
    await worker.callbacks.wake(universe)
    await arrived(worker.receiver, 5)


async def test_what_never_began_gives_its_place_back(worker: Worker) -> None:
    """A reset between the claim of an attempt and its first step costs no place."""
    await store_ended(worker.store, 2)
    universe = await worker.universe()
    await worker.callbacks._claim(universe)
    await worker.callbacks.forget(universe)
    await worker.store.reset("default")
    (task,) = await store_ended(worker.store, 1)
    assert await worker.run_due() == [(task.id, 200)]
