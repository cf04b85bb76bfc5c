"""Several workers on one state file, and workers that stop or die."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from contracts.drive.receiver import Receiver, Reply
from mock_server.callbacks import callbacks
from mock_server.callbacks.callbacks import LEASE
from mock_server.core.types import SECOND
from mock_server.store import SqliteStore
from tests.callbacks.workers import HOOK, Hold, Worker, arrived, store_ended
from tests.serving import START, Wall
from tests.store.conftest import build_task

pytestmark = pytest.mark.anyio

Employ = Callable[..., Worker]


@pytest.fixture
async def employ(
    anyio_backend: str,  # noqa: ARG001
    tmp_path: Path,
    receiver: Receiver,
    wall: Wall,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Employ]:
    """How to get another worker on the same state file. Each stops at the end, and does not wait long for that."""
    employed: list[Worker] = []

    def start(rate: float = 0) -> Worker:
        employed.append(Worker(SqliteStore(tmp_path / "state.db"), receiver, wall, rate))
        return employed[-1]

    yield start
    monkeypatch.setattr(callbacks, "STOP_SECONDS", 0.01)
    for worker in employed:
        await worker.callbacks.stop()
        await worker.store.close()


async def test_each_attempt_is_made_by_one(employ: Employ, receiver: Receiver) -> None:
    """Two workers that look for work at the same time share it: every callback is sent once."""
    one, other = employ(), employ()
    tasks = await store_ended(one.store, 20)
    made = await asyncio.gather(one.run_due(), other.run_due(), one.run_due(), other.run_due())
    assert sorted(task for share in made for task, _ in share) == sorted(task.id for task in tasks)
    assert len(receiver.received) == 20
    assert all(len(delivery.attempts) == 1 for delivery in await other.deliveries())


async def test_a_worker_that_dies(employ: Employ, receiver: Receiver, wall: Wall) -> None:
    """Its attempt is nobody else's until its lease is over; then it is made again, and counted once."""
    hold = Hold()
    receiver.script(hold)
    dying, other = employ(), employ()
    (task,) = await store_ended(dying.store, 1)
    attempt = asyncio.create_task(dying.run_due())
    await arrived(receiver, 1)
    await dying.callbacks.forget(await dying.universe())
    assert await attempt == []
    hold.release()
    wall.advance(LEASE / SECOND - 0.000_001)
    assert await other.run_due() == []
    wall.advance(0.000_001)
    assert await other.run_due() == [(task.id, 200)]
    (delivery,) = await other.deliveries()
    assert (delivery.state, len(delivery.attempts)) == ("delivered", 1)


async def test_a_lease_that_runs_out_is_noticed(employ: Employ, receiver: Receiver, wall: Wall) -> None:
    """Whoever has seen that somebody else is at it looks again when that must be over, by any clock."""
    hold = Hold()
    receiver.script(hold)
    dying, other = employ(), employ()
    await store_ended(dying.store, 1)
    await dying.callbacks.start()
    attempt = asyncio.create_task(dying.run_due())
    await arrived(receiver, 1)
    await dying.callbacks.forget(await dying.universe())
    assert await attempt == []
    hold.release()
    wall.advance(LEASE / SECOND - 0.01)
    await other.callbacks.start()
    wall.advance(0.01)
    await arrived(receiver, 2)


async def test_a_schedule_is_taken_up(employ: Employ, receiver: Receiver) -> None:
    """A worker that starts finds what is due, in every universe."""
    earlier = employ(rate=1)
    for name in ("default", "blue"):
        await earlier.universe(name)
        await store_ended(earlier.store, 1, universe=name)
    await employ(rate=1).callbacks.start()
    await arrived(receiver, 2)


async def test_a_clock_that_was_moved_stays_moved(employ: Employ, receiver: Receiver) -> None:
    """A worker that dies on the way has saved how far it came: nobody's time goes back behind an attempt."""
    hold = Hold()
    receiver.script(hold)
    worker, other = employ(), employ()
    task = build_task(created=START // SECOND, lasts=50, callback_url=HOOK)
    await worker.store.create_task(task, opening=10**9)
    advance = asyncio.create_task(worker.advance(80))
    await arrived(receiver, 1)
    assert (await other.universe()).now() == task.timeline.ends_at
    hold.release()
    assert [made.at for made in await advance] == [task.timeline.ends_at]


async def test_a_stop_waits_for_what_is_under_way(employ: Employ, receiver: Receiver) -> None:
    """An attempt that ends in a moment is recorded before the store is closed."""
    receiver.script(Reply(200, after=0.05))
    worker = employ(rate=1)
    await store_ended(worker.store, 1)
    await worker.universe()
    await worker.callbacks.start()
    await arrived(receiver, 1)
    await worker.callbacks.stop()
    assert [delivery.state for delivery in await worker.deliveries()] == ["delivered"]


async def test_a_stop_does_not_wait_for_long(
    employ: Employ, receiver: Receiver, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt that hangs is given up, and made again by the next worker when its lease is over."""
    monkeypatch.setattr(callbacks, "STOP_SECONDS", 0.01)
    hold = Hold()
    receiver.script(hold)
    worker = employ(rate=1)
    (task,) = await store_ended(worker.store, 1)
    await worker.universe()
    await worker.callbacks.start()
    await arrived(receiver, 1)
    await worker.callbacks.stop()
    hold.release()
    (delivery,) = await worker.deliveries()
    assert (delivery.state, delivery.attempts) == ("due", ())
    wall.advance(LEASE / SECOND)
    assert await employ().run_due() == [(task.id, 200)]


async def test_nothing_begins_after_a_stop(employ: Employ, receiver: Receiver) -> None:
    """The retry of an attempt that ends while the worker stops is left to the next worker."""
    receiver.script(*[Reply(500, after=0.02)] * 9)
    worker, following = employ(), employ()
    await store_ended(worker.store, 3)
    universe = await worker.universe()
    running_out = asyncio.create_task(worker.run_due())
    await arrived(receiver, 3)
    universe.clock.run(1)
    await worker.callbacks.stop()
    assert len(await running_out) == 3
    universe.clock.advance(60)
    await worker.callbacks.wake(universe)
    for _ in range(9):
        await asyncio.sleep(0)
    (await following.universe()).clock.advance(60)
    assert len(await following.run_due()) == 3


async def test_a_worker_that_starts_again(employ: Employ, receiver: Receiver) -> None:
    """It goes on with the schedule, as a server does that is stopped and started in one process."""
    worker = employ(rate=1)
    await worker.universe()
    await worker.callbacks.stop()
    await store_ended(worker.store, 1)
    await worker.callbacks.start()
    await arrived(receiver, 1)


async def test_a_worker_that_has_forgotten(employ: Employ) -> None:
    """What it was waiting for is left to others."""
    worker, other = employ(rate=1), employ()
    await store_ended(worker.store, 1)
    universe = await worker.universe()
    worker.callbacks.expect(universe, universe.now())
    await worker.callbacks.forget(universe)
    for _ in range(9):
        await asyncio.sleep(0)
    assert len(await other.run_due()) == 1


async def test_a_worker_without_work_stops(employ: Employ) -> None:
    """There is nothing to wait for."""
    await employ().callbacks.stop()
