"""What every store must do: create, read, keep idempotency keys, keep universes apart."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest

from mock_server.core.idempotency import LIFETIME, claim
from mock_server.core.types import SECOND, Balance, Task
from mock_server.store import Store
from mock_server.store.protocol import Accepted, IdTaken, KeyReused, Short, TaskFilter

pytestmark = pytest.mark.anyio

MakeTask = Callable[..., Task]
PRICE = 238_000
NOW = 1_000 * SECOND
CLAIM = claim("key", {"prompt": "a cat"})


async def count(store: Store, account: str = "ACCOUNT") -> int:
    """Count an account's tasks."""
    return (await store.list_tasks(account, TaskFilter(), now=NOW, since=0)).total


@pytest.mark.clauses("OP-CREATE", "TASK-READ")
async def test_a_task_is_read_as_it_was_created(store: Store, make_task: MakeTask) -> None:
    """Every fact of a task comes back, and its reserve is taken."""
    task = make_task(callback_url="https://hooks.example.com/x")
    assert await store.create_task(task, opening=10 * PRICE) == Accepted(task)
    assert await store.task("default", task.id) == task
    assert await store.balance("ACCOUNT", opening=10 * PRICE, now=NOW) == Balance(10 * PRICE, PRICE, 0)


@pytest.mark.clauses("TASK-404")
async def test_a_task_of_another_universe_is_not_there(store: Store, make_task: MakeTask) -> None:
    """The same id may exist in two universes, and each sees its own; what does not exist is None."""
    here, there = make_task(), make_task(universe="blue", account="BLUE")
    await store.create_task(here, opening=PRICE)
    assert await store.task("blue", here.id) is None
    assert await store.create_task(there, opening=PRICE) == Accepted(there)
    assert [await store.task(universe, here.id) for universe in ("default", "blue")] == [here, there]


@pytest.mark.clauses("BATCH-READ", "BATCH-OMITS")
async def test_a_batch_keeps_the_order_asked_for(store: Store, make_task: MakeTask) -> None:
    """Of the tasks asked for, those that exist come in that order."""
    first, second, foreign = make_task(1), make_task(2), make_task(3, universe="blue")
    for task in (first, second, foreign):
        await store.create_task(task, opening=9 * PRICE)
    assert await store.tasks("default", [second.id, "nobody", foreign.id, first.id]) == (second, first)
    assert await store.tasks("default", []) == ()


async def test_a_taken_id_leaves_nothing(store: Store, make_task: MakeTask) -> None:
    """A second task of the same id is refused: no credits, no key and no callback of it stay behind."""
    task = make_task()
    await store.create_task(task, opening=10 * PRICE)
    again = msgspec.structs.replace(make_task(callback_url="https://x.example"), model="other")
    assert await store.create_task(again, opening=10 * PRICE, claim=CLAIM) == IdTaken()
    assert await store.task("default", task.id) == task
    assert await store.balance("ACCOUNT", opening=0, now=NOW) == Balance(10 * PRICE, PRICE, 0)
    assert await store.claim_callbacks("default", now=2 * NOW, wall=1, lease=1, limit=9) == ()
    other = make_task(1)
    assert await store.create_task(other, opening=0, claim=CLAIM) == Accepted(other)


@pytest.mark.clauses("ERR-402")
async def test_an_account_that_is_short_keeps_what_it_has(store: Store, make_task: MakeTask) -> None:
    """A task that costs more than is available is refused with what there is, and nothing stays behind."""
    assert await store.create_task(make_task(), opening=PRICE - 1, claim=CLAIM) == Short(PRICE - 1)
    assert await store.accounts("default") == ()
    assert await store.balance("ACCOUNT", opening=7, now=NOW) == Balance(7, 0, 0)
    task = make_task(1)
    assert await store.create_task(task, opening=PRICE, claim=CLAIM) == Accepted(task)
    assert await store.create_task(make_task(2), opening=PRICE) == Short(0)
    assert await count(store) == 1


