"""What every store must do with tasks that are changed by hand or wait for a slot: with money and callbacks along."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec
import pytest

from mock_server.core.idempotency import claim
from mock_server.core.limits.queueing import Slots
from mock_server.core.tasks.steering import cancel, finish, hold, release
from mock_server.core.tasks.timeline import IllegalTransition
from mock_server.core.types import NEVER, SECOND, Balance, Instant, Sending, Status, Task
from mock_server.store import SqliteStore, Store
from mock_server.store.protocol import Accepted, Short
from mock_server.store.records import Attempt

pytestmark = pytest.mark.anyio

MakeTask = Callable[..., Task]
PRICE = 238_000
OPENING = 100 * PRICE
NOW = 1_000 * SECOND
URL = "https://hooks.example.com/x"
ONE = Slots(universe=1)


async def create(store: Store, *tasks: Task, slots: Slots | None = ONE) -> list[Task]:
    """Create tasks one after the other, and return them as they were accepted."""
    outcomes = [await store.create_task(task, opening=OPENING, slots=slots) for task in tasks]
    return [outcome.task for outcome in outcomes if isinstance(outcome, Accepted)]


async def change(
    store: Store, task: Task, hand: Callable[..., Task], now: Instant, slots: Slots | None = ONE
) -> Task | None:
    """Let a hand change a task."""
    return await store.change_task(task.universe, task.id, partial(hand, now=now), now=now, slots=slots)


async def starts(store: Store, tasks: Sequence[Task], universe: str = "default") -> list[float]:
    """Return when tasks start, in seconds after the beginning; a task without a slot in sight never does."""
    found = await store.tasks(universe, [task.id for task in tasks])
    times = (task.timeline.starts_at for task in found)
    return [float("inf") if at >= NEVER else (at - NOW) / SECOND for at in times]


async def due(store: Store, task: Task) -> list[Instant | None]:
    """Return when the callbacks of a task are due."""
    return [record.due_at for record in await store.callbacks(task.universe, task=task.id)]


async def test_a_change_is_kept_with_money_and_callback(store: Store, make_task: MakeTask) -> None:
    """A task that is cancelled reserves nothing from that instant on, and its callback is due then."""
    task, at = make_task(callback_url=URL), NOW + 40 * SECOND
    await store.create_task(task, opening=PRICE)
    cancelled = await change(store, task, cancel, at, slots=None)
    assert cancelled == cancel(task, now=at) == await store.task("default", task.id)
    assert await store.balance("ACCOUNT", opening=0, now=at) == Balance(PRICE, 0, 0)
    assert await due(store, task) == [at]
    assert await store.count_ended("default", now=at) == {"cancelled": 1}


async def test_what_is_finished_early_is_charged(store: Store, make_task: MakeTask) -> None:
    """A task that was to fail and is finished by hand is charged as one that was completed."""
    task = make_task(outcome=Status.FAILED)
    await store.create_task(task, opening=PRICE)
    await change(store, task, finish, NOW, slots=None)
    assert await store.balance("ACCOUNT", opening=0, now=NOW) == Balance(PRICE, 0, PRICE)


@pytest.mark.parametrize("retry", [NOW + SECOND, None])
async def test_what_was_attempted_keeps_its_schedule(store: Store, make_task: MakeTask, retry: Instant | None) -> None:
    """A callback that was sent before its task is changed goes on to its retry, or is over, as it would have."""
    task = make_task(callback_url=URL)
    early = msgspec.structs.replace(task, sendings=(Sending(NOW, "early"), *task.sendings))
    await store.create_task(early, opening=PRICE)
    (sent,) = await store.claim_callbacks("default", now=NOW, wall=1, lease=1, limit=9)
    await store.finish_attempt(sent, Attempt(NOW, NOW, NOW, 500, None, 0), next_due=retry)
    await change(store, early, cancel, NOW + 2 * SECOND)
    assert await due(store, early) == [retry, NOW + 2 * SECOND]


async def test_a_task_that_is_not_there_is_not_changed(store: Store, make_task: MakeTask) -> None:
    """None comes back for an unknown task and for one of another universe."""
    task = make_task(universe="blue")
    await create(store, task)
    assert await store.change_task("default", task.id, partial(cancel, now=NOW), now=NOW, slots=ONE) is None
    assert await store.task("blue", task.id) == task


async def test_a_change_that_is_refused_leaves_all_as_it_was(store: Store, make_task: MakeTask) -> None:
    """What the change raises comes out, and neither the task nor those that wait for it have moved."""
    tasks = await create(store, make_task(0, lasts=10), make_task(1, lasts=10))
    with pytest.raises(IllegalTransition):
        await change(store, tasks[0], cancel, NOW + 10 * SECOND, slots=Slots(universe=0))
    assert await store.tasks_of("default") == tuple(tasks)


async def test_a_task_that_another_server_has_booked(tmp_path: Path, make_task: MakeTask) -> None:
    """A task that had ended by the clock of one server, and not yet by another's, can be cancelled with its charge."""
    ahead, behind = (SqliteStore(tmp_path / "state.db") for _ in range(2))
    task = make_task(lasts=10)
    await ahead.create_task(task, opening=PRICE)
    await ahead.fund("default", "ACCOUNT", available=7, now=NOW + 10 * SECOND)
    assert await behind.balance("ACCOUNT", opening=0, now=NOW + 10 * SECOND) == Balance(PRICE + 7, 0, PRICE)
    await change(behind, task, cancel, NOW + 10 * SECOND - 1)
    for store in (ahead, behind):
        assert await store.balance("ACCOUNT", opening=0, now=2 * NOW) == Balance(PRICE + 7, 0, 0)
        await store.close()


