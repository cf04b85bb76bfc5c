"""Whose a delivery is that somebody has claimed: its worker's while that lives, and nobody's afterwards."""

import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from mock_server.core.types import SECOND, Task
from mock_server.store import SqliteStore, StateError
from mock_server.store.records import Attempt, DueCallback, Waiting

pytestmark = pytest.mark.anyio

MakeTask = Callable[..., Task]
PROGRAM = Path(__file__).with_name("claim_callbacks.py")
LATE = 10_000 * SECOND
LEASE = 15 * SECOND
ACCEPTED = Attempt(due_at=20, started_at=21, ended_at=22, status=204, error=None, size=0)


@pytest.fixture
async def path(anyio_backend: str, tmp_path: Path, make_task: MakeTask) -> Path:  # noqa: ARG001
    """A state file with three deliveries that are due."""
    async with opened(tmp_path / "state.db") as store:
        for number in range(3):
            task = make_task(number, callback_url="https://hooks.example.com/evolink")
            await store.create_task(task, opening=10**9)
    return tmp_path / "state.db"


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteStore]:
    """Open a state file, and close it."""
    store = SqliteStore(path)
    yield store
    await store.close()


@contextmanager
def worker(path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run another process that has claimed everything, until it is told to go or killed."""
    command = [sys.executable, str(PROGRAM), str(path), str(LATE), str(LEASE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert len(process.stdout.readline().split()) == 3
        yield process


async def claimed(store: SqliteStore, wall: int = 2) -> tuple[DueCallback, ...]:
    """Claim what is due."""
    return await store.claim_callbacks("default", now=LATE, wall=wall, lease=LEASE, limit=9)


async def test_a_restart_takes_up_what_was_under_way(path: Path) -> None:
    """What a killed process had claimed is free as soon as the file is opened again, and was not attempted."""
    with worker(path) as process:
        process.kill()
        process.wait()
    async with opened(path) as store:
        assert await store.next_due("default", wall=2) == Waiting(due_at=1_100 * SECOND, lease_ends=None)
        deliveries = await claimed(store)
    assert [delivery.attempts for delivery in deliveries] == [0, 0, 0]


async def test_a_stop_amid_attempts_is_no_different(path: Path) -> None:
    """What a process had claimed and not finished when it ended of its own accord is free for the next one."""
    with worker(path) as process:
        process.communicate()
    async with opened(path) as store:
        assert len(await claimed(store)) == 3


async def test_a_living_worker_keeps_what_it_has(path: Path) -> None:
    """Opening a file that another process has open frees nothing: its leases run until they run out."""
    with worker(path) as process:
        async with opened(path) as store:
            assert await claimed(store) == ()
            assert await store.next_due("default", wall=2) == Waiting(due_at=None, lease_ends=1 + LEASE)
            assert await claimed(store, wall=LEASE) == ()
            assert len(await claimed(store, wall=1 + LEASE)) == 3
        process.communicate()


async def test_of_two_workers_one_dies(path: Path) -> None:
    """While somebody else has the file open, a dead worker's deliveries come back when their leases have run out."""
    async with opened(path) as survivor:
        with worker(path) as process:
            process.kill()
        async with opened(path) as store:
            for each in (survivor, store):
                assert await claimed(each) == ()
        assert len(await claimed(survivor, wall=1 + LEASE)) == 3


async def test_two_stores_in_one_process(path: Path) -> None:
    """A second store in the same process leaves alone what the first one has."""
    async with opened(path) as first, opened(path) as second:
        assert len(await claimed(first)) == 3
        assert await claimed(second) == ()
        async with opened(path) as third:
            assert await claimed(third) == ()


async def test_what_is_over_stays_over(path: Path) -> None:
    """Freeing what a dead worker had brings nothing back that was finished before."""
    async with opened(path) as store:
        for delivery in await claimed(store):
            await store.finish_attempt(delivery, ACCEPTED, next_due=None)
    async with opened(path) as store:
        assert await claimed(store) == ()
        assert await store.next_due("default", wall=2) == Waiting(due_at=None, lease_ends=None)


async def test_a_file_without_deliveries(path: Path) -> None:
    """A state file that has lost its tables is refused with the reason."""
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE callback")
    connection.close()
    with pytest.raises(StateError, match="cannot be used as a state file: no such table: callback"):
        SqliteStore(path)


async def test_those_under_way_do_not_hide_the_others(path: Path, make_task: MakeTask) -> None:
    """What is due later is found while earlier deliveries are lent, and those again once their leases are over."""
    async with opened(path) as store:
        assert len(await claimed(store)) == 3
        later = make_task(9, lasts=900, callback_url="https://hooks.example.com/evolink")
        await store.create_task(later, opening=10**9)
        assert await store.next_due("default", wall=2) == Waiting(later.timeline.ends_at, 2 + LEASE)
        assert await store.next_due("default", wall=2 + LEASE) == Waiting(1_100 * SECOND, None)
        (found,) = await claimed(store)
        assert found.task == later.id