@pytest.mark.clauses("ERR-402", "BILL-SUCCESS")
async def test_what_ended_can_be_spent_again(store: Store, make_task: MakeTask) -> None:
    """Credits that a task released with its end can be reserved in the same instant, those charged cannot."""
    await store.create_task(make_task(0, charge=PRICE // 2, lasts=5), opening=PRICE)
    assert await store.create_task(make_task(1, created=1_004), opening=0) == Short(0)
    assert await store.create_task(make_task(2, created=1_005), opening=0) == Short(PRICE // 2)
    half = make_task(3, created=1_005, reserved=PRICE // 2)
    assert await store.create_task(half, opening=0) == Accepted(half)


@pytest.mark.clauses("ERR-402")
async def test_parallel_tasks_never_overdraw(store: Store, make_task: MakeTask) -> None:
    """Of many tasks created at once just as many are accepted as the account can pay."""
    tasks = [make_task(number) for number in range(200)]
    outcomes = await asyncio.gather(*(store.create_task(task, opening=50 * PRICE + 1) for task in tasks))
    assert sum(isinstance(outcome, Accepted) for outcome in outcomes) == 50
    assert set(outcomes[50:]) <= {Short(1), *(Accepted(task) for task in tasks)}
    assert await store.balance("ACCOUNT", opening=0, now=NOW) == Balance(50 * PRICE + 1, 50 * PRICE, 0)
    assert await count(store) == 50


@pytest.mark.clauses("IDEM-REPLAY")
async def test_a_key_used_again_gives_the_first_task(store: Store, make_task: MakeTask) -> None:
    """The same key and body give the first task, however often and however poor the account; nothing is reserved."""
    first = make_task(0)
    assert await store.create_task(first, opening=PRICE, claim=CLAIM) == Accepted(first)
    for number in (1, 2):
        assert await store.create_task(make_task(number), opening=0, claim=CLAIM) == Accepted(first, replayed=True)
    assert await count(store) == 1
    assert await store.balance("ACCOUNT", opening=0, now=NOW) == Balance(PRICE, PRICE, 0)


@pytest.mark.clauses("IDEM-CONFLICT")
async def test_a_key_with_another_body_is_refused(store: Store, make_task: MakeTask) -> None:
    """The same key with another body is refused and changes nothing; another account's key is another key."""
    await store.create_task(make_task(0), opening=9 * PRICE, claim=CLAIM)
    other = claim("key", {"prompt": "a dog"})
    assert await store.create_task(make_task(1), opening=9 * PRICE, claim=other) == KeyReused()
    assert await count(store) == 1
    neighbour = make_task(2, account="NEIGHBOUR")
    assert await store.create_task(neighbour, opening=PRICE, claim=other) == Accepted(neighbour)


@pytest.mark.clauses("IDEM-LIFETIME")
async def test_a_key_is_free_after_a_day(store: Store, make_task: MakeTask) -> None:
    """A key holds for 24 hours; then it can be claimed with any body, and holds for that."""
    day = LIFETIME // SECOND
    first, last, fresh = make_task(0), make_task(1, created=1_000 + day - 1), make_task(2, created=1_000 + day)
    other = claim("key", {"prompt": "a dog"})
    await store.create_task(first, opening=9 * PRICE, claim=CLAIM)
    assert await store.create_task(last, opening=0, claim=CLAIM) == Accepted(first, replayed=True)
    assert await store.create_task(fresh, opening=0, claim=other) == Accepted(fresh)
    assert await store.create_task(make_task(3, created=1_001 + day), opening=0, claim=CLAIM) == KeyReused()


@pytest.mark.clauses("IDEM-REPLAY", "IDEM-CONFLICT", "IDEM-LIFETIME")
async def test_a_key_can_be_looked_up_without_a_task(store: Store, make_task: MakeTask) -> None:
    """What it comes to is told as a create would, and nothing is claimed by that."""
    first, late = make_task(0), NOW + LIFETIME
    assert await store.claimed("default", "ACCOUNT", CLAIM, now=NOW) is None
    await store.create_task(first, opening=9 * PRICE, claim=CLAIM)
    assert await store.claimed("default", "ACCOUNT", CLAIM, now=NOW) == Accepted(first, replayed=True)
    assert await store.claimed("default", "ACCOUNT", claim("key", {"prompt": "a dog"}), now=NOW) == KeyReused()
    assert await store.claimed("default", "NEIGHBOUR", CLAIM, now=NOW) is None
    assert await store.claimed("default", "ACCOUNT", CLAIM, now=late) is None


@pytest.mark.clauses("IDEM-REPLAY")
async def test_parallel_requests_with_one_key_make_one_task(store: Store, make_task: MakeTask) -> None:
    """Of many requests at once with the same key one makes the task, and all others get it."""
    calls = (store.create_task(make_task(number), opening=9 * PRICE, claim=CLAIM) for number in range(50))
    outcomes = await asyncio.gather(*calls)
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert sum(outcome == Accepted(outcome.task) for outcome in outcomes if isinstance(outcome, Accepted)) == 1
    assert await count(store) == 1


async def test_accounts_belong_to_their_universe(store: Store, make_task: MakeTask) -> None:
    """A universe's accounts are listed in order of their ids, and no others."""
    for number, (account, universe) in enumerate([("B", "default"), ("A", "default"), ("C", "blue")]):
        await store.create_task(make_task(number, account=account, universe=universe), opening=PRICE)
    assert await store.accounts("default") == ("A", "B")
    assert await store.accounts("blue") == ("C",)
    assert await store.accounts("nowhere") == ()


async def test_a_reset_forgets_one_universe(store: Store, make_task: MakeTask) -> None:
    """After a reset nothing of the universe is left, and everything of the others is."""
    url = "https://hooks.example.com/x"
    here = make_task(callback_url=url)
    there = make_task(universe="blue", account="BLUE", callback_url=url)
    for task in (here, there):
        await store.create_task(task, opening=PRICE, claim=CLAIM)
        await store.fund(task.universe, task.account, available=PRICE, now=NOW)
    await store.reset("default")
    assert await store.task("default", here.id) is None
    assert await store.accounts("default") == ()
    assert await store.claim_callbacks("default", now=2 * NOW, wall=1, lease=1, limit=9) == ()
    assert await store.create_task(here, opening=PRICE, claim=CLAIM) == Accepted(here)
    assert await store.create_task(there, opening=0, claim=CLAIM) == Accepted(there, replayed=True)
    assert len(await store.claim_callbacks("blue", now=2 * NOW, wall=1, lease=1, limit=9)) == 1
