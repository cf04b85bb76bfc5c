"""How often plans strike is exact: under load, with several servers on one state file, over a restart and in a copy."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server import Control
from mock_server.core.plans import Plan, open_state, read_words
from mock_server.store import SqliteStore
from mock_server.universes.universe import UniverseFacts, decode_facts, encode_facts, own_book
from tests.core.plans.conftest import drawn_plans, readable
from tests.plans.driving import IN_PROCESS, Drive, Driven, counts
from tests.running import PATIENCE, started
from tests.serving import CREATE, bearer, example

pytestmark = pytest.mark.anyio

MANY = 60


async def created(driven: Driven, number: int, **content: Any) -> Counter[int | None]:
    """Create so many tasks at once, and count the statuses of the answers."""
    sent = (driven.send("POST", CREATE, json=example(), **content) for _ in range(number))
    return Counter(seen.status for seen in await asyncio.gather(*sent))


async def failing(driven: Driven) -> int:
    """Count the tasks that are planned to fail."""
    return sum(task.outcome == "failed" for task in (await driven.control.list_tasks()).tasks)


async def test_requests_at_once(drive: Drive) -> None:
    """Of many at the same time exactly those strike that are meant."""
    driven = await drive(
        "answer 503 on=credits nth=3-7", "answer 500 on=credits times=4", "answer 418 on=credits chance=50% times=5"
    )
    seen = await asyncio.gather(*(driven.ask() for _ in range(MANY)))
    assert Counter(each.status for each in seen) == {503: 5, 500: 4, 418: 5, 200: MANY - 14}
    assert await counts(driven) == {"answer 503": (MANY, 5), "answer 500": (MANY, 4), "answer 418": (MANY, 5)}


async def test_creates_at_once(drive: Drive) -> None:
    """Tasks are counted as they come into being, refused and repeated ones are not, and each has its number."""
    driven = await drive(
        "fail=service_error times=3", "cancel nth=10-12 name=some", "task estimate=7 task=20", credits=1e6
    )
    again = {"idempotency-key": "one"}
    outcomes = await asyncio.gather(
        created(driven, MANY),
        created(driven, 10, headers=again),
        created(driven, 10, key="sk-mock-no-credit"),
        created(driven, 10, headers=again),
    )
    assert sum(outcomes, Counter()) == {200: MANY + 20, 402: 10}
    tasks = (await driven.control.list_tasks()).tasks
    assert len(tasks) == MANY + 1
    assert Counter(task.outcome for task in tasks) == {"failed": 3, "cancelled": 3, "completed": MANY - 5}
    matched = MANY + 1
    assert await counts(driven) == {"task failed": (matched, 3), "some": (matched, 3), "task": (1, 1)}
    assert [task.outcome for task in tasks[:3]] == ["failed"] * 3
    shown = await driven.ask(f"/v1/tasks/{tasks[19].id}")
    assert shown.json()["task_info"]["estimated_time"] == 7


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state file."""
    return tmp_path / "state.db"


@IN_PROCESS
async def test_servers_on_one_file_count_together(drive: Drive, state: Path) -> None:
    """Whichever is asked: a plan that is to strike twice does so twice in all, and each tells the same."""
    words = ("answer 503 on=credits nth=3-4", "fail=service_error times=2", "answer 500 on=models task=1")
    one, two = [await drive(*words, store=SqliteStore(state)) for _ in range(2)]
    assert [(await driven.ask()).status for _ in range(3) for driven in (one, two)] == [200, 200, 503, 503, 200, 200]
    for driven in (one, two, one, two):
        await driven.create()
    assert await failing(one) == await failing(two) == 2
    for driven in (one, two):
        assert await counts(driven) == {"answer 503": (6, 2), "task failed": (4, 2), "answer 500": (0, 0)}


@IN_PROCESS
async def test_plans_that_one_server_is_told_of_are_those_of_all(drive: Drive, state: Path) -> None:
    """As soon as they are set; and the numbers of tasks are the same for all."""
    one, two = [await drive(store=SqliteStore(state)) for _ in range(2)]
    await one.create()
    await two.create()
    await one.control.add_plans(plans="cancel task=4; answer 418 on=models times=1")
    assert (await two.ask("/v1/models")).status == 418
    await two.create()
    await one.create()
    assert [task.outcome for task in (await two.control.list_tasks()).tasks] == [*["completed"] * 3, "cancelled"]
    await two.control.forget_plans()
    assert (await one.control.list_plans()).plans == ()


