from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from mock_server.media.shelf import Shelf


def put(shelf: Shelf, name: str, size: int) -> bytes:
    """Write a file and have it taken in."""
    shelf.make_place(name).write_bytes(name.encode() * size)
    return shelf.add(name)


def test_what_was_added_can_be_taken(tmp_path: Path) -> None:
    """A file is returned as it was written; one that was not added is not there."""
    shelf = Shelf(tmp_path / "clips", bound=10)
    assert put(shelf, "a", 4) == shelf.take("a") == b"aaaa"
    assert shelf.take("b") is None
    assert shelf.size == 4


def test_what_was_not_asked_for_the_longest_goes_first(tmp_path: Path) -> None:
    """Taking a file keeps it longer than one that was added later."""
    shelf = Shelf(tmp_path, bound=10)
    for name in "abc":
        put(shelf, name, 3)
    shelf.take("a")
    put(shelf, "d", 4)
    assert [name for name in "abcd" if shelf.take(name)] == ["a", "c", "d"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c", "d"]


def test_a_file_larger_than_the_bound_is_not_kept(tmp_path: Path) -> None:
    """It is returned all the same."""
    shelf = Shelf(tmp_path, bound=3)
    assert put(shelf, "a", 4) == b"aaaa"
    assert shelf.take("a") is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_someone_removed_is_not_there(tmp_path: Path) -> None:
    """Temporary folders are cleared by others, too: what is gone makes room, and can be written again."""
    shelf = Shelf(tmp_path / "clips", bound=10)
    put(shelf, "a", 4)
    (tmp_path / "clips" / "a").unlink()
    (tmp_path / "clips").rmdir()
    assert shelf.take("a") is None
    assert shelf.size == 0
    assert put(shelf, "a", 4) == b"aaaa"


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 8)), max_size=30), st.integers(0, 20))
def test_the_bound_always_holds(steps: list[tuple[str, int]], bound: int) -> None:
    """Whatever is written and read, the files together have no more bytes than they may, and no others lie about."""
    with TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder), bound=bound)
        for name, size in steps:
            if shelf.take(name) is None:
                put(shelf, name, size)
            kept = {path.name: path.stat().st_size for path in Path(folder).iterdir()}
            assert shelf.size == sum(kept.values()) <= bound
            assert {name for name in "abcdefgh" if shelf.take(name) is not None} == set(kept)
