"""What is said of a program that writes where all runs share it."""

from pathlib import Path

from contracts.battery.sharing import explain_sharing, list_files


def test_files_of_a_directory(tmp_path: Path) -> None:
    """Those in it, and none below it."""
    (tmp_path / "clip.mp4").write_text("")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "old.mp4").write_text("")
    assert list_files(tmp_path) == {"clip.mp4": (tmp_path / "clip.mp4").stat().st_mtime_ns}


def test_nothing_was_written() -> None:
    """There is nothing to say, whatever lay there or was taken away."""
    assert explain_sharing({"a.py": 1, "b.py": 1}, {"a.py": 1}) == ""


def test_what_was_written() -> None:
    """New files and changed ones are named, the first three of them."""
    told = explain_sharing({"a.py": 1, "clip.mp4": 1}, {"a.py": 1, "clip.mp4": 2, "a\n.json": 2})
    assert told.startswith("It wrote a\\n.json, clip.mp4 into this directory, which all runs share. ")
    assert "{directory} in the command, or EVOLINK_DIRECTORY" in told
    many = dict.fromkeys("abcde", 1)
    assert explain_sharing({}, many).startswith("It wrote a, b, c, ... into this directory")
