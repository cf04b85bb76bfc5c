"""What every store must do with whole universes: read all that is stored of one, and put it back."""

from collections.abc import Callable

import msgspec
import pytest

from mock_server.core.idempotency import claim
from mock_server.core.limits.ratelimit import Limit
from mock_server.core.types import SECOND, Balance, Status, Task
from mock_server.store import Store
from mock_server.store.records import (
    NOTHING,
    AccountRecord,
    Attempt,
    BucketRecord,
    Contents,
    KeyRecord,
    TaskRecord,
    UniverseRecord,
)

pytestmark = pytest.mark.anyio

MakeTask = Callable[..., Task]
PRICE = 238_000
NOW = 1_150 * SECOND
CLAIM = claim("key", {"prompt": "a cat"})
HOOK = "https://hooks.example.com/done"
REFUSED = Attempt(1_100 * SECOND, 1_100 * SECOND, 1_101 * SECOND, 500, None, 7, ("delay 1",))


async def fill(store: Store, make_task: MakeTask) -> tuple[Task, Task]:
    """Let something of everything happen in the universe `default`; return a task that has ended and one that runs."""
    ended, running = make_task(1, callback_url=HOOK), make_task(2, lasts=1_000, callback_url=HOOK)
    await store.open_universe("default", b"facts")
    await store.create_task(ended, opening=10 * PRICE, claim=CLAIM)
    await store.create_task(running, opening=10 * PRICE)
    await store.take_request("default", "ACCOUNT", Limit(60), now=1_000 * SECOND)
    (delivery,) = await store.claim_callbacks("default", now=NOW, wall=0, lease=1, limit=9)
    await store.finish_attempt(delivery, REFUSED, next_due=1_102 * SECOND)
    return ended, running


def without_ids(contents: Contents) -> Contents:
    """Return contents without what may change when they are put back."""
    deliveries = tuple(msgspec.structs.replace(delivery, id=0) for delivery in contents.callbacks)
    return msgspec.structs.replace(contents, callbacks=deliveries)


async def test_contents_are_all_there_is(store: Store, make_task: MakeTask) -> None:
    """Accounts with their sums, buckets, tasks, keys and deliveries with attempts, of one universe."""
    ended, running = await fill(store, make_task)
    await store.create_task(make_task(3, universe="blue", account="BLUE"), opening=10 * PRICE)
    found = await store.contents("default", now=NOW)
    assert found.accounts == (AccountRecord("ACCOUNT", 10 * PRICE, PRICE, PRICE),)
    assert found.buckets == (BucketRecord("ACCOUNT", 1_001 * SECOND),)
    assert found.tasks == (TaskRecord(ended, settled=True), TaskRecord(running, settled=False))
    assert found.keys == (KeyRecord("ACCOUNT", "key", CLAIM.fingerprint, ended.id, 1_000 * SECOND),)
    told = [(each.task, each.due_at, each.attempts) for each in found.callbacks]
    assert told == [(ended.id, 1_102 * SECOND, (REFUSED,)), (running.id, 2_000 * SECOND, ())]
    assert await store.contents("nobody", now=NOW) == NOTHING


async def test_contents_do_not_depend_on_settling(store: Store, make_task: MakeTask) -> None:
    """An account that has been settled before gives the same contents as one that has not."""
    for universe, account in (("default", "ACCOUNT"), ("blue", "BLUE")):
        await store.create_task(make_task(1, universe=universe, account=account), opening=10 * PRICE)
    await store.fund("blue", "BLUE", available=9 * PRICE, now=NOW)
    found = [await store.contents(universe, now=NOW) for universe in ("default", "blue")]
    assert [each.accounts[0].charged for each in found] == [PRICE, PRICE]
    assert [each.tasks[0].settled for each in found] == [True, True]
    assert await store.balance("ACCOUNT", opening=0, now=NOW) == Balance(10 * PRICE, 0, PRICE)


