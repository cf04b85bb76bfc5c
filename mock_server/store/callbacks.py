"""The embedded store's callbacks: what is due, who has it, and what came of it.

A callback is free, lent to a worker until its lease runs out, or over; each of these has its index, so that a thousand
receivers that hang do not make it any slower to find what is due.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import msgspec

from mock_server.core.types import Instant, Task
from mock_server.store.accounts import SqliteAccounts
from mock_server.store.records import Attempt, CallbackRecord, DueCallback, Waiting

_NEXT_DUE: Final = """
SELECT
  (SELECT min(due_at) FROM (
    SELECT min(due_at) AS due_at FROM callback WHERE universe = :universe AND leased_until = 0 AND due_at IS NOT NULL
    UNION ALL
    SELECT min(due_at) FROM callback WHERE universe = :universe AND leased_until > 0 AND leased_until <= :wall
  )),
  (SELECT min(leased_until) FROM callback WHERE universe = :universe AND leased_until > 0 AND leased_until > :wall)
"""
"""When the earliest of the free and of those whose lease has run out is due, and when the next lease runs out."""

_CALLBACKS: Final = """
SELECT id, task, url, variant, due_at, earlier FROM callback WHERE universe = :universe{} ORDER BY id
"""
_ATTEMPTS: Final = """
SELECT callback, due_at, started_at, ended_at, status, error, size, faults FROM attempt
WHERE callback IN (SELECT id FROM callback WHERE universe = :universe{}) ORDER BY callback, number
"""

_Finished: TypeAlias = tuple[asyncio.Future[Instant | None], DueCallback, Attempt, Instant | None]


class SqliteCallbacks(SqliteAccounts):
    """The part of a store in SQLite that keeps callbacks (see `Store` for what each method promises).

    Attempts that end in the same turn of the event loop are recorded in one transaction: beginning and committing one
    takes longer than what is written in it.

    Args:
        connection: To a database with our tables.
        shared: Whether other processes may have it open.
    """

    def __init__(self, connection: sqlite3.Connection, *, shared: bool) -> None:
        super().__init__(connection, shared=shared)
        self._finished: list[_Finished] = []

    async def claim_callbacks(
        self, universe: str, *, now: Instant, wall: int, lease: int, limit: int
    ) -> tuple[DueCallback, ...]:
        """See `Store.claim_callbacks`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            self._run(
                "UPDATE callback SET leased_until = 0 WHERE universe = ? AND leased_until > 0 AND leased_until <= ?",
                (universe, wall),
            )
            rows = self._run(
                "UPDATE callback SET leased_until = ? WHERE id IN (SELECT id FROM callback WHERE universe = ?"
                " AND due_at <= ? AND leased_until = 0 ORDER BY due_at, id LIMIT ?)"
                " RETURNING id, universe, task, url, variant, due_at, attempts, earlier",
                (wall + lease, universe, now, limit),
            ).fetchall()
        return tuple(sorted((DueCallback(*row) for row in rows), key=lambda due: (due.due_at, due.id)))

    async def finish_attempt(
        self, callback: DueCallback, attempt: Attempt, *, next_due: Instant | None
    ) -> Instant | None:
        """See `Store.finish_attempt`."""
        loop = asyncio.get_running_loop()
        if not self._finished:
            loop.call_soon(self._record_finished)
        recorded: asyncio.Future[Instant | None] = loop.create_future()
        self._finished.append((recorded, callback, attempt, next_due))
        return await recorded

    async def next_due(self, universe: str, *, wall: int) -> Waiting:
        """See `Store.next_due`."""
        due_at, lease_ends = self._run(_NEXT_DUE, {"universe": universe, "wall": wall}).fetchone()
        return Waiting(due_at, lease_ends)

    async def callbacks(self, universe: str, *, task: str | None = None) -> tuple[CallbackRecord, ...]:
        """See `Store.callbacks`."""
        some = "" if task is None else " AND task = :task"
        values = {"universe": universe, "task": task}
        attempts: dict[int, list[Attempt]] = {}
        for number, *row in self._run(_ATTEMPTS.format(some), values):
            attempts.setdefault(number, []).append(_read_attempt(*row))
        return tuple(
            CallbackRecord(number, of_task, url, variant, due_at, tuple(attempts.get(number, ())), earlier)
            for number, of_task, url, variant, due_at, earlier in self._run(_CALLBACKS.format(some), values)
        )

    async def redeliver(self, universe: str, callback: int, *, due_at: Instant, wall: int) -> bool:
        """See `Store.redeliver`. An attempt that is under way is counted among the earlier ones."""
        found = self._run(
            "UPDATE callback SET due_at = ?, earlier = attempts + (leased_until > ?) WHERE universe = ? AND id = ?",
            (due_at, wall, universe, callback),
        )
        return found.rowcount == 1

    def _insert_callbacks(self, task: Task) -> None:
        for sending in task.sendings:
            self._run(
                "INSERT INTO callback (universe, task, url, variant, due_at) VALUES (?, ?, ?, ?, ?)",
                (task.universe, task.id, task.callback_url, sending.variant, sending.due_at),
            )

    def _move_callbacks(self, task: Task) -> None:
        """Move the first attempts that are still to come to when the task's sendings are due now."""
        rows = self._run(
            "SELECT id FROM callback WHERE universe = ? AND task = ? ORDER BY id", (task.universe, task.id)
        )
        for (number,), sending in zip(rows.fetchall(), task.sendings, strict=True):
            self._run("UPDATE callback SET due_at = ? WHERE id = ? AND attempts = 0", (sending.due_at, number))

    def _record_finished(self) -> None:
        """Record the attempts that have ended since the last time, all of them or none."""
        finished, self._finished = self._finished, []
        if finished:
            for (recorded, *_), outcome in zip(finished, self._record_all(finished), strict=True):
                if recorded.done():
                    continue  # nobody waits for it any more
                if isinstance(outcome, sqlite3.Error):
                    recorded.set_exception(outcome)
                else:
                    recorded.set_result(outcome)

    def _record_all(self, finished: Sequence[_Finished]) -> list[Instant | sqlite3.Error | None]:
        """Return when each callback is due now; if that cannot be recorded, for each of them why."""
        try:
            with self._connection:
                self._run("BEGIN IMMEDIATE")
                return [self._record(callback, attempt, next_due) for _, callback, attempt, next_due in finished]
        except sqlite3.Error as error:
            return [error] * len(finished)

    def _record(self, callback: DueCallback, attempt: Attempt, next_due: Instant | None) -> Instant | None:
        """Record one; `earlier` has changed if the callback is to be sent anew, and then it keeps its own due time."""
        number = callback.attempts + 1
        counted: list[tuple[Instant | None]] = self._run(
            "UPDATE callback SET attempts = ?, leased_until = 0,"
            " due_at = CASE WHEN earlier = ? THEN ? ELSE due_at END WHERE id = ? AND attempts = ? RETURNING due_at",
            (number, callback.earlier, next_due, callback.id, callback.attempts),
        ).fetchall()
        if not counted:
            return None
        self._run(
            "INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (callback.id, number, *attempt_row(attempt))
        )
        return counted[0][0]


def attempt_row(attempt: Attempt) -> tuple[object, ...]:
    """Return an attempt as the store has it, after its callback and its number."""
    *facts, faults = msgspec.structs.astuple(attempt)
    return (*facts, msgspec.json.encode(faults).decode())


def _read_attempt(*facts: Any) -> Attempt:
    attempt = Attempt(*facts)
    return msgspec.structs.replace(attempt, faults=tuple(msgspec.json.decode(facts[-1])))
