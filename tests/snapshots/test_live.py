"""Snapshots and universes on real servers: a run that goes on elsewhere, and two servers on one state file."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import httpx2
import pytest

from contracts.drive.receiver import Receiver, Reply
from mock_server.core.ids import account_id
from tests.running import PATIENCE, Program, started
from tests.serving import KEY, bearer, example
from tests.snapshots.programs import HOOK, ORIGIN, RecordedUniverse, Step

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

BEFORE: Final[list[Step]] = [
    ("create", "", "one", HOOK),
    ("create", "[mock: fail=content_policy_violation at=60%]", None, HOOK),
    ("advance", 30),
    ("list", {}),
    ("change", ("PUT", "limits", {"slots": 2, "requests_per_minute": 60})),
    ("change", ("POST", "plans", {"plans": "answer 503 on=query chance=50%"})),
    ("create", "[mock: callback=twice]", "two", HOOK),
]
AFTER: Final[list[Step]] = [
    ("create", "", "one", HOOK),
    ("create", "", None, None),
    *(("query", number) for number in range(6)),
    ("advance", 200),
    ("create", "", None, None),
    *(("query", number) for number in range(6)),
    ("result", 0),
    ("batch", [0, 1, 2, 3]),
    ("get", "/v1/credits"),
    ("refused", ("DELETE", "/v1/tasks", {})),
    ("refused", ("GET", "/v1/credits", {"headers": {"authorization": "nothing"}})),
    ("advance", 90_000),
    ("result", 0),
    ("list", {"status": "failed"}),
]


@asynccontextmanager
async def reached(*programs: Program) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """Reach servers, each as if it were at the same address."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                httpx2.AsyncClient(
                    base_url=program.url,
                    headers={"host": ORIGIN.removeprefix("http://")},
                    timeout=PATIENCE,
                    trust_env=False,
                )
            )
            for program in programs
        ]


@pytest.fixture
def receivers() -> Iterator[tuple[Receiver, Receiver]]:
    """A receiver for each of two servers; of what comes after the snapshot the first is refused."""
    with Receiver(Reply(500), tls=False) as one, Receiver(Reply(500), tls=False) as other:
        yield one, other


async def test_a_run_goes_on_elsewhere(receivers: tuple[Receiver, Receiver], tmp_path: Path) -> None:
    """What a snapshot of one server is restored to on another goes on with the same bytes, callbacks included."""
    one, other = receivers
    first = ("--state", str(tmp_path / "one.db"), "--speed", "0", "--callback-route", one.route)
    second = ("--state", str(tmp_path / "other.db"), "--seed", "7", "--credits", "1", "--callback-route", other.route)
    with started(*first) as here, started(*second) as there:
        async with reached(here, there) as clients:
            universe, copy = (RecordedUniverse(client) for client in clients)
            await universe.begin()
            await universe.run(BEFORE)
            await copy.restore(await universe.snapshot())
            copy.follow(universe)
            recorded = [await each.run(AFTER) for each in (universe, copy)]
            assert recorded[0] == recorded[1]
            assert {status for status, _, _ in recorded[0] if isinstance(status, int)} == {200, 401, 403, 405, 503}
            assert await universe.facts() == await copy.facts()
    sent = [[(post.path, post.headers, post.body) for post in receiver.received] for receiver in receivers]
    assert sent[0] == sent[1]
    assert len(sent[0]) == 5


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Program, Program]]:
    """Two servers on one state file."""
    options = ("--state", str(tmp_path / "state.db"))
    with started(*options) as one, started(*options) as other:
        yield one, other


async def test_what_one_server_sets_holds_on_the_other(pair: tuple[Program, Program]) -> None:
    """Clocks, money, limits, closed accounts, plans, tasks, resets, snapshots and deletions."""
    async with reached(*pair) as clients:
        one, other = (RecordedUniverse(client) for client in clients)
        await one.begin()
        assert (await other.show("clock"))["now"] == (await one.show("clock"))["now"]
        await one.do("create", "", "one", None)
        await other.do("advance", 300)
        told = [await universe.send("GET", f"/v1/tasks/{one.tasks[0]}") for universe in (one, other)]
        assert [answer.json()["status"] for answer in told] == ["completed"] * 2
        await other.control("accounts", {"key": KEY, "credits": 50})
        await one.send("PUT", "/_mock/limits", json={"slots": 1})
        assert [
            (await universe.send("GET", "/v1/credits")).json()["data"]["user"]["remaining_credits"]
            for universe in (one, other)
        ] == [50, 50]
        assert [(await universe.show("limits"))["slots"] for universe in (one, other)] == [1, 1]
        document = await other.snapshot()
        await one.control("accounts", {"key": KEY, "closed": True})
        assert (await other.send("GET", "/v1/credits")).status_code == 401
        await one.restore(document)
        assert (await other.send("GET", "/v1/credits")).status_code == 200
        await other.control("reset", {"start": 1_000_000})
        assert [(await universe.show("universes/blue"))["tasks"] for universe in (one, other)] == [0, 0]
        assert (await one.show("clock"))["now"] < 1_100_000
        await other.send("DELETE", "/_mock/universes/blue")
        assert (await one.send("GET", "/_mock/universes/blue")).status_code == 404


async def test_no_change_is_lost(pair: tuple[Program, Program]) -> None:
    """Rules for many accounts, set through both servers at once while the clock is moved, hold, all of them."""
    keys = [f"sk-{number}" for number in range(30)]
    async with reached(*pair) as clients:
        universes = [RecordedUniverse(client) for client in clients]
        await universes[0].begin()
        await universes[0].do("create", "", None, None)  # from now on, time goes forward only
        began = (await universes[0].show("clock"))["now"]
        await asyncio.gather(
            *(
                universes[number % 2].control("accounts", {"key": key, "group": "vip"})
                for number, key in enumerate(keys)
            ),
            *(
                universes[number % 2].send("POST", "/_mock/clock", json={"set": began + number + 1})
                for number in range(20)
            ),
        )
        told = [(await universe.show("accounts"))["accounts"] for universe in universes]
        now = [(await universe.show("clock"))["now"] for universe in universes]
    special = {account_id("blue", key) for key in keys}
    assert [{each["id"] for each in shown if each["group"] == "vip"} for shown in told] == [special, special]
    assert now == [began + 20] * 2


async def test_no_id_comes_twice(pair: tuple[Program, Program]) -> None:
    """Request ids and task ids of two servers that serve one universe at once are all different."""
    async with reached(*pair) as clients:
        universes = [RecordedUniverse(client) for client in clients]
        await universes[0].begin()
        answers = await asyncio.gather(
            *(
                universes[number % 2].send(
                    "POST", "/v1/videos/generations", json=example(), headers=bearer(f"sk-{number}")
                )
                for number in range(40)
            ),
            *(universes[number % 2].control("clock", {"advance": 1}) for number in range(20)),
        )
    created = answers[:40]
    assert {answer.status_code for answer in created} == {200}
    assert len({answer.headers["x-request-id"] for answer in created}) == 40
    assert len({answer.json()["id"] for answer in created}) == 40