async def test_tasks_wait_for_a_slot(store: Store, make_task: MakeTask) -> None:
    """Beyond the slots each task starts when one before it ends, and its callback is due that much later."""
    tasks = await create(store, *(make_task(number, lasts=10, callback_url=URL) for number in range(3)))
    assert [task.timeline.waited for task in tasks] == [0, 10 * SECOND, 20 * SECOND]
    assert await starts(store, tasks) == [0, 10, 20]
    assert [await due(store, task) for task in tasks] == [[NOW + seconds * SECOND] for seconds in (10, 20, 30)]


async def test_a_task_without_a_slot_in_sight(store: Store, make_task: MakeTask) -> None:
    """Where there are no slots at all a task is accepted and reserved; its callback is due at no time."""
    (task,) = await create(store, make_task(callback_url=URL), slots=Slots(universe=0))
    assert task.timeline.waited == NEVER
    assert await store.unended_tasks("default", now=10 * NOW) == (task,)
    assert await store.claim_callbacks("default", now=NEVER - 1, wall=1, lease=1, limit=9) == ()
    assert (await store.balance("ACCOUNT", opening=0, now=10 * NOW)).reserved == PRICE


async def test_its_own_queue_time_passes_meanwhile(store: Store, make_task: MakeTask) -> None:
    """A task waits for a slot no longer than it must: its own queue time counts from its creation."""
    tasks = await create(store, make_task(0, lasts=10), make_task(1, queue=4), make_task(2, queue=40, lasts=1))
    assert await starts(store, tasks) == [0, 10, 110]
    assert [task.timeline.waited for task in tasks] == [0, 6 * SECOND, 70 * SECOND]


async def test_who_comes_first_may_be_passed(store: Store, make_task: MakeTask) -> None:
    """A task of the group vip starts before those that wait, which are moved back with their callbacks."""
    tasks = await create(store, make_task(0, lasts=10), make_task(1, lasts=10, callback_url=URL))
    tasks += await create(store, make_task(2, lasts=10, group="vip", account="VIP"))
    assert await starts(store, tasks) == [0, 20, 10]
    assert await due(store, tasks[1]) == [NOW + 30 * SECOND]


@pytest.mark.parametrize(
    ("hand", "moved"),
    [(cancel, [0, 4, 14]), (finish, [0, 4, 14]), (hold, [0, float("inf"), float("inf")])],
)
async def test_a_hand_frees_a_slot_or_keeps_it(
    store: Store, make_task: MakeTask, hand: Callable[..., Task], moved: list[float]
) -> None:
    """Who is ended by hand leaves its slot to the next at once; who is held keeps it, until it is released."""
    tasks = await create(store, *(make_task(number, lasts=10, callback_url=URL) for number in range(3)))
    await change(store, tasks[0], hand, NOW + 4 * SECOND)
    assert await starts(store, tasks) == moved
    if hand is hold:
        await change(store, tasks[0], release, NOW + 9 * SECOND)
        assert await starts(store, tasks) == [5, 15, 25]
    assert await due(store, tasks[2]) == [(await store.tasks_of("default"))[2].timeline.ends_at]


