"""What every store must do: hand out callbacks that are due, once, and keep what came of them."""

from collections.abc import Callable

import msgspec
import pytest

from mock_server.core.types import SECOND, Sending, Status, Task
from mock_server.store import Store
from mock_server.store.records import Attempt, CallbackRecord, DueCallback, Waiting

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

MakeTask = Callable[..., Task]
URL = "https://hooks.example.com/evolink"
LEASE = 30 * SECOND
LATE = 10_000 * SECOND
REFUSED = Attempt(due_at=4, started_at=5, ended_at=9, status=500, error=None, size=2)
LOST = Attempt(due_at=10, started_at=11, ended_at=19, status=None, error="timed out", size=0)
ACCEPTED = Attempt(due_at=20, started_at=21, ended_at=22, status=204, error=None, size=0)


async def due(
    store: Store, now: int = LATE, *, universe: str = "default", wall: int = 0, limit: int = 9
) -> tuple[DueCallback, ...]:
    """Claim what is due."""
    return await store.claim_callbacks(universe, now=now, wall=wall, lease=LEASE, limit=limit)


async def attempts(store: Store, universe: str, task: str) -> tuple[Attempt, ...]:
    """Return the attempts made for a task's only callback."""
    return tuple(attempt for record in await store.callbacks(universe, task=task) for attempt in record.attempts)


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
    assert await attempts(store, "default", task.id) == (REFUSED, LOST)


async def test_a_delivery_that_is_done_is_never_handed_out(store: Store, make_task: MakeTask) -> None:
    """When there is no next attempt the delivery is over, and what came of it stays."""
    task = await stored(store, make_task(callback_url=URL))
    (delivery,) = await due(store)
    await store.finish_attempt(delivery, ACCEPTED, next_due=None)
    assert await due(store, 2 * LATE, wall=9 * LEASE) == ()
    assert await attempts(store, "default", task.id) == (ACCEPTED,)
    assert await attempts(store, "blue", task.id) == ()
    assert await attempts(store, "default", "nobody") == ()


async def test_an_attempt_made_twice_counts_once(store: Store, make_task: MakeTask) -> None:
    """Of two workers that finish the same attempt, one after the other's lease was over, the first one counts."""
    task = await stored(store, make_task(callback_url=URL))
    (slow,) = await due(store)
    (quick,) = await due(store, wall=LEASE)
    await store.finish_attempt(quick, ACCEPTED, next_due=None)
    await store.finish_attempt(slow, REFUSED, next_due=LATE + SECOND)
    assert await attempts(store, "default", task.id) == (ACCEPTED,)
    assert await due(store, 2 * LATE, wall=9 * LEASE) == ()


async def test_an_attempt_that_outlives_a_reset_belongs_to_nothing(store: Store, make_task: MakeTask) -> None:
    """What a worker finishes after a reset is not taken for an attempt at a delivery that came later."""
    task = await stored(store, make_task(callback_url=URL))
    (stale,) = await due(store)
    await store.reset("default")
    await stored(store, task)
    await store.finish_attempt(stale, REFUSED, next_due=None)
    assert await attempts(store, "default", task.id) == ()
    (fresh,) = await due(store)
    await store.finish_attempt(fresh, ACCEPTED, next_due=None)
    assert await attempts(store, "default", task.id) == (ACCEPTED,)


async def test_a_reset_forgets_attempts(store: Store, make_task: MakeTask) -> None:
    """The attempts of one universe go with it, those of another stay."""
    tasks = [
        await stored(store, make_task(callback_url=URL, universe=name, account=name)) for name in ("default", "blue")
    ]
    for task in tasks:
        (delivery,) = await due(store, universe=task.universe)
        await store.finish_attempt(delivery, ACCEPTED, next_due=None)
    await store.reset("default")
    assert await attempts(store, "default", tasks[0].id) == ()
    assert await attempts(store, "blue", tasks[1].id) == (ACCEPTED,)


async def test_what_a_task_sends(store: Store, make_task: MakeTask) -> None:
    """Each sending of a task is a delivery of its own, with its variant; one without is faithful."""
    sendings = (Sending(60 * SECOND), Sending(70 * SECOND, "stale"), Sending(60 * SECOND, "slow-body:3"))
    task = await stored(store, msgspec.structs.replace(make_task(callback_url=URL), sendings=sendings))
    assert [(record.due_at, record.variant) for record in await store.callbacks("default")] == [
        (60 * SECOND, ""),
        (70 * SECOND, "stale"),
        (60 * SECOND, "slow-body:3"),
    ]
    handed_out = await due(store)
    assert [(delivery.variant, delivery.earlier) for delivery in handed_out] == [
        ("", 0),
        ("slow-body:3", 0),
        ("stale", 0),
    ]
    assert {delivery.task for delivery in handed_out} == {task.id}


