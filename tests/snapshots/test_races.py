"""Servers that share a state file, at the very moments at which one could undo what the other does."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from contracts.drive.receiver import Receiver
from mock_server.core.types import SECOND, Task
from mock_server.journal.journal import Journals
from mock_server.store import SqliteStore
from mock_server.store.protocol import CreateOutcome
from mock_server.store.records import UniverseRecord
from mock_server.universes.universe import AccountRules, Universe
from mock_server.universes.universes import Universes
from tests.callbacks.workers import Worker, arrived, store_ended
from tests.serving import START, Serve, Wall, example
from tests.snapshots.programs import ORIGIN, RecordedUniverse

pytestmark = pytest.mark.anyio

VIP = AccountRules(group="vip")
Join = Callable[[], Universes]


class Interrupted(SqliteStore):
    """A store that lets something else happen after it has read a universe, or before it creates a task, once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def open_universe(self, name: str, facts: bytes) -> UniverseRecord:
        """Open it, and then be interrupted."""
        record = await super().open_universe(name, facts)
        await self._interrupt()
        return record

    async def read_universe(self, name: str) -> UniverseRecord | None:
        """Read it, and then be interrupted."""
        record = await super().read_universe(name)
        await self._interrupt()
        return record

    async def create_task(self, task: Task, **how: Any) -> CreateOutcome:
        """Be interrupted, and then create it."""
        await self._interrupt()
        return await super().create_task(task, **how)

    async def _interrupt(self) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()


@pytest.fixture
async def join(anyio_backend: str, tmp_path: Path, wall: Wall) -> AsyncIterator[Callable[[], Universes]]:  # noqa: ARG001
    """How to get the universes of another server on the same state file."""
    joined: list[Universes] = []

    def start() -> Universes:
        store = Interrupted(tmp_path / "state.db")
        joined.append(Universes(store, seed=b"seed", rate=0, journals=Journals(1_000_000), wall=wall))
        return joined[-1]

    yield start
    for universes in joined:
        await universes._store.close()


def rule(account: str) -> Callable[[Universe], None]:
    """Return what makes an account special."""

    def alter(universe: Universe) -> None:
        universe.accounts = {**universe.accounts, account: VIP}

    return alter


async def test_changes_at_the_same_time_are_both_kept(join: Join) -> None:
    """A server that changes something it has an old look at takes over the other's change before its own."""
    one, other = join(), join()
    there, here = await other.open("blue"), await one.open("blue")
    await one.change(here, rule("ONE"))
    await other.change(there, rule("OTHER"))
    await one.change(here, lambda universe: universe.clock.run(5))
    assert [(await each.open("blue")).accounts for each in (one, other)] == [{"ONE": VIP, "OTHER": VIP}] * 2
    assert [(await each.open("blue")).clock.rate for each in (one, other)] == [5, 5]


async def test_a_change_of_a_universe_that_was_reset(join: Join) -> None:
    """It came before the reset, and is gone with what it changed."""
    one, other = join(), join()
    old = await one.open("blue")
    await other.reset("blue")
    await one.change(old, rule("ONE"))
    assert (await one.open("blue")) is not old
    assert [(await each.open("blue")).accounts for each in (one, other)] == [{}, {}]


async def test_a_change_of_a_universe_that_was_deleted(join: Join) -> None:
    """It does not bring the universe back."""
    one, other = join(), join()
    old = await one.open("blue")
    await other.open("blue")
    await other.forget("blue")
    await one.change(old, rule("ONE"))
    assert await one.find("blue") is None
    assert await other.names() == ()


async def test_a_change_that_is_overtaken_again(join: Join) -> None:
    """However often another server is faster, the change is made in the end, and nothing of the others is lost."""
    one, other = join(), join()
    there, here = await other.open("blue"), await one.open("blue")
    one._store.meanwhile = lambda: other.change(there, rule("THIRD"))  # type: ignore[attr-defined]
    await other.change(there, rule("SECOND"))
    await one.change(here, rule("FIRST"))
    assert set((await other.open("blue")).accounts) == {"FIRST", "SECOND", "THIRD"}


@pytest.mark.parametrize("look", [Universes.open, Universes.find], ids=["open", "find"])
async def test_a_universe_that_is_taken_up_twice(join: Join, look: Callable[[Universes, str], Any]) -> None:
    """Of two servers that take up a universe at the same moment each gives request ids of its own."""
    first, one, other = join(), join(), join()
    universes = [await first.open("blue")]
    one._store.meanwhile = lambda: other.open("blue")  # type: ignore[attr-defined]
    universes += [await look(one, "blue"), await other.open("blue")]
    assert len({universe.next_request_id() for universe in universes}) == 3