@IN_PROCESS
async def test_a_plan_that_is_counted_elsewhere_meanwhile(
    drive: Drive, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a task is planned here another one is created there: that one was first, and here it is planned anew."""
    store, plans = SqliteStore(state), read_words("fail=service_error nth=1; cancel nth=2")
    here, there = await drive(plans=plans, store=store), await drive(plans=plans, store=SqliteStore(state))
    create = store.create_task

    async def be_late(*arguments: Any, **more: Any) -> Any:
        monkeypatch.undo()
        await there.create()
        return await create(*arguments, **more)

    await here.ask()
    monkeypatch.setattr(store, "create_task", be_late)
    await here.create()
    assert [task.outcome for task in (await here.control.list_tasks()).tasks] == ["failed", "cancelled"]
    assert await counts(here) == await counts(there) == {"task failed": (2, 1), "task cancelled": (2, 1)}


@IN_PROCESS
async def test_a_task_that_cannot_be_stored_counts_for_nothing(
    drive: Drive, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the store fails, no plan was used up."""
    store = SqliteStore(state)
    driven = await drive("fail=service_error nth=1", store=store)

    async def fail(*_arguments: Any, **_more: Any) -> Any:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "create_task", fail)
        assert (await driven.create()).status == 500
    assert await counts(driven) == {"task failed": (0, 0)}
    await driven.create()
    assert await failing(driven) == 1


def hammer(url: str, number: int) -> list[int]:
    """Ask and create so often, some of it repeated and refused, and return the statuses of what was asked."""
    statuses = []
    with httpx2.Client(base_url=url, headers=bearer(), trust_env=False, timeout=PATIENCE) as client:
        for count in range(number):
            statuses.append(client.get("/v1/credits").status_code)
            client.post(CREATE, json=example(), headers={"idempotency-key": f"key-{count}"})
            client.post(CREATE, json=example(), headers=bearer("sk-mock-no-credit"))
    return statuses


@pytest.mark.uncounted
def test_processes_on_one_file(state: Path) -> None:
    """Two programs under load: every plan strikes as often as it is to, and for no task that did not come to be."""
    plans = ("fail=service_error nth=5-9", "cancel times=4 nth=10+", "answer 503 on=credits nth=2n times=7")
    options = ["--state", str(state), "--speed", "0", *(option for plan in plans for option in ("--plan", plan))]
    with started(*options) as one, started(*options) as two, ThreadPoolExecutor(4) as clients:
        heard = [clients.submit(hammer, url, 12) for url in (one.url, two.url) * 2]
        statuses = Counter(status for each in heard for status in each.result())
        with Control(one.url) as control, Control(two.url) as other:
            tasks, shown = control.list_tasks().tasks, control.list_plans()
            assert shown == other.list_plans()
    assert statuses == {200: 41, 503: 7}
    assert len(tasks) == 12
    assert [task.outcome for task in tasks] == ["completed"] * 4 + ["failed"] * 5 + ["cancelled"] * 3
    assert [(plan.matched, plan.struck) for plan in shown.plans] == [(12, 5), (12, 3), (48, 7)]


@pytest.mark.parametrize(
    ("first", "by_hand", "second", "expected"),
    [
        (("answer 503 nth=3",), None, ("answer 503 nth=3",), [200, 200, 503]),
        (("answer 503 nth=3",), None, ("answer 500 nth=2",), [200, 200, 200, 500]),
        (("answer 503 nth=3",), None, (), [200, 200, 200]),
        ((), None, ("answer 503 nth=1",), [200, 200, 503]),
        ((), "answer 503 nth=3", (), [200, 200, 503]),
        (("answer 500 on=models",), "answer 503 nth=3", ("answer 418",), [200, 200, 503]),
        (("answer 503",), "", ("answer 503",), [200, 200, 200]),
    ],
)
@IN_PROCESS
async def test_a_restart(
    drive: Drive,
    state: Path,
    first: tuple[str, ...],
    by_hand: str | None,
    second: tuple[str, ...],
    expected: list[int],
) -> None:
    """Counts go on; the server's own plans are those of today, unless plans were set by hand."""
    before = await drive(*first, store=SqliteStore(state))
    if by_hand == "":
        await before.control.forget_plans()
    elif by_hand is not None:
        await before.control.add_plans(plans=by_hand)
    statuses = await before.statuses(2)
    after = await drive(*second, store=SqliteStore(state))
    assert statuses + await after.statuses(len(expected) - 2) == expected


