"""Names of files, and files that are whole."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.report.places import file_name, write_whole

pytestmark = pytest.mark.uncounted


def test_a_name_can_be_read() -> None:
    """What a person knows of a test is in its file's name."""
    name = file_name("tests/api/test_video.py::TestPolling::test_429[httpx-5]", "default", ".html")
    assert name.startswith("tests-api-test-video-testpolling-test-429-httpx-5-")
    assert name.endswith(".html")


@given(st.text(), st.sampled_from([".har", ".html"]))
def test_names_are_plain(node: str, suffix: str) -> None:
    """Whatever a node id is, its file is in the folder, under a name that every system takes."""
    name = file_name(node, "default", suffix)
    stem = name.removesuffix(suffix)
    assert len(name) <= 120
    assert stem.isascii()
    assert stem.replace("-", "").isalnum()
    assert Path("folder", name).resolve().parent == Path("folder").resolve()


@given(st.lists(st.text(), unique=True, max_size=20))
def test_names_differ(nodes: list[str]) -> None:
    """No two tests have one name, not even where capitals do not count; nor two universes of a test."""
    names = [file_name(node, universe, ".har").lower() for node in nodes for universe in ("a", "b")]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("node", ["../../etc/passwd", "a" * 5_000, "CON", ".", "", "x\x00y", "\ud800"])
def test_strange_names(node: str) -> None:
    """None leads out of the folder, is too long, or is nothing."""
    assert "/" not in file_name(node, "default", ".har")
    assert not file_name(node, "default", ".har").startswith(("-", "."))


def test_a_file_is_whole(tmp_path: Path) -> None:
    """It takes the place of an earlier one, and nothing else stays behind."""
    for data in (b"first", b"second"):
        write_whole(tmp_path / "page.html", data)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("page.html", b"second")]


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The error is the system's, and what was there stays."""
    (tmp_path / "page.html").mkdir()
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's matter
        write_whole(tmp_path / "page.html", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
