"""The embedded store's universes: what each is set to, under a version that grows with every change.

Versions are never used again, not even by a universe of the same name that comes after a reset.
"""

import sqlite3
from typing import Final

from mock_server.store.records import UniverseRecord

_TABLES: Final = ("attempt", "callback", "idempotency_key", "file", "task", "bucket", "account", "universe")
_NEXT_VERSION: Final = "UPDATE revision SET number = number + 1 RETURNING number"


class SqliteUniverses:
    """The part of a store in SQLite that keeps universes (see `Store` for what each method promises).

    Args:
        connection: To a database with our tables.
        shared: Whether other processes may have it open.
    """

    def __init__(self, connection: sqlite3.Connection, *, shared: bool) -> None:
        self._connection = connection
        self._run = connection.execute
        self._shared = shared

    @property
    def shared(self) -> bool:
        """See `Store.shared`."""
        return self._shared

    async def open_universe(self, name: str, facts: bytes) -> UniverseRecord:
        """See `Store.open_universe`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            return self._read(name) or UniverseRecord(facts, self._put(name, facts))

    async def read_universe(self, name: str) -> UniverseRecord | None:
        """See `Store.read_universe`."""
        return self._read(name)

    async def universe_version(self, name: str) -> int | None:
        """See `Store.universe_version`."""
        return self._version(name)

    async def save_universe(self, name: str, facts: bytes, *, version: int) -> int | None:
        """See `Store.save_universe`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            return self._put(name, facts) if self._version(name) == version else None

    async def universes(self) -> tuple[str, ...]:
        """See `Store.universes`."""
        return tuple(name for (name,) in self._run("SELECT name FROM universe ORDER BY name"))

    async def reset(self, universe: str) -> None:
        """See `Store.reset`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            self._clear(universe)

    def _clear(self, universe: str) -> None:
        self._run("DELETE FROM attempt WHERE callback IN (SELECT id FROM callback WHERE universe = ?)", (universe,))
        for table in _TABLES[1:]:
            column = "name" if table == "universe" else "universe"
            self._run(f"DELETE FROM {table} WHERE {column} = ?", (universe,))  # noqa: S608 - own text

    def _read(self, name: str) -> UniverseRecord | None:
        row = self._run("SELECT facts, version FROM universe WHERE name = ?", (name,)).fetchone()
        return None if row is None else UniverseRecord(*row)

    def _version(self, name: str) -> int | None:
        row = self._run("SELECT version FROM universe WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def _put(self, name: str, facts: bytes) -> int:
        version: int = self._run(_NEXT_VERSION).fetchone()[0]
        self._run("INSERT OR REPLACE INTO universe VALUES (?, ?, ?)", (name, facts, version))
        return version