@IN_PROCESS
async def test_new_plans_know_the_number_of_tasks(drive: Drive, state: Path) -> None:
    """After a restart with other plans the fourth task is the fourth that the universe has."""
    before = await drive(store=SqliteStore(state))
    for _ in range(2):
        await before.create()
    after = await drive("answer 402 on=create task=4+", store=SqliteStore(state))
    assert [(await after.create()).status for _ in range(3)] == [200, 402, 402]


async def test_a_reset_brings_back_what_the_server_was_started_with(drive: Drive) -> None:
    """Counted anew, and by the time that the universe begins with."""
    driven = await drive("answer 503 on=credits nth=2", "answer 418 on=models after=10")
    await driven.control.add_plans(plans="answer 500")
    await driven.statuses(3)
    await driven.control.reset_universe(start=1_000)
    assert await counts(driven) == {"answer 503": (0, 0), "answer 418": (0, 0)}
    assert await driven.statuses(3) == [200, 503, 200]
    assert (await driven.ask("/v1/models")).status == 200
    await driven.advance(10)
    assert (await driven.ask("/v1/models")).status == 418


async def test_a_copy_goes_on_counting(drive: Drive) -> None:
    """A fork, and a snapshot that is restored elsewhere, have the plans and how often they struck."""
    driven, elsewhere = await drive("answer 503 on=credits nth=3"), await drive()
    await driven.control.add_plans(
        plans="cancel nth=2; answer 418 on=models account=sk-test times=2; task estimate=9 task=2"
    )
    await driven.create()
    await driven.statuses(2)
    await driven.ask("/v1/models")
    await driven.control.fork_universe("default", to="copy")
    await elsewhere.control.restore_snapshot(await driven.control.show_snapshot())
    copy = {"x-mock-universe": "copy"}
    for asked, more in ((driven, {}), (driven, copy), (elsewhere, {})):
        assert [(await asked.ask(headers=more)).status for _ in range(2)] == [503, 200]
        assert [(await asked.ask("/v1/models", headers=more)).status for _ in range(2)] == [418, 200]
        assert (await asked.create(headers=more)).status == 200
        listed = (await asked.client.get("/_mock/tasks", headers=more)).json()["tasks"]
        assert [task["outcome"] for task in listed] == ["completed", "cancelled"]


@IN_PROCESS
async def test_chance_follows_the_seed(drive: Drive) -> None:
    """Of two universes of one seed the same requests are struck, of two seeds not; and delays are as long."""
    words = ("answer 503 on=credits chance=30%", "delay 1 jitter=9 on=models")
    shown = []
    for seed in ("a", "a", "b"):
        driven = await drive(*words, seed=seed)
        before = len(driven.slept)
        statuses = await driven.statuses(40)
        await driven.statuses(5, "/v1/models")
        shown.append((statuses, driven.slept[before:]))
    assert shown[0] == shown[1]
    assert shown[0][0] != shown[2][0]
    assert shown[0][1] != shown[2][1]
    assert 5 <= shown[0][0].count(503) <= 20


@pytest.mark.uncounted
@given(wanted=st.lists(drawn_plans().map(readable), max_size=4))
def test_plans_are_stored_as_they_are(wanted: list[Plan]) -> None:
    """What a universe is set to reads back as the same, so that nothing counts as changed that is not."""
    book = own_book("default", tuple(wanted))
    facts = UniverseFacts(b"", 1.0, b"", 1, plans=book.plans, given=book.plans, plan_state=open_state(book, now=1))
    assert decode_facts(encode_facts(facts)) == facts
