"""The embedded store: SQLite, in memory or in one file.

Calls run on the event loop itself. One takes some ten microseconds, far less than handing it to a thread would; only
another process that writes to the same file can make one wait. A file is written ahead (WAL): what was answered is
there again after the process was killed at any instant.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from mock_server.core.billing import settlement
from mock_server.core.idempotency import Claim, expired
from mock_server.core.types import Balance, Instant, Microcredits, Task
from mock_server.store.database import connect
from mock_server.store.deliveries import SqliteDeliveries
from mock_server.store.protocol import (
    Accepted,
    CreateOutcome,
    IdTaken,
    KeyReused,
    Short,
    TaskFilter,
    TaskPage,
    UniverseRecord,
)

_SETTLE_EVERY: Final = 64
_LARGEST: Final = 2**63 - 1
_TABLES: Final = ("attempt", "delivery", "idempotency_key", "task", "account", "universe")

_encode = msgspec.msgpack.Encoder().encode
_decode: Callable[[bytes], Task] = msgspec.msgpack.Decoder(Task).decode


class SqliteStore(SqliteDeliveries):
    """A store in SQLite (see `Store` for what each method promises).

    Args:
        path: The state file, made if it is not there; None keeps everything in memory.

    Raises:
        StateError: The file cannot be opened, is not a state file, or is one of another version.
    """

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(connect(path))
        self._created = 0

    async def create_task(self, task: Task, *, opening: Microcredits, claim: Claim | None = None) -> CreateOutcome:
        """See `Store.create_task`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            outcome = self._create(task, opening, claim)
            if not isinstance(outcome, Accepted):
                self._connection.rollback()
        return outcome

    async def task(self, universe: str, task_id: str) -> Task | None:
        """See `Store.task`."""
        row = self._run("SELECT facts FROM task WHERE universe = ? AND id = ?", (universe, task_id)).fetchone()
        return None if row is None else _decode(row[0])

    async def tasks(self, universe: str, task_ids: Sequence[str]) -> tuple[Task, ...]:
        """See `Store.tasks`."""
        found = [await self.task(universe, task_id) for task_id in task_ids]
        return tuple(task for task in found if task is not None)

    async def list_tasks(self, account: str, wanted: TaskFilter, *, now: Instant, since: Instant) -> TaskPage:
        """See `Store.list_tasks`."""
        where, values = _conditions(account, wanted, now, since)
        total = self._run(f"SELECT count(*) FROM task WHERE {where}", values).fetchone()[0]  # noqa: S608 - own text
        rows = self._run(
            f"SELECT facts FROM task WHERE {where} ORDER BY number DESC LIMIT ? OFFSET ?",  # noqa: S608 - own text
            (*values, wanted.page_size, min((wanted.page - 1) * wanted.page_size, _LARGEST)),
        )
        return TaskPage(total, tuple(_decode(facts) for (facts,) in rows))

    async def balance(self, account: str, *, opening: Microcredits, now: Instant) -> Balance:
        """See `Store.balance`. Tasks that ended since the last settlement are added in, and nothing is written."""
        return self._balance(account, opening, now)

    async def open_universe(self, name: str) -> UniverseRecord:
        """See `Store.open_universe`."""
        clock = self._run("SELECT clock FROM universe WHERE name = ?", (name,)).fetchone()
        tasks = self._run("SELECT count(*) FROM task WHERE universe = ?", (name,)).fetchone()[0]
        return UniverseRecord(None if clock is None else clock[0], tasks)

    async def universes(self) -> tuple[str, ...]:
        """See `Store.universes`."""
        return tuple(name for (name,) in self._run("SELECT name FROM universe ORDER BY name"))

    async def save_clock(self, universe: str, clock: bytes) -> None:
        """See `Store.save_clock`."""
        self._run("INSERT OR REPLACE INTO universe VALUES (?, ?)", (universe, clock))

    async def accounts(self, universe: str) -> tuple[str, ...]:
        """See `Store.accounts`."""
        rows = self._run("SELECT id FROM account WHERE universe = ? ORDER BY id", (universe,))
        return tuple(row[0] for row in rows)

    async def reset(self, universe: str) -> None:
        """See `Store.reset`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            self._run("DELETE FROM attempt WHERE delivery IN (SELECT id FROM delivery WHERE universe = ?)", (universe,))
            for table in _TABLES[1:]:
                column = "name" if table == "universe" else "universe"
                self._run(f"DELETE FROM {table} WHERE {column} = ?", (universe,))  # noqa: S608 - own text

    async def close(self) -> None:
        """See `Store.close`."""
        self._record_finished()
        self._connection.close()

    def _create(self, task: Task, opening: Microcredits, claim: Claim | None) -> CreateOutcome:
        """Do what creating takes, step by step; the caller undoes the steps unless the outcome is Accepted."""
        if claim is not None and (earlier := self._claim(claim, task)) is not None:
            return earlier
        if not self._reserve(task, opening):
            return Short(self._balance(task.account, opening, task.timeline.created_at).available)
        try:
            self._insert(task)
        except sqlite3.IntegrityError:
            return IdTaken()
        return Accepted(task)

    def _claim(self, claim: Claim, task: Task) -> CreateOutcome | None:
        """Claim a key for the task; or return what the key's earlier use means for this one."""
        now = task.timeline.created_at
        row = self._run(
            "SELECT fingerprint, task, claimed_at FROM idempotency_key WHERE account = ? AND key = ?",
            (task.account, claim.key),
        ).fetchone()
        if row is not None and not expired(row[2], now):
            if row[0] != claim.fingerprint:
                return KeyReused()
            facts = self._run("SELECT facts FROM task WHERE universe = ? AND id = ?", (task.universe, row[1]))
            return Accepted(_decode(facts.fetchone()[0]), replayed=True)
        self._run(
            "INSERT OR REPLACE INTO idempotency_key VALUES (?, ?, ?, ?, ?, ?)",
            (task.account, claim.key, task.universe, claim.fingerprint, task.id, now),
        )
        return None

    def _reserve(self, task: Task, opening: Microcredits) -> bool:
        """Take the task's estimate from its account if it is there.

        The row's own sums can only be too strict (a reserve that has ended stands in them until it is settled), so the
        account is settled when they refuse, and now and then to keep what is unsettled short.
        """
        now, amount = task.timeline.created_at, task.bill.reserved
        self._created += 1
        if self._created % _SETTLE_EVERY == 0:
            self._settle(task.account, now)
        if self._take(task.account, amount):
            return True
        self._run(
            "INSERT OR IGNORE INTO account (id, universe, opening) VALUES (?, ?, ?)",
            (task.account, task.universe, opening),
        )
        self._settle(task.account, now)
        return self._take(task.account, amount)

    def _take(self, account: str, amount: Microcredits) -> bool:
        taken = self._run(
            "UPDATE account SET reserved = reserved + ? WHERE id = ? AND opening - reserved - charged >= ?",
            (amount, account, amount),
        )
        return taken.rowcount == 1

    def _balance(self, account: str, opening: Microcredits, now: Instant) -> Balance:
        row = self._run("SELECT opening, reserved, charged FROM account WHERE id = ?", (account,)).fetchone()
        if row is None:
            return Balance(opening, 0, 0)
        released, charged = self._unsettled(account, now)
        return Balance(row[0], row[1] - released, row[2] + charged)

    def _unsettled(self, account: str, now: Instant) -> tuple[Microcredits, Microcredits]:
        row: tuple[int, int] = self._run(
            "SELECT coalesce(sum(reserved), 0), coalesce(sum(charge), 0) FROM task"
            " WHERE account = ? AND settled = 0 AND ends_at <= ?",
            (account, now),
        ).fetchone()
        return row

    def _settle(self, account: str, now: Instant) -> None:
        """Book the tasks that have ended: what they reserved is no longer, what they are charged is."""
        released, charged = self._unsettled(account, now)
        if released:
            self._run("UPDATE task SET settled = 1 WHERE account = ? AND settled = 0 AND ends_at <= ?", (account, now))
            self._run(
                "UPDATE account SET reserved = reserved - ?, charged = charged + ? WHERE id = ?",
                (released, charged, account),
            )

    def _insert(self, task: Task) -> None:
        timeline = task.timeline
        charged, _ = settlement(task.bill, timeline.outcome)
        self._run(
            "INSERT INTO task"
            " (universe, id, account, model, type, outcome, created_at, ends_at, reserved, charge, facts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                _encode(task),
            ),
        )
        self._insert_deliveries(task)


def _conditions(account: str, wanted: TaskFilter, now: Instant, since: Instant) -> tuple[str, tuple[Any, ...]]:
    terms: list[str] = ["account = ?", "created_at > ?"]
    values: list[Any] = [account, since]
    if wanted.status == "processing":
        terms.append("ends_at > ?")
        values.append(now)
    elif wanted.status is not None:
        terms.append("outcome = ? AND ends_at <= ?")
        values += [wanted.status, now]
    for column, value in (("type", wanted.type), ("model", wanted.model)):
        if value is not None:
            terms.append(f"{column} = ?")
            values.append(value)
    return " AND ".join(terms), tuple(values)
