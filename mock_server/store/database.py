"""Opening the embedded store's database: its tables, its version, and what is refused."""

import atexit
import sqlite3
from contextlib import ExitStack, closing
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Final

from mock_server.store.protocol import StateError

APPLICATION: Final = 0x45564F4C
"""The mark that a state file of ours carries in its header ("EVOL")."""

VERSION: Final = 5
"""The version of the tables; a file of another version is refused, never changed."""

_BUSY_SECONDS: Final = 10.0
_SWITCHES: Final = 100

_copying: Final = Lock()


def connect(path: Path | None) -> sqlite3.Connection:
    """Open the state file, or a database in memory if there is none.

    Raises:
        StateError: The file cannot be opened, is not a state file, or is one of another version.
    """
    if path is None:
        return _copy_empty()
    try:
        if path.exists():
            _free_orphans(path)
        return _connect(path)
    except sqlite3.Error as error:
        raise StateError(f"{path} cannot be used as a state file: {error}; choose another with --state") from error


def _copy_empty() -> sqlite3.Connection:
    """Return a copy of an empty database: to make its tables anew would take thirty times as long."""
    connection = _open(None)
    with _copying:
        _empty().backup(connection)
    return connection


@cache
def _empty() -> sqlite3.Connection:
    """Return a database in memory that stays empty, made once."""
    connection = _connect(None)
    atexit.register(connection.close)
    return connection


def _free_orphans(path: Path) -> None:
    """Free the callbacks that dead workers had, if nobody else has the file open: then no lease in it has an owner.

    Whoever has the file open keeps it locked for as long as it lives, however it ends, so that it can be had alone only
    if there is nobody else.
    """
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as alone:
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            if not _is_new(alone, path):
                alone.execute("UPDATE callback SET leased_until = 0 WHERE leased_until > 0")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise


def _connect(path: Path | None) -> sqlite3.Connection:
    with ExitStack() as unless_refused:
        connection = unless_refused.enter_context(closing(_open(path)))
        _prepare(connection, path)
        unless_refused.pop_all()
    return connection


def _open(path: Path | None) -> sqlite3.Connection:
    place = ":memory:" if path is None else path
    return sqlite3.connect(place, isolation_level=None, timeout=_BUSY_SECONDS, check_same_thread=False)


def _prepare(connection: sqlite3.Connection, path: Path | None) -> None:
    """Make the tables in a new file; refuse a file that is not ours before anything in it is changed."""
    with connection:
        connection.execute("BEGIN")
        _is_new(connection, path)
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        if _is_new(connection, path):
            _make_tables(connection)


def _is_new(connection: sqlite3.Connection, path: Path | None) -> bool:
    application = _number(connection, "PRAGMA application_id")
    version = _number(connection, "PRAGMA user_version")
    if application == APPLICATION and version != VERSION:
        raise StateError(
            f"{path} was written by another version of evolink-mock (tables {version}, this one has {VERSION});"
            " choose another file with --state, or remove this one"
        )
    if application != APPLICATION and _number(connection, "SELECT count(*) FROM sqlite_master"):
        raise StateError(f"{path} is a database of something else; choose another file with --state")
    return application != APPLICATION


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging.

    SQLite does not wait for the lock that this takes. When other processes open the same new file at this moment, wait
    for one that it does wait for, and try again.
    """
    for _ in range(_SWITCHES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            with connection:
                connection.execute("BEGIN EXCLUSIVE")
        else:
            return


def _make_tables(connection: sqlite3.Connection) -> None:
    for statement in files("mock_server.store").joinpath("schema.sql").read_text("utf-8").split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _number(connection: sqlite3.Connection, query: str) -> int:
    value: int = connection.execute(query).fetchone()[0]
    return value
