"""How the embedded store records attempts: those that end in the same turn of the loop together, all or none."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from mock_server.core.types import SECOND, Task
from mock_server.store import SqliteStore
from mock_server.store.records import Attempt, DueCallback

pytestmark = pytest.mark.anyio

MakeTask = Callable[..., Task]
URL = "https://hooks.example.com/evolink"
ACCEPTED = Attempt(due_at=20, started_at=21, ended_at=22, status=204, error=None, size=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A state file."""
    return tmp_path / "state.db"


@pytest.fixture
async def embedded(anyio_backend: str, path: Path) -> AsyncIterator[SqliteStore]:  # noqa: ARG001
    """A store in that file."""
    opened = SqliteStore(path)
    yield opened
    await opened.close()


async def claimed(store: SqliteStore, make_task: MakeTask, number: int) -> tuple[DueCallback, ...]:
    """Store so many tasks and claim their callbacks."""
    for each in range(number):
        await store.create_task(make_task(each, callback_url=URL), opening=10**9)
    return await store.claim_callbacks("default", now=10_000 * SECOND, wall=0, lease=SECOND, limit=number)


async def recorded(store: SqliteStore) -> list[int]:
    """Return how many attempts each delivery has."""
    return [len(record.attempts) for record in await store.callbacks("default")]


async def test_many_at_once(embedded: SqliteStore, make_task: MakeTask) -> None:
    """Each is recorded, and each is told when it is due again."""
    deliveries = await claimed(embedded, make_task, 5)
    dues = [None, 7, None, 8, 9]
    finishing = [
        embedded.finish_attempt(each, ACCEPTED, next_due=due) for each, due in zip(deliveries, dues, strict=True)
    ]
    assert await asyncio.gather(*finishing) == dues
    assert await recorded(embedded) == [1] * 5


async def test_all_or_none(embedded: SqliteStore, make_task: MakeTask, path: Path) -> None:
    """If the file cannot be written, each of them hears of it; the deliveries are as they were and come again."""
    deliveries = await claimed(embedded, make_task, 2)
    embedded._run("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    finishing = [embedded.finish_attempt(each, ACCEPTED, next_due=None) for each in deliveries]
    outcomes = await asyncio.gather(*finishing, return_exceptions=True)
    other.rollback()
    other.close()
    assert [str(outcome) for outcome in outcomes] == ["database is locked"] * 2
    assert await recorded(embedded) == [0, 0]
    again = await embedded.claim_callbacks("default", now=10_000 * SECOND, wall=SECOND, lease=SECOND, limit=9)
    assert again == deliveries


async def test_who_does_not_wait_for_it(embedded: SqliteStore, make_task: MakeTask) -> None:
    """An attempt that has ended is recorded, even if its worker is stopped in that moment."""
    (delivery,) = await claimed(embedded, make_task, 1)
    finishing = asyncio.ensure_future(embedded.finish_attempt(delivery, ACCEPTED, next_due=None))
    asyncio.get_running_loop().call_soon(finishing.cancel)
    with pytest.raises(asyncio.CancelledError):
        await finishing
    assert await recorded(embedded) == [1]


async def test_a_close_loses_nothing(path: Path, make_task: MakeTask) -> None:
    """What has ended before the store is closed is in the file."""
    store = SqliteStore(path)
    (delivery,) = await claimed(store, make_task, 1)
    finishing = asyncio.ensure_future(store.finish_attempt(delivery, ACCEPTED, next_due=None))
    asyncio.get_running_loop().call_soon(finishing.cancel)
    closing = asyncio.ensure_future(store.close())
    await asyncio.gather(finishing, closing, return_exceptions=True)
    reopened = SqliteStore(path)
    assert await recorded(reopened) == [1]
    await reopened.close()
