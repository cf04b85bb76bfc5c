from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.media.shelf import Shelf, digest_of


def put(shelf: Shelf, name: str, size: int) -> None:
    """Write a file and have it taken in."""
    place = shelf.make_place(name)
    place.write_bytes(name.encode() * size)
    shelf.add(name, digest_of(place))


def taken(shelf: Shelf, name: str) -> bytes | None:
    """Take a file, and return what is in it if it is what it is said to be."""
    video = shelf.take(name)
    if video is None:
        return None
    with video.file as file:
        content = file.read()
    assert (video.size, video.digest) == (len(content), sha256(content).hexdigest())
    return content


def test_what_was_added_can_be_taken(tmp_path: Path) -> None:
    """A file is returned as it was written; one that was not added is not there."""
    shelf = Shelf(tmp_path / "clips", bound=10)
    put(shelf, "a", 4)
    assert taken(shelf, "a") == b"aaaa"
    assert taken(shelf, "b") is None
    assert shelf.size == 4


def test_what_was_not_asked_for_the_longest_goes_first(tmp_path: Path) -> None:
    """Taking a file keeps it longer than one that was added later."""
    shelf = Shelf(tmp_path, bound=10)
    for name in "abc":
        put(shelf, name, 3)
    taken(shelf, "a")
    put(shelf, "d", 4)
    assert [name for name in "abcd" if taken(shelf, name)] == ["a", "c", "d"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c", "d"]


def test_the_last_file_stays(tmp_path: Path) -> None:
    """Even if it is larger than the bound: until another comes, and as long as somebody reads it."""
    shelf = Shelf(tmp_path, bound=3)
    put(shelf, "a", 4)
    video = shelf.take("a")
    put(shelf, "b", 5)
    assert (taken(shelf, "a"), taken(shelf, "b")) == (None, b"bbbbb")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert video is not None
    with video.file as file:
        assert file.read() == b"aaaa"


def test_a_file_that_someone_removed_is_not_there(tmp_path: Path) -> None:
    """Temporary folders are cleared by others, too: what is gone makes room, and can be written again."""
    shelf = Shelf(tmp_path / "clips", bound=10)
    put(shelf, "a", 4)
    (tmp_path / "clips" / "a").unlink()
    (tmp_path / "clips").rmdir()
    assert taken(shelf, "a") is None
    assert shelf.size == 0
    put(shelf, "a", 4)
    assert taken(shelf, "a") == b"aaaa"


@pytest.mark.uncounted
@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 8)), max_size=30), st.integers(0, 20))
def test_the_bound_always_holds(steps: list[tuple[str, int]], bound: int) -> None:
    """Whatever is written and read: beside the last file there are no more bytes than there may, and no other files."""
    with TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder), bound=bound)
        for name, size in steps:
            if taken(shelf, name) is None:
                put(shelf, name, size)
            kept = {path.name: path.stat().st_size for path in Path(folder).iterdir()}
            assert name in kept
            assert shelf.size == sum(kept.values())
            assert shelf.size <= bound or len(kept) == 1
            assert {name for name in kept if taken(shelf, name) is not None} == set(kept)
            taken(shelf, name)