async def test_a_server_that_comes_later_gives_other_ids(join: Join) -> None:
    """How many servers have taken up a universe is not forgotten when the first of them saves it."""
    first, second = join(), join()
    universes = [await first.open("blue"), await second.open("blue")]
    await first.change(await first.open("blue"), rule("ONE"))
    universes.append(await join().open("blue"))
    assert len({universe.next_request_id() for universe in universes}) == 3


async def test_draws_go_on_from_the_furthest(join: Join) -> None:
    """Who takes over another server's change does not draw again what that one has drawn."""
    first, second = join(), join()
    there = await second.open("blue")
    drawn = [there.next_dice().between(0, 10**9) for _ in range(3)]
    await second.change(there, rule("ONE"))
    here = await first.open("blue")
    assert here.next_dice().between(0, 10**9) not in drawn


async def test_a_universe_that_another_server_has_deleted(join: Join) -> None:
    """It is let go of when it is looked for, and when all are listed; its journal is closed."""
    one, other = join(), join()
    held = [await one.open(name) for name in ("blue", "red")]
    for name in ("blue", "red"):
        await other.forget(name)
    assert await one.find("blue") is None
    assert set(one._open) == {"red"}
    assert await one.names() == ()
    assert one._open == {}
    assert all(universe.journal._closed for universe in held)
    assert await one.find("never") is None


async def test_a_universe_deleted_while_it_is_looked_for(join: Join) -> None:
    """It is not there, rather than there again."""
    first, one, other = join(), join(), join()
    await first.open("blue")
    one._store.meanwhile = lambda: other.forget("blue")  # type: ignore[attr-defined]
    assert await one.find("blue") is None
    assert await other.names() == ()


async def test_an_alarm_that_outlives_a_reset(tmp_path: Path, wall: Wall) -> None:
    """A timer that was set before a reset looks at what is due in the universe as it is now."""
    with Receiver(tls=False) as receiver:
        worker = Worker(SqliteStore(tmp_path / "state.db"), receiver, wall, rate=1)
        old = await worker.universe()
        await worker.universes.reset("default")
        (task,) = await store_ended(worker.store, 1)
        worker.callbacks.expect(old, 0)
        await arrived(receiver, 1)
        assert [post.json()["id"] for post in receiver.received] == [task.id]
        await worker.callbacks.stop()
        await worker.store.close()


async def test_an_alarm_that_outlives_a_universe(tmp_path: Path, wall: Wall) -> None:
    """A timer of a universe that is no more does not bring it back."""
    with Receiver(tls=False) as receiver:
        worker = Worker(SqliteStore(tmp_path / "state.db"), receiver, wall, rate=1)
        old = await worker.universe()
        await worker.universes.forget("default")
        await worker.callbacks._run_timer(old)
        assert await worker.universes.names() == ()
        await worker.store.close()


async def test_a_reset_while_a_request_comes_in(serve: Serve) -> None:
    """A task is made in the universe as it is when the request has come whole: at its time, and to stay."""
    universe = RecordedUniverse(await serve())
    await universe.begin()
    body = httpx2.Request("POST", ORIGIN, json=example()).content

    async def slowly() -> AsyncIterator[bytes]:
        yield body[:10]
        await universe.control("reset", {"start": START / SECOND + 5_000, "mode": "frozen"})
        yield body[10:]

    answer = await universe.send("POST", "/v1/videos/generations", content=slowly())
    await expect_task_at(universe, answer, START // SECOND + 5_000)


async def test_a_reset_by_another_server_while_a_task_is_planned(serve: Serve, join: Join, tmp_path: Path) -> None:
    """A task that was planned for what is no more is planned again, for what is there now."""
    store, other = Interrupted(tmp_path / "state.db"), join()
    universe = RecordedUniverse(await serve(store=store))
    await universe.begin()
    store.meanwhile = lambda: other.reset("blue", start=START + 5_000 * SECOND, rate=0)
    answer = await universe.send("POST", "/v1/videos/generations", json=example())
    await expect_task_at(universe, answer, START // SECOND + 5_000)


async def expect_task_at(universe: RecordedUniverse, answer: httpx2.Response, created: int) -> None:
    """Expect an answer that tells of the only task there is, created at a time."""
    assert answer.json()["created"] == created
    assert [task["id"] for task in (await universe.show("tasks"))["tasks"]] == [answer.json()["id"]]
