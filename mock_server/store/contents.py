"""The embedded store's whole universes: all that is stored of one, read at once, and put back at once."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from mock_server.core.tasks.billing import settlement
from mock_server.core.types import Instant, Task
from mock_server.store.callbacks import SqliteCallbacks, attempt_row
from mock_server.store.files import SqliteFiles
from mock_server.store.records import AccountRecord, BucketRecord, CallbackRecord, Contents, KeyRecord, TaskRecord

encode_task: Final = msgspec.msgpack.Encoder().encode
"""Writes a task's facts down as one value."""

decode_task: Final[Callable[[bytes], Task]] = msgspec.msgpack.Decoder(Task).decode
"""Reads what `encode_task` wrote."""


class SqliteContents(SqliteCallbacks, SqliteFiles):
    """The part of a store in SQLite that reads and writes whole universes (see `Store` for what each method promises).

    What is read is settled first, so that it does not depend on when each account happened to be.
    """

    async def contents(self, universe: str, *, now: Instant) -> Contents:
        """See `Store.contents`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            for account in await self.accounts(universe):
                self._settle(account, now)
            accounts = self._rows("SELECT id, opening, reserved, charged FROM account WHERE universe = ?", universe)
            buckets = self._rows("SELECT account, full_at FROM bucket WHERE universe = ?", universe)
            tasks = self._run("SELECT facts, settled FROM task WHERE universe = ? ORDER BY number", (universe,))
            keys = self._rows(
                "SELECT account, key, fingerprint, task, claimed_at FROM idempotency_key WHERE universe = ?", universe
            )
            return Contents(
                accounts=tuple(AccountRecord(*row) for row in accounts),
                buckets=tuple(BucketRecord(*row) for row in buckets),
                tasks=tuple(TaskRecord(decode_task(facts), bool(settled)) for facts, settled in tasks),
                keys=tuple(KeyRecord(*row) for row in keys),
                callbacks=await self.callbacks(universe),
                files=self._files(universe),
            )

    async def restore(self, universe: str, facts: bytes, contents: Contents) -> int:
        """See `Store.restore`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            self._clear(universe)
            self._insert("account", ((record.id, universe, *_sums(record)) for record in contents.accounts))
            self._insert("bucket", ((record.account, universe, record.full_at) for record in contents.buckets))
            self._insert(
                "idempotency_key",
                (
                    (record.account, record.key, universe, record.fingerprint, record.task, record.claimed_at)
                    for record in contents.keys
                ),
            )
            for task in contents.tasks:
                self._insert_task(task.task, settled=task.settled)
            for callback in contents.callbacks:
                self._insert_callback(universe, callback)
            for file in contents.files:
                self._insert_file(file)
            return self._put(universe, facts)

    def _rows(self, query: str, universe: str) -> list[tuple[Any, ...]]:
        """Return rows in order of their first columns, which tell them apart."""
        return sorted(self._run(query, (universe,)))

    def _insert(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        for row in rows:
            self._run(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - own text

    def _insert_task(self, task: Task, *, settled: bool = False) -> None:
        timeline = task.timeline
        charged, _ = settlement(task.bill, timeline.outcome)
        self._run(
            "INSERT INTO task"
            " (universe, id, account, model, type, outcome, created_at, ends_at, reserved, charge, settled, facts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                task.universe,
                task.id,
                task.account,
                task.model,
                task.type,
                timeline.outcome.value,
                timeline.created_at,
                timeline.ends_at,
                task.bill.reserved,
                charged,
                settled,
                encode_task(task),
            ),
        )

    def _insert_callback(self, universe: str, record: CallbackRecord) -> None:
        """Put a callback back, free. One whose attempt was under way when it was sent anew does not count that one."""
        made = len(record.attempts)
        number = self._run(
            "INSERT INTO callback (universe, task, url, variant, due_at, attempts, earlier)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (universe, record.task, record.url, record.variant, record.due_at, made, min(record.earlier, made)),
        ).lastrowid
        self._insert(
            "attempt",
            ((number, turn, *attempt_row(attempt)) for turn, attempt in enumerate(record.attempts, 1)),
        )


def _sums(record: AccountRecord) -> tuple[int, int, int]:
    return record.opening, record.reserved, record.charged
