"""What every store must do: hand out callbacks that are due, once, and keep what came of them."""

from collections.abc import Callable

import pytest

from mock_server.core.types import SECOND, Status, Task
from mock_server.store import Store
from mock_server.store.protocol import Attempt, Delivery

pytestmark = pytest.mark.anyio

MakeTask = Callable[..., Task]
URL = "https://hooks.example.com/evolink"
LEASE = 30 * SECOND
LATE = 10_000 * SECOND
REFUSED = Attempt(started_at=5, ended_at=9, status=500, error=None)
LOST = Attempt(started_at=11, ended_at=19, status=None, error="timed out")
ACCEPTED = Attempt(started_at=21, ended_at=22, status=204, error=None)


async def due(
    store: Store, now: int = LATE, *, universe: str = "default", wall: int = 0, limit: int = 9
) -> tuple[Delivery, ...]:
    """Claim what is due."""
    return await store.claim_deliveries(universe, now=now, wall=wall, lease=LEASE, limit=limit)


async def stored(store: Store, task: Task) -> Task:
    """Store a task."""
    await store.create_task(task, opening=10**9)
    return task


async def test_a_callback_is_due_when_its_task_ends(store: Store, make_task: MakeTask) -> None:
    """A delivery is handed out from the instant of its task's end, whatever the outcome; without a URL none is."""
    task = await stored(store, make_task(1, lasts=60, outcome=Status.FAILED, callback_url=URL))
    await stored(store, make_task(2))
    assert await due(store, task.timeline.ends_at - 1) == ()
    (delivery,) = await due(store, task.timeline.ends_at)
    assert (delivery.universe, delivery.task, delivery.url) == ("default", task.id, URL)
    assert (delivery.due_at, delivery.attempts) == (task.timeline.ends_at, 0)


async def test_the_earliest_are_handed_out_first(store: Store, make_task: MakeTask) -> None:
    """Deliveries come in the order in which they fall due, no more of them at once than asked for."""
    tasks = [
        await stored(store, make_task(n, lasts=lasts, callback_url=URL)) for n, lasts in enumerate([9, 3, 7, 3, 5])
    ]
    first, second = await due(store, limit=3), await due(store, limit=3)
    assert [delivery.task for delivery in (*first, *second)] == [tasks[n].id for n in (1, 3, 4, 2, 0)]
    assert len(first) == 3


async def test_universes_do_not_see_each_others_deliveries(store: Store, make_task: MakeTask) -> None:
    """A delivery is handed out to its own universe alone."""
    await stored(store, make_task(callback_url=URL, universe="blue"))
    assert await due(store) == ()
    assert len(await due(store, universe="blue")) == 1


async def test_a_delivery_is_lent_to_one_worker(store: Store, make_task: MakeTask) -> None:
    """Nobody else gets a delivery until its lease is over; then it is handed out again, for it was not finished."""
    await stored(store, make_task(callback_url=URL))
    first = await due(store, wall=100)
    assert await due(store, wall=100) == ()
    assert await due(store, wall=100 + LEASE - 1) == ()
    assert await due(store, wall=100 + LEASE) == first != ()


async def test_a_failed_attempt_is_followed_by_another(store: Store, make_task: MakeTask) -> None:
    """An attempt is recorded, counted, and followed by one at the instant that was set, at once and to anybody."""
    task = await stored(store, make_task(callback_url=URL))
    (first,) = await due(store)
    await store.finish_attempt(first, REFUSED, next_due=LATE + SECOND)
    assert await due(store, LATE + SECOND - 1) == ()
    (second,) = await due(store, LATE + SECOND)
    assert (second.id, second.due_at, second.attempts) == (first.id, LATE + SECOND, 1)
    await store.finish_attempt(second, LOST, next_due=LATE + 3 * SECOND)
    assert await store.attempts("default", task.id) == (REFUSED, LOST)


async def test_a_delivery_that_is_done_is_never_handed_out(store: Store, make_task: MakeTask) -> None:
    """When there is no next attempt the delivery is over, and what came of it stays."""
    task = await stored(store, make_task(callback_url=URL))
    (delivery,) = await due(store)
    await store.finish_attempt(delivery, ACCEPTED, next_due=None)
    assert await due(store, 2 * LATE, wall=9 * LEASE) == ()
    assert await store.attempts("default", task.id) == (ACCEPTED,)
    assert await store.attempts("blue", task.id) == ()
    assert await store.attempts("default", "nobody") == ()


async def test_an_attempt_made_twice_counts_once(store: Store, make_task: MakeTask) -> None:
    """Of two workers that finish the same attempt, one after the other's lease was over, the first one counts."""
    task = await stored(store, make_task(callback_url=URL))
    (slow,) = await due(store)
    (quick,) = await due(store, wall=LEASE)
    await store.finish_attempt(quick, ACCEPTED, next_due=None)
    await store.finish_attempt(slow, REFUSED, next_due=LATE + SECOND)
    assert await store.attempts("default", task.id) == (ACCEPTED,)
    assert await due(store, 2 * LATE, wall=9 * LEASE) == ()


async def test_an_attempt_that_outlives_a_reset_belongs_to_nothing(store: Store, make_task: MakeTask) -> None:
    """What a worker finishes after a reset is not taken for an attempt at a delivery that came later."""
    task = await stored(store, make_task(callback_url=URL))
    (stale,) = await due(store)
    await store.reset("default")
    await stored(store, task)
    await store.finish_attempt(stale, REFUSED, next_due=None)
    assert await store.attempts("default", task.id) == ()
    (fresh,) = await due(store)
    await store.finish_attempt(fresh, ACCEPTED, next_due=None)
    assert await store.attempts("default", task.id) == (ACCEPTED,)


async def test_a_reset_forgets_attempts(store: Store, make_task: MakeTask) -> None:
    """The attempts of one universe go with it, those of another stay."""
    tasks = [
        await stored(store, make_task(callback_url=URL, universe=name, account=name)) for name in ("default", "blue")
    ]
    for task in tasks:
        (delivery,) = await due(store, universe=task.universe)
        await store.finish_attempt(delivery, ACCEPTED, next_due=None)
    await store.reset("default")
    assert await store.attempts("default", tasks[0].id) == ()
    assert await store.attempts("blue", tasks[1].id) == (ACCEPTED,)
