"""What every store must do with accounts: money that is given by hand, and requests that are taken from a bucket."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from mock_server.core.limits.ratelimit import Limit
from mock_server.core.types import SECOND, Balance, Task
from mock_server.store import SqliteStore, Store
from mock_server.store.protocol import Accepted, Short

pytestmark = pytest.mark.anyio

MakeTask = Callable[..., Task]
PRICE = 238_000
NOW = 1_000 * SECOND


async def test_a_new_account_is_funded(store: Store, make_task: MakeTask) -> None:
    """An account that nobody has used yet is there with what it was given, not with what accounts open with."""
    assert await store.fund("default", "ACCOUNT", available=PRICE, now=NOW) == Balance(PRICE, 0, 0)
    assert await store.accounts("default") == ("ACCOUNT",)
    assert await store.balance("ACCOUNT", opening=9 * PRICE, now=NOW) == Balance(PRICE, 0, 0)
    assert isinstance(await store.create_task(make_task(0), opening=9 * PRICE), Accepted)
    assert await store.create_task(make_task(1), opening=9 * PRICE) == Short(0)


async def test_what_is_reserved_and_charged_stays(store: Store, make_task: MakeTask) -> None:
    """Whatever an account has spent, it has just so much more; what it reserved comes back to it besides."""
    await store.create_task(make_task(0, lasts=10, charge=PRICE // 2), opening=3 * PRICE)
    await store.create_task(make_task(1, lasts=90), opening=0)
    later = NOW + 50 * SECOND
    funded = await store.fund("default", "ACCOUNT", available=7, now=later)
    assert funded == Balance(7 + PRICE + PRICE // 2, PRICE, PRICE // 2)
    assert await store.balance("ACCOUNT", opening=0, now=later) == funded
    assert await store.fund("default", "ACCOUNT", available=0, now=later) == Balance(
        PRICE + PRICE // 2, PRICE, PRICE // 2
    )
    assert await store.create_task(make_task(2, created=1_050, reserved=1), opening=10**9) == Short(0)
    assert (await store.balance("ACCOUNT", opening=0, now=2 * NOW)).available == 0


async def test_a_bucket_holds_a_minutes_requests(store: Store) -> None:
    """So many requests are taken as the limit allows; then the wait is told, and a refusal takes nothing."""
    limit = Limit(3)
    assert [await store.take_request("default", "A", limit, now=NOW) for _ in range(6)] == [0, 0, 0, 20, 20, 20]
    assert await store.take_request("default", "A", limit, now=NOW + 20 * SECOND - 1) == 1
    assert await store.take_request("default", "A", limit, now=NOW + 20 * SECOND) == 0
    assert await store.take_request("default", "A", limit, now=NOW + 20 * SECOND) == 20


async def test_accounts_have_buckets_of_their_own(store: Store) -> None:
    """One account's requests do not count for another, and a bucket alone makes no account."""
    assert [await store.take_request("default", account, Limit(1), now=NOW) for account in "ABA"] == [0, 0, 60]
    assert await store.accounts("default") == ()


async def test_a_reset_fills_the_buckets(store: Store) -> None:
    """A universe that begins anew owes no wait; the others' buckets stay as they are."""
    for universe, account in (("default", "A"), ("blue", "B")):
        await store.take_request(universe, account, Limit(1), now=NOW)
    await store.reset("default")
    assert await store.take_request("default", "A", Limit(1), now=NOW) == 0
    assert await store.take_request("blue", "B", Limit(1), now=NOW) == 60


async def test_two_stores_share_a_bucket(tmp_path: Path) -> None:
    """Of the requests that come to two servers of one file no more are taken together than to one."""
    stores = [SqliteStore(tmp_path / "state.db") for _ in range(2)]
    waits = await asyncio.gather(
        *(stores[number % 2].take_request("default", "A", Limit(10), now=NOW) for number in range(30))
    )
    assert waits == [0] * 10 + [6] * 20
    for store in stores:
        await store.close()