async def test_the_ledger(store: Store, make_task: MakeTask) -> None:
    """Deliveries are shown in the order of their tasks' creation, with their attempts, and by task if that is asked."""
    first, second = [await stored(store, make_task(n, lasts=90 - n, callback_url=URL)) for n in range(2)]
    await stored(store, make_task(2, universe="blue", callback_url=URL))
    (delivery,) = await due(store, limit=1)
    await store.finish_attempt(delivery, REFUSED, next_due=LATE)
    one, other = await store.callbacks("default")
    assert one == CallbackRecord(one.id, first.id, URL, "", first.timeline.ends_at, ())
    assert other == CallbackRecord(delivery.id, second.id, URL, "", LATE, (REFUSED,))
    assert await store.callbacks("default", task=second.id) == (other,)
    assert await store.callbacks("blue", task=second.id) == ()


@pytest.mark.parametrize(
    ("attempt", "next_due", "state"),
    [(REFUSED, LATE, "due"), (REFUSED, None, "given up"), (LOST, None, "given up"), (ACCEPTED, None, "delivered")],
)
async def test_where_a_delivery_stands(
    store: Store, make_task: MakeTask, attempt: Attempt, next_due: int | None, state: str
) -> None:
    """Due until there is no other attempt; then the last one says how it went."""
    await stored(store, make_task(callback_url=URL))
    (delivery,) = await due(store)
    assert [record.state for record in await store.callbacks("default")] == ["due"]
    assert await store.finish_attempt(delivery, attempt, next_due=next_due) == next_due
    assert [record.state for record in await store.callbacks("default")] == [state]


async def test_what_is_waited_for(store: Store, make_task: MakeTask) -> None:
    """The earliest that is free, and the end of the earliest lease; by no universe but one's own."""
    assert await store.next_due("default", wall=0) == Waiting(None, None)
    near, far = [await stored(store, make_task(n, lasts=lasts, callback_url=URL)) for n, lasts in enumerate([10, 20])]
    assert await store.next_due("default", wall=0) == Waiting(near.timeline.ends_at, None)
    (first,) = await due(store, wall=100, limit=1)
    assert await store.next_due("default", wall=100) == Waiting(far.timeline.ends_at, 100 + LEASE)
    (second,) = await due(store, wall=200, limit=1)
    assert await store.next_due("default", wall=200) == Waiting(None, 100 + LEASE)
    assert await store.next_due("default", wall=100 + LEASE) == Waiting(near.timeline.ends_at, 200 + LEASE)
    await store.finish_attempt(first, REFUSED, next_due=LATE)
    await store.finish_attempt(second, ACCEPTED, next_due=None)
    assert await store.next_due("default", wall=200) == Waiting(LATE, None)
    assert await store.next_due("blue", wall=200) == Waiting(None, None)


async def test_a_delivery_that_is_sent_anew(store: Store, make_task: MakeTask) -> None:
    """It is due at the instant that is set, and the attempts made until then are counted as earlier ones."""
    task = await stored(store, make_task(callback_url=URL))
    (delivery,) = await due(store)
    await store.finish_attempt(delivery, ACCEPTED, next_due=None)
    assert await store.redeliver("default", delivery.id, due_at=LATE, wall=0)
    assert await due(store, LATE - 1) == ()
    (again,) = await due(store, LATE)
    assert (again.id, again.due_at, again.attempts, again.earlier) == (delivery.id, LATE, 1, 1)
    assert await attempts(store, "default", task.id) == (ACCEPTED,)


async def test_nothing_else_is_sent_anew(store: Store, make_task: MakeTask) -> None:
    """A delivery that is not there, or not in this universe, cannot be."""
    await stored(store, make_task(callback_url=URL))
    (delivery,) = await due(store)
    await store.finish_attempt(delivery, ACCEPTED, next_due=None)
    assert not await store.redeliver("blue", delivery.id, due_at=LATE, wall=0)
    assert not await store.redeliver("default", delivery.id + 1, due_at=LATE, wall=0)
    assert await store.next_due("default", wall=0) == Waiting(None, None)


@pytest.mark.parametrize("attempt", [ACCEPTED, REFUSED])
async def test_sent_anew_while_an_attempt_is_under_way(store: Store, make_task: MakeTask, attempt: Attempt) -> None:
    """Nobody gets it until that attempt has ended; however it ended, the new round begins then, at the time set."""
    await stored(store, make_task(callback_url=URL))
    (delivery,) = await due(store, wall=100)
    assert await store.redeliver("default", delivery.id, due_at=LATE, wall=100)
    assert await due(store, LATE, wall=100) == ()
    assert await store.finish_attempt(delivery, attempt, next_due=None) == LATE
    (again,) = await due(store, LATE, wall=100)
    assert (again.attempts, again.earlier) == (1, 1)


async def test_an_attempt_that_nobody_asked_for_has_no_next(store: Store, make_task: MakeTask) -> None:
    """Who finishes an attempt that somebody else has finished is told of no due time."""
    await stored(store, make_task(callback_url=URL))
    (slow,) = await due(store)
    (quick,) = await due(store, wall=LEASE)
    assert await store.finish_attempt(quick, REFUSED, next_due=LATE) == LATE
    assert await store.finish_attempt(slow, REFUSED, next_due=2 * LATE) is None
    assert await store.next_due("default", wall=LEASE) == Waiting(LATE, None)
