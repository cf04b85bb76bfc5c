"""What every store must do with universes: keep what they are set to, and let others see that it has changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mock_server.core.idempotency import claim
from mock_server.core.types import Task
from mock_server.store import SqliteStore, Store
from mock_server.store.protocol import Accepted, Outdated
from mock_server.store.records import UniverseRecord

pytestmark = pytest.mark.anyio

MakeTask = Callable[..., Task]
PRICE = 238_000


async def test_a_universe_is_remembered(store: Store, make_task: MakeTask) -> None:
    """What is opened first is kept; what is saved takes its place."""
    assert await store.read_universe("default") is None
    first = await store.open_universe("default", b"one")
    assert first.facts == b"one"
    assert await store.open_universe("default", b"two") == first == await store.read_universe("default")
    await store.create_task(make_task(), opening=PRICE)
    version = await store.save_universe("default", b"three", version=first.version)
    assert version is not None
    assert await store.open_universe("default", b"four") == UniverseRecord(b"three", version)
    assert (await store.open_universe("blue", b"five")).facts == b"five"


async def test_a_version_grows_with_each_change(store: Store) -> None:
    """Opening what is there changes no version; saving does, even of the same facts, and of that universe alone."""
    assert await store.universe_version("default") is None
    version: int | None = (await store.open_universe("default", b"one")).version
    other = await store.open_universe("blue", b"one")
    for _ in range(3):
        assert version == await store.universe_version("default")
        assert version is not None
        earlier, version = version, await store.save_universe("default", b"one", version=version)
        assert version is not None
        assert version > earlier
    assert await store.universe_version("blue") == other.version


async def test_what_another_has_saved_is_not_overwritten(store: Store) -> None:
    """Whoever saves in place of a version that is no more changes nothing, and is told so."""
    first = await store.open_universe("default", b"one")
    second = await store.save_universe("default", b"two", version=first.version)
    assert second is not None
    for version in (first.version, second + 1):
        assert await store.save_universe("default", b"three", version=version) is None
        assert await store.read_universe("default") == UniverseRecord(b"two", second)
    await store.reset("default")
    assert await store.save_universe("default", b"four", version=second) is None
    assert await store.read_universe("default") is None


async def test_a_version_never_comes_again(store: Store) -> None:
    """A universe that was forgotten and begun anew is told from the earlier one."""
    versions = []
    for _ in range(3):
        versions.append((await store.open_universe("default", b"x")).version)
        await store.save_universe("default", b"y", version=versions[-1])
        await store.reset("default")
        assert await store.universe_version("default") is None
    assert versions == sorted(set(versions))


async def test_a_task_is_planned_by_what_its_universe_is_set_to(store: Store, make_task: MakeTask) -> None:
    """A task that was planned by facts that have changed since is not stored, and nothing of it stays behind."""
    opened = await store.open_universe("default", b"one")
    saved = await store.save_universe("default", b"two", version=opened.version)
    task, key = make_task(), claim("key", {})
    for version in (opened.version, 0):
        outcome = await store.create_task(task, opening=PRICE, claim=key, version=version)
        assert outcome == Outdated()
        assert await store.task("default", task.id) is None
        assert await store.accounts("default") == ()
    assert await store.create_task(task, opening=PRICE, claim=key, version=saved) == Accepted(task)


async def test_universes_are_listed(store: Store) -> None:
    """Universes are listed in order of their names, and a reset takes one off the list."""
    assert await store.universes() == ()
    for name in ("red", "blue", "red"):
        await store.open_universe(name, b"")
    assert await store.universes() == ("blue", "red")
    await store.reset("blue")
    assert await store.universes() == ("red",)


async def test_two_stores_see_each_others_versions(tmp_path: Path) -> None:
    """Of two that open a universe both get the facts of the first; what one saves the other reads at once."""
    one, other = (SqliteStore(tmp_path / "state.db") for _ in range(2))
    record = await one.open_universe("default", b"0")
    assert await other.open_universe("default", b"other") == record
    for number, (writer, reader) in enumerate([(one, other), (other, one), (one, other)]):
        version = await writer.save_universe("default", b"%d" % number, version=record.version)
        assert version is not None
        assert await reader.save_universe("default", b"late", version=record.version) is None
        record = UniverseRecord(b"%d" % number, version)
        assert await reader.universe_version("default") == version
        assert await reader.open_universe("default", b"") == record
    await other.reset("default")
    assert await one.universe_version("default") is None
    for store in (one, other):
        await store.close()


async def test_who_is_alone_with_the_facts(tmp_path: Path) -> None:
    """Nobody else can change what is in memory; a file may be open elsewhere."""
    for store, shared in ((SqliteStore(), False), (SqliteStore(tmp_path / "state.db"), True)):
        assert store.shared is shared
        await store.close()
