"""A task that was read is read again as it is now, whatever happened to it in between, and however many were read."""

from collections.abc import Callable
from functools import partial

import msgspec
import pytest

from mock_server.core.limits.queueing import Slots
from mock_server.core.tasks.steering import cancel
from mock_server.core.types import SECOND, Task
from mock_server.store import SqliteStore, Store
from mock_server.store.protocol import Accepted
from mock_server.store.records import NOTHING
from mock_server.store.sqlite import _MOST_RECENT, _SMALL

pytestmark = pytest.mark.anyio

MakeTask = Callable[..., Task]
NOW = 1_000 * SECOND
OPENING = 10**12


async def read(store: Store, task: Task) -> Task | None:
    """Create a task, and return it as it is read, which is twice the same."""
    await store.create_task(task, opening=OPENING)
    first = await store.task(task.universe, task.id)
    assert first == await store.task(task.universe, task.id)
    return first


async def test_a_hand(store: Store, make_task: MakeTask) -> None:
    """Who changes a task changes what is read."""
    task = make_task()
    assert await read(store, task) == task
    changed = await store.change_task(
        "default", task.id, partial(cancel, now=NOW + SECOND), now=NOW + SECOND, slots=None
    )
    assert await store.task("default", task.id) == changed != task


async def test_a_limit(store: Store, make_task: MakeTask) -> None:
    """A limit that is set moves a task that waits."""
    one, two = make_task(1, queue=50), make_task(2, queue=50)
    assert [await read(store, task) for task in (one, two)] == [one, two]
    await store.arrange("default", Slots(universe=1), now=NOW)
    moved = await store.task("default", two.id)
    assert moved is not None
    assert moved.timeline.starts_at == one.timeline.ends_at
    outcome = await store.create_task(make_task(3), opening=OPENING, slots=Slots(universe=2))
    assert isinstance(outcome, Accepted)
    assert await store.task("default", two.id) != moved


async def test_a_universe_that_is_begun_anew(store: Store, make_task: MakeTask) -> None:
    """A universe that is begun anew, or put back, has other tasks, and others keep theirs."""
    task, other = make_task(), make_task(universe="blue", account="BLUE")
    assert [await read(store, each) for each in (task, other)] == [task, other]
    await store.reset("default")
    assert await store.task("default", task.id) is None
    dearer = msgspec.structs.replace(task, request=b"{}")
    assert await read(store, dearer) == dearer
    await store.restore("default", b"", NOTHING)
    assert await store.task("default", task.id) is None
    assert await store.task("blue", other.id) == other


async def test_only_so_much_is_held(make_task: MakeTask) -> None:
    """Of many tasks the last that were read are held, and none that is large; where a file is shared, none at all."""
    store = SqliteStore()
    large = msgspec.structs.replace(make_task(0), request=b"x" * _SMALL)
    assert await read(store, large) == large
    assert len(store._recent) == 0
    for number in range(1, _MOST_RECENT + 3):
        await read(store, make_task(number))
    assert len(store._recent) == _MOST_RECENT
    assert [make_task(number).id for number in (3, _MOST_RECENT + 2)] == [
        next(iter(store._recent))[1],
        next(reversed(store._recent))[1],
    ]
    await store.close()


async def test_what_another_process_may_change_is_not_held(store: SqliteStore, make_task: MakeTask) -> None:
    """A file may be shared with other servers, so each read is from there."""
    await read(store, make_task())
    assert len(store._recent) == (0 if store.shared else 1)