async def test_a_released_task_may_have_to_wait(store: Store, make_task: MakeTask) -> None:
    """Who was held before it started has no slot; what comes back is the task with its wait for one."""
    first, second = await create(store, make_task(0, lasts=10), make_task(1, lasts=10))
    await change(store, second, hold, NOW)
    released = await change(store, second, release, NOW + 2 * SECOND)
    assert released == await store.task("default", second.id)
    assert await starts(store, [first, second]) == [0, 10]


async def test_slots_that_change(store: Store, make_task: MakeTask) -> None:
    """With more slots those that wait move up, with none they stay behind, and without a limit all go on at once."""
    tasks = await create(store, *(make_task(number, lasts=10) for number in range(3)))
    seen = []
    for slots, seconds in ((Slots(universe=2), 1), (Slots(universe=0), 2), (Slots(), 3)):
        await store.arrange("default", slots, now=NOW + seconds * SECOND)
        seen.append(await starts(store, tasks))
    assert seen == [[0, 1, 10], [0, 1, float("inf")], [0, 1, 3]]


async def test_universes_have_slots_of_their_own(store: Store, make_task: MakeTask) -> None:
    """What runs elsewhere takes no slot here, and moves nothing there."""
    elsewhere = await create(store, *(make_task(number, universe="blue", account="BLUE") for number in range(2)))
    here = await create(store, make_task(3), make_task(4, account="OTHER"))
    await store.arrange("default", Slots(), now=NOW)
    assert await starts(store, here) == [0, 0]
    assert await starts(store, elsewhere, "blue") == [0, 100]


async def test_what_is_not_accepted_takes_no_slot(store: Store, make_task: MakeTask) -> None:
    """Neither a task that is not paid for nor one that a key replays moves those that wait."""
    key = claim("key", {})
    first = await store.create_task(make_task(0), opening=OPENING, claim=key, slots=ONE)
    assert first == Accepted(make_task(0))
    assert await store.create_task(make_task(1), opening=0, claim=key, slots=ONE) == Accepted(
        make_task(0), replayed=True
    )
    assert await store.create_task(make_task(2, account="POOR"), opening=0, slots=ONE) == Short(0)
    (last,) = await create(store, make_task(3))
    assert last.timeline.waited == 100 * SECOND


async def test_without_slots_nothing_waits(store: Store, make_task: MakeTask) -> None:
    """Where nothing is limited tasks are stored as they were planned, however many there are."""
    tasks = [make_task(number) for number in range(9)]
    assert await create(store, *tasks, slots=None) == tasks
    assert await create(store, make_task(9), slots=Slots()) == [make_task(9)]


async def test_tasks_are_found_and_counted(store: Store, make_task: MakeTask) -> None:
    """A universe's tasks come in the order of their creation, all, of one account, or those that have not ended."""
    tasks = [
        make_task(3, lasts=10, outcome=Status.FAILED),
        make_task(1, lasts=20, account="OTHER"),
        make_task(2, lasts=30),
    ]
    await create(store, *tasks, make_task(4, universe="blue", account="BLUE"), slots=None)
    assert await store.tasks_of("default") == tuple(tasks)
    assert await store.tasks_of("default", account="ACCOUNT") == (tasks[0], tasks[2])
    assert await store.tasks_of("default", account="BLUE") == await store.tasks_of("nowhere") == ()
    assert await store.unended_tasks("default", now=NOW + 10 * SECOND) == tuple(tasks[1:])
    assert await store.count_ended("default", now=NOW + 20 * SECOND) == {"failed": 1, "completed": 1}
    assert await store.count_ended("nowhere", now=10 * NOW) == {}
    assert [await store.count_tasks(name) for name in ("default", "blue", "nowhere")] == [3, 1, 0]


async def test_two_stores_fill_the_same_slots(tmp_path: Path, make_task: MakeTask) -> None:
    """Tasks that come in by two servers of one file wait for each other, and what one of them frees is free for all."""
    one, other = (SqliteStore(tmp_path / "state.db") for _ in range(2))
    tasks = [
        *await create(one, make_task(0, lasts=10)),
        *await create(other, make_task(1, lasts=10)),
        *await create(one, make_task(2, lasts=10)),
    ]
    assert await starts(other, tasks) == [0, 10, 20]
    await change(other, tasks[0], cancel, NOW + SECOND)
    assert await starts(one, tasks) == [0, 1, 11]
    for store in (one, other):
        await store.close()
