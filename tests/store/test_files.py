"""What every store must do with files: what is known of them, room for them, and letting go of what is in them."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from mock_server.core.files.file import FileUsage, StoredFile
from mock_server.core.types import SECOND
from mock_server.store import Store
from mock_server.store.records import FilePage

pytestmark = pytest.mark.anyio

NOW = 1_000 * SECOND
ROOM = FileUsage(10, 1_000)
FILE = StoredFile(
    universe="default",
    id="file_1",
    account="ACCOUNT",
    name="a.png",
    path="images",
    original_name="A.png",
    type="image/png",
    size=100,
    digest="d1",
    created_at=NOW,
    expires_at=NOW + 72 * SECOND,
    upload="run",
)


def another(**changes: Any) -> StoredFile:
    """Return a file that is like the first but for some facts."""
    return msgspec.structs.replace(FILE, **changes)


def nothing() -> None:
    """Place nothing."""


async def add(store: Store, *files: StoredFile, most: FileUsage = ROOM) -> list[bool]:
    """Store files, and return whether there was room for each."""
    return [await store.add_file(file, most, place=nothing) for file in files]


async def swept(store: Store, *found: str) -> set[str]:
    """Return the digests that are let go of."""
    gone: list[str] = []
    await store.sweep_files(gone.append, found=found)
    assert len(gone) == len(set(gone))
    return set(gone)


async def test_a_file_is_found(store: Store) -> None:
    """By its id, its place and its upload, until it expires, and by nobody else's."""
    assert await add(store, FILE) == [True]
    last = FILE.expires_at - 1
    assert await store.file("default", "file_1", now=last) == FILE
    assert await store.file_at("ACCOUNT", "images", "a.png", now=last) == FILE
    assert await store.file_of_upload("ACCOUNT", "run", now=last) == FILE
    assert await store.file("blue", "file_1", now=last) is None
    assert await store.file_at("OTHER", "images", "a.png", now=last) is None
    assert await store.file_of_upload("OTHER", "run", now=last) is None
    assert await store.file("default", "file_1", now=last + 1) is None


async def test_a_file_takes_the_place_of_its_name(store: Store) -> None:
    """Of the same account in the same folder; it does not count twice, also where there is room for one only."""
    second = another(id="file_2", digest="d2")
    assert await add(store, FILE, second, most=FileUsage(1, 100)) == [True, True]
    assert await store.list_files("ACCOUNT", page=1, page_size=9, now=NOW) == FilePage(1, (second,))
    assert await swept(store) == {"d1"}
    assert await swept(store) == set()


@pytest.mark.parametrize("most", [FileUsage(1, 1_000), FileUsage(9, 199)])
async def test_room(store: Store, most: FileUsage) -> None:
    """One that has no room changes nothing; what has expired takes none."""
    other = another(id="file_2", name="b.png")
    assert await add(store, FILE, other, most=most) == [True, False]
    assert await store.file_usage("ACCOUNT", now=NOW) == FileUsage(1, 100)
    assert await add(store, another(id="file_3", account="OTHER"), most=most) == [True]
    assert await add(store, msgspec.structs.replace(other, created_at=FILE.expires_at), most=most) == [True]


async def test_a_content_that_cannot_be_placed(store: Store) -> None:
    """The file is not stored, and what stood in its place is as it was."""

    def fail() -> None:
        raise OSError("the disk is full")

    await add(store, FILE)
    with pytest.raises(OSError, match="the disk is full"):
        await store.add_file(another(id="file_2"), ROOM, place=fail)
    assert await store.list_files("ACCOUNT", page=1, page_size=9, now=NOW) == FilePage(1, (FILE,))
    assert await swept(store) == set()


async def test_pages(store: Store) -> None:
    """Newest first; a page beyond any is empty."""
    files = [another(id=f"file_{number}", name=str(number)) for number in range(3)]
    await add(store, *files)
    assert await store.list_files("ACCOUNT", page=1, page_size=2, now=NOW) == FilePage(3, (files[2], files[1]))
    assert await store.list_files("ACCOUNT", page=2, page_size=2, now=NOW) == FilePage(3, (files[0],))
    assert await store.list_files("ACCOUNT", page=10**18, page_size=100, now=NOW) == FilePage(3, ())


async def expire(store: Store) -> None:
    """Let all files of the universe expire."""
    await store.expire_files("default", now=FILE.expires_at)


async def delete(store: Store) -> None:
    """Delete the file."""
    await store.delete_file("default", "file_1")


async def reset(store: Store) -> None:
    """Forget the universe."""
    await store.reset("default")


async def restore(store: Store) -> None:
    """Put the universe of blue into the place of this one."""
    await store.restore("default", b"", await store.contents("nobody", now=NOW))


@pytest.mark.parametrize("lose", [expire, delete, reset, restore])
async def test_what_is_in_a_file_goes_with_the_last_that_has_it(store: Store, lose: Callable[..., Any]) -> None:
    """However a file is lost, and whichever universe has the same content."""
    same = another(universe="blue", id="file_2", account="BLUE", expires_at=2 * FILE.expires_at)
    await add(store, FILE, same)
    await lose(store)
    assert await store.file("default", "file_1", now=NOW) is None
    assert await swept(store) == set()
    await store.delete_file("blue", "file_2")
    assert await swept(store) == {"d1"}


async def test_what_was_found_and_has_no_file(store: Store) -> None:
    """Somebody has looked at what is there: what no file has is let go of."""
    await add(store, FILE)
    assert await swept(store, "d1", "d2") == {"d2"}
    assert await swept(store, "d1") == set()


async def test_files_are_put_back(store: Store) -> None:
    """They are part of a universe's contents, in the order in which they came, and keep what is in them."""
    second = another(id="file_2", name="b", upload=None)
    await add(store, FILE, second)
    kept = await store.contents("default", now=NOW)
    assert kept.files == (FILE, second)
    await store.restore("default", b"", kept)
    assert (await store.contents("default", now=NOW)).files == (FILE, second)
    assert await swept(store) == set()