async def test_what_is_put_back_is_as_it_was(store: Store, make_task: MakeTask) -> None:
    """It takes the place of what is there, under a new version; nothing of another universe is touched."""
    ended, running = await fill(store, make_task)
    blue = make_task(3, universe="blue", account="BLUE")
    await store.create_task(blue, opening=10 * PRICE)
    kept, version = await store.contents("default", now=NOW), await store.universe_version("default")
    await store.create_task(make_task(4, callback_url=HOOK), opening=10 * PRICE, claim=claim("other", {}))
    restored = await store.restore("default", b"earlier", kept)
    assert version is not None
    assert restored > version
    assert await store.read_universe("default") == UniverseRecord(b"earlier", restored)
    assert without_ids(await store.contents("default", now=NOW)) == without_ids(kept)
    assert await store.tasks_of("default") == (ended, running)
    assert await store.tasks_of("blue") == (blue,)


async def test_a_universe_goes_on_after_it_was_put_back(store: Store, make_task: MakeTask) -> None:
    """Money, keys and limits hold as before, and what runs is settled when it ends."""
    ended, running = await fill(store, make_task)
    await store.restore("default", b"", await store.contents("default", now=NOW))
    again = await store.create_task(make_task(5), opening=0, claim=CLAIM)
    assert (again.task, again.replayed) == (ended, True)  # type: ignore[union-attr]
    assert await store.take_request("default", "ACCOUNT", Limit(60), now=1_000 * SECOND) == 0
    assert (await store.contents("default", now=NOW)).buckets == (BucketRecord("ACCOUNT", 1_002 * SECOND),)
    after = running.timeline.ends_at
    assert await store.balance("ACCOUNT", opening=0, now=after) == Balance(10 * PRICE, 0, 2 * PRICE)
    listed = await store.contents("default", now=after)
    assert [each.settled for each in listed.tasks] == [True, True]


async def test_deliveries_are_put_back_free(store: Store, make_task: MakeTask) -> None:
    """What a worker had is nobody's; an attempt that was under way does not count, and may be recorded no more."""
    ended, _ = await fill(store, make_task)
    (delivery,) = await store.claim_callbacks("default", now=NOW, wall=5, lease=100, limit=9)
    assert await store.redeliver("default", delivery.id, due_at=NOW, wall=6)
    await store.restore("default", b"", await store.contents("default", now=NOW))
    assert await store.finish_attempt(delivery, REFUSED, next_due=NOW) is None
    (free,) = await store.claim_callbacks("default", now=NOW, wall=6, lease=100, limit=9)
    assert (free.task, free.attempts, free.earlier, free.due_at) == (ended.id, 1, 1, NOW)
    assert free.id != delivery.id
    (record,) = await store.callbacks("default", task=ended.id)
    assert record.attempts == (REFUSED,)


async def test_what_cannot_be_put_back_changes_nothing(store: Store, make_task: MakeTask) -> None:
    """If a part of it does not fit, everything is as before."""
    ended, running = await fill(store, make_task)
    kept, version = await store.contents("default", now=NOW), await store.universe_version("default")
    twice = msgspec.structs.replace(kept, tasks=(kept.tasks[0], kept.tasks[0]))
    with pytest.raises(Exception, match="UNIQUE"):
        await store.restore("default", b"other", twice)
    assert await store.contents("default", now=NOW) == kept
    assert await store.universe_version("default") == version
    assert await store.tasks_of("default") == (ended, running)


async def test_a_universe_can_begin_with_nothing(store: Store, make_task: MakeTask) -> None:
    """Putting nothing back begins a universe anew, whether there was one or not."""
    await fill(store, make_task)
    for universe in ("default", "blue"):
        await store.restore(universe, b"new", NOTHING)
        assert await store.contents(universe, now=NOW) == NOTHING
    assert await store.universes() == ("blue", "default")


@pytest.mark.parametrize("outcome", [Status.FAILED, Status.CANCELLED])
async def test_what_did_not_succeed_is_not_charged(store: Store, make_task: MakeTask, outcome: Status) -> None:
    """A task that failed is settled without a charge, before and after it is put back."""
    await store.create_task(make_task(1, outcome=outcome), opening=10 * PRICE)
    kept = await store.contents("default", now=NOW)
    assert kept.accounts == (AccountRecord("ACCOUNT", 10 * PRICE, 0, 0),)
    await store.restore("default", b"", kept)
    assert await store.contents("default", now=NOW) == kept
