"""Opening a state file: what is made, and what is refused and left as it was."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mock_server.store import SqliteStore, StateError
from mock_server.store.database import APPLICATION, VERSION, _write_ahead, connect


def write_text(path: Path) -> None:
    """Write a file that is no database."""
    path.write_text("dear diary,\n" * 100, "utf-8")


def write_foreign_database(path: Path) -> None:
    """Write a database of something else."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE diary (entry TEXT)")
    connection.close()


def write_other_version(path: Path) -> None:
    """Write a state file as a later version might."""
    connect(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()


class Contended(sqlite3.Connection):
    """A connection that finds the file locked the first few times that it switches the journal's mode."""

    refusals = 0

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a statement, or find the file locked."""
        if sql.startswith("PRAGMA journal_mode =") and self.refusals:
            self.refusals -= 1
            raise sqlite3.OperationalError("database is locked")
        return super().execute(sql, parameters)


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (write_text, "cannot be used as a state file: file is not a database"),
        (write_foreign_database, "is a database of something else; choose another file with --state"),
        (write_other_version, f"another version of evolink-mock (tables {VERSION + 1}, this one has {VERSION})"),
    ],
)
def test_what_is_not_ours_is_refused_and_left_alone(tmp_path: Path, write: Callable[[Path], None], said: str) -> None:
    """A file of something else is refused with the reason, and stays as it is to the last byte, alone as it was."""
    path = tmp_path / "diary"
    write(path)
    before = path.read_bytes()
    with pytest.raises(StateError) as caught:
        SqliteStore(path)
    assert str(caught.value).startswith(f"{path} ")
    assert said in str(caught.value)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", [".", "missing/state.db"])
def test_what_cannot_be_opened_is_told(tmp_path: Path, name: str) -> None:
    """A directory, or a file in a directory that is not there, cannot be a state file, and nothing is made."""
    with pytest.raises(StateError, match="cannot be used as a state file: unable to open database file"):
        SqliteStore(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_is_marked(tmp_path: Path) -> None:
    """A new file, and an empty one, becomes a state file of this version that is written ahead."""
    (tmp_path / "empty").touch()
    for name in ("empty", "new"):
        for _ in range(2):
            connection = connect(tmp_path / name)
            pragmas = ("application_id", "user_version", "journal_mode")
            assert [connection.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in pragmas] == [
                APPLICATION,
                VERSION,
                "wal",
            ]
            connection.close()


@pytest.mark.parametrize(("refusals", "mode"), [(0, "wal"), (3, "wal"), (1_000, "delete")])
def test_write_ahead_is_tried_again(tmp_path: Path, refusals: int, mode: str) -> None:
    """A file that others are opening too is switched as soon as they let it, and used as it is if they never do."""
    connection = sqlite3.connect(tmp_path / "state.db", factory=Contended, isolation_level=None)
    assert isinstance(connection, Contended)
    connection.refusals = refusals
    _write_ahead(connection)
    assert connection.execute("PRAGMA journal_mode").fetchone() == (mode,)
    connection.close()


def test_a_database_in_memory_is_as_one_in_a_file(tmp_path: Path) -> None:
    """It has the same tables and the same mark, and nothing that is written into another one."""
    ours, other, kept = connect(None), connect(None), connect(tmp_path / "state.db")
    ours.execute("INSERT INTO loose_content VALUES ('one')")
    tables = "SELECT sql FROM sqlite_master ORDER BY name"
    marks = ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM loose_content")
    assert other.execute(tables).fetchall() == kept.execute(tables).fetchall() != []
    assert [other.execute(mark).fetchone()[0] for mark in marks] == [APPLICATION, VERSION, 0]
    for connection in (ours, other, kept):
        connection.close()


def test_databases_in_memory_are_made_by_any_thread() -> None:
    """Several threads make theirs at once, and each can be used by another thread."""
    with ThreadPoolExecutor(8) as threads:
        for connection in threads.map(connect, [None] * 64):
            assert connection.execute("SELECT count(*) FROM task").fetchone() == (0,)
            connection.close()
