"""What every store must do: list an account's tasks, filtered, newest first, page by page."""

from collections.abc import Callable

import pytest

from mock_server.core.tasks.timeline import RETENTION
from mock_server.core.types import SECOND, Status, Task
from mock_server.store import Store
from mock_server.store.protocol import TaskFilter, TaskPage

pytestmark = pytest.mark.anyio

MakeTask = Callable[..., Task]
NOW = 2_000 * SECOND


async def stored(store: Store, *tasks: Task) -> tuple[Task, ...]:
    """Store the tasks and return them, newest first."""
    for task in tasks:
        await store.create_task(task, opening=10**9)
    return tuple(reversed(tasks))


async def numbers(store: Store, wanted: TaskFilter, now: int = NOW) -> list[int]:
    """List the numbers of an account's tasks."""
    page = await store.list_tasks("ACCOUNT", wanted, now=now, since=0)
    assert page.total == len(page.tasks)
    return [int(task.id[-8:]) for task in page.tasks]


@pytest.mark.clauses("LIST-READ", "LIST-ORDER")
async def test_a_list_holds_the_accounts_tasks_newest_first(store: Store, make_task: MakeTask) -> None:
    """An account's tasks are listed newest first, also those of one instant, and nobody else's."""
    tasks = [make_task(number, created=1_000 + number // 2) for number in range(6)]
    newest_first = await stored(store, *tasks)
    await stored(store, make_task(9, account="NEIGHBOUR"))
    assert await store.list_tasks("ACCOUNT", TaskFilter(), now=NOW, since=0) == TaskPage(6, newest_first)
    assert await store.list_tasks("NOBODY", TaskFilter(), now=NOW, since=0) == TaskPage(0, ())


@pytest.mark.clauses("LIST-PAGE", "LIST-PAGE-SIZE")
@pytest.mark.parametrize(
    ("page", "size", "numbers_"), [(1, 4, [9, 8, 7, 6]), (3, 4, [1, 0]), (4, 4, []), (1, 50, None)]
)
async def test_a_list_comes_in_pages(
    store: Store, make_task: MakeTask, page: int, size: int, numbers_: list[int] | None
) -> None:
    """A page holds its share of the tasks, the last one what is left, and each tells how many there are in all."""
    await stored(store, *(make_task(number) for number in range(10)))
    shown = await store.list_tasks("ACCOUNT", TaskFilter(page=page, page_size=size), now=NOW, since=0)
    assert shown.total == 10
    assert [int(task.id[-8:]) for task in shown.tasks] == (numbers_ if numbers_ is not None else [*range(9, -1, -1)])


@pytest.mark.clauses("LIST-PAGE")
@pytest.mark.parametrize("page", [2**31, 2**62, 2**63, 10**30])
async def test_a_page_beyond_all_tasks_is_empty(store: Store, make_task: MakeTask, page: int) -> None:
    """However far a page lies beyond the last one, it is empty and still tells the total."""
    await stored(store, make_task())
    shown = await store.list_tasks("ACCOUNT", TaskFilter(page=page, page_size=50), now=NOW, since=0)
    assert shown == TaskPage(1, ())


@pytest.mark.clauses("LIST-STATUS")
async def test_a_list_is_filtered_by_the_status_of_the_moment(store: Store, make_task: MakeTask) -> None:
    """A task is found under processing until the instant of its end, and under its outcome from then on."""
    ends = {0: Status.COMPLETED, 1: Status.FAILED, 2: Status.CANCELLED}
    await stored(store, *(make_task(number, outcome=outcome, lasts=60) for number, outcome in ends.items()))
    before, after = 1_060 * SECOND - 1, 1_060 * SECOND
    assert await numbers(store, TaskFilter(status="processing"), before) == [2, 1, 0]
    assert await numbers(store, TaskFilter(status="processing"), after) == []
    assert await numbers(store, TaskFilter(status="completed"), before) == []
    assert await numbers(store, TaskFilter(status="completed"), after) == [0]
    assert await numbers(store, TaskFilter(status="failed"), after) == [1]
    assert await numbers(store, TaskFilter(status="cancelled"), after) == [2]


@pytest.mark.clauses("LIST-TYPE", "LIST-MODEL", "LIST-STATUS")
async def test_a_list_is_filtered_by_type_and_model(store: Store, make_task: MakeTask) -> None:
    """Type and model are matched exactly, and all filters hold together."""
    await stored(
        store,
        make_task(0, type="image", model="a"),
        make_task(1, type="video", model="a"),
        make_task(2, type="video", model="ab"),
        make_task(3, type="video", model="a", lasts=5_000),
    )
    assert await numbers(store, TaskFilter(type="video")) == [3, 2, 1]
    assert await numbers(store, TaskFilter(model="a")) == [3, 1, 0]
    assert await numbers(store, TaskFilter(type="video", model="a")) == [3, 1]
    assert await numbers(store, TaskFilter(status="completed", type="video", model="a")) == [1]
    assert await numbers(store, TaskFilter(type="audio")) == []


@pytest.mark.clauses("LIST-READ")
async def test_a_list_ends_where_retention_does(store: Store, make_task: MakeTask) -> None:
    """A task is listed while it is younger than its retention, and no longer counted after."""
    task = make_task()
    await stored(store, task)
    gone = task.timeline.created_at + RETENTION
    assert (await store.list_tasks("ACCOUNT", TaskFilter(), now=gone - 1, since=gone - 1 - RETENTION)).total == 1
    assert await store.list_tasks("ACCOUNT", TaskFilter(), now=gone, since=gone - RETENTION) == TaskPage(0, ())
