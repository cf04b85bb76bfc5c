"""The embedded store's files: what is known of each. What is in them is kept elsewhere, under its digest.

A trigger notes the digest of each file that goes, however it goes, so that no way of losing one can be forgotten; what
is noted is looked at, and let go of, by `sweep_files`.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from mock_server.core.files.file import FileUsage, StoredFile
from mock_server.core.types import Instant
from mock_server.store.records import FilePage
from mock_server.store.universes import SqliteUniverses

_LARGEST: Final = 2**63 - 1
_COLUMNS: Final = ", ".join(StoredFile.__struct_fields__)
_MARKS: Final = ", ".join("?" * len(StoredFile.__struct_fields__))


class SqliteFiles(SqliteUniverses):
    """The part of a store in SQLite that keeps files (see `Store` for what each method promises)."""

    async def add_file(self, file: StoredFile, most: FileUsage, *, place: Callable[[], object]) -> bool:
        """See `Store.add_file`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            same = (file.account, file.path, file.name)
            self._run("DELETE FROM file WHERE account = ? AND path = ? AND name = ?", same)
            used = self._file_usage(file.account, file.created_at)
            if used.files + 1 > most.files or used.bytes + file.size > most.bytes:
                self._connection.rollback()
                return False
            self._insert_file(file)
            place()
        return True

    async def file(self, universe: str, file_id: str, *, now: Instant) -> StoredFile | None:
        """See `Store.file`."""
        return self._find_file("universe = ? AND id = ?", universe, file_id, now)

    async def file_at(self, account: str, path: str, name: str, *, now: Instant) -> StoredFile | None:
        """See `Store.file_at`."""
        return self._find_file("account = ? AND path = ? AND name = ?", account, path, name, now)

    async def file_of_upload(self, account: str, upload: str, *, now: Instant) -> StoredFile | None:
        """See `Store.file_of_upload`."""
        return self._find_file("account = ? AND upload = ?", account, upload, now)

    async def list_files(self, account: str, *, page: int, page_size: int, now: Instant) -> FilePage:
        """See `Store.list_files`."""
        rows = self._run(
            f"SELECT {_COLUMNS} FROM file WHERE account = ? AND expires_at > ?"  # noqa: S608 - own text
            " ORDER BY number DESC LIMIT ? OFFSET ?",
            (account, now, page_size, min((page - 1) * page_size, _LARGEST)),
        )
        return FilePage(self._file_usage(account, now).files, tuple(map(_file, rows)))

    async def file_usage(self, account: str, *, now: Instant) -> FileUsage:
        """See `Store.file_usage`."""
        return self._file_usage(account, now)

    async def delete_file(self, universe: str, file_id: str) -> None:
        """See `Store.delete_file`."""
        self._run("DELETE FROM file WHERE universe = ? AND id = ?", (universe, file_id))

    async def expire_files(self, universe: str, *, now: Instant) -> None:
        """See `Store.expire_files`."""
        self._run("DELETE FROM file WHERE universe = ? AND expires_at <= ?", (universe, now))

    async def sweep_files(self, discard: Callable[[str], object], *, found: Iterable[str] = ()) -> None:
        """See `Store.sweep_files`."""
        if not self._run("SELECT EXISTS (SELECT 1 FROM loose_content)").fetchone()[0] and not (found := tuple(found)):
            return
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            noted = [digest for (digest,) in self._run("SELECT digest FROM loose_content")]
            for digest in {*noted, *found}:
                if self._run("SELECT 1 FROM file WHERE digest = ?", (digest,)).fetchone() is None:
                    discard(digest)
            self._run("DELETE FROM loose_content")

    def _files(self, universe: str) -> tuple[StoredFile, ...]:
        rows = self._run(f"SELECT {_COLUMNS} FROM file WHERE universe = ? ORDER BY number", (universe,))  # noqa: S608 - own text
        return tuple(map(_file, rows))

    def _insert_file(self, file: StoredFile) -> None:
        values = msgspec.structs.astuple(file)
        self._run(f"INSERT INTO file ({_COLUMNS}) VALUES ({_MARKS})", values)  # noqa: S608 - own text

    def _find_file(self, where: str, *values: object) -> StoredFile | None:
        row = self._run(
            f"SELECT {_COLUMNS} FROM file WHERE {where} AND expires_at > ? ORDER BY number DESC LIMIT 1",  # noqa: S608 - own text
            values,
        ).fetchone()
        return None if row is None else _file(row)

    def _file_usage(self, account: str, now: Instant) -> FileUsage:
        row = self._run(
            "SELECT count(*), coalesce(sum(size), 0) FROM file WHERE account = ? AND expires_at > ?", (account, now)
        ).fetchone()
        return FileUsage(*row)


def _file(row: tuple[Any, ...]) -> StoredFile:
    return StoredFile(**dict(zip(StoredFile.__struct_fields__, row, strict=True)))
