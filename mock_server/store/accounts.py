"""The embedded store's accounts: their money, and how many requests they may still make.

The row's own sums can only be too strict: a reserve that has ended stands in them until it is settled. So an account is
settled when its row refuses a task, and now and then to keep what is unsettled short; a balance adds what is unsettled
and writes nothing.
"""

from typing import Final

from mock_server.core.limits.ratelimit import Bucket, Limit, take
from mock_server.core.types import Balance, Instant, Microcredits, Task
from mock_server.store.universes import SqliteUniverses

_SETTLE_EVERY: Final = 64


class SqliteAccounts(SqliteUniverses):
    """The part of a store in SQLite that keeps accounts (see `Store` for what each method promises)."""

    _created = 0

    async def balance(self, account: str, *, opening: Microcredits, now: Instant) -> Balance:
        """See `Store.balance`."""
        return self._balance(account, opening, now)

    async def fund(self, universe: str, account: str, *, available: Microcredits, now: Instant) -> Balance:
        """See `Store.fund`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            self._open_account(universe, account, available)
            self._settle(account, now)
            self._run("UPDATE account SET opening = ? + reserved + charged WHERE id = ?", (available, account))
            return self._balance(account, available, now)

    async def accounts(self, universe: str) -> tuple[str, ...]:
        """See `Store.accounts`."""
        rows = self._run("SELECT id FROM account WHERE universe = ? ORDER BY id", (universe,))
        return tuple(row[0] for row in rows)

    async def take_request(self, universe: str, account: str, limit: Limit, *, now: Instant) -> int:
        """See `Store.take_request`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            row = self._run("SELECT full_at FROM bucket WHERE account = ?", (account,)).fetchone()
            earlier = Bucket(*(row or ()))
            bucket, wait = take(earlier, limit, now)
            if bucket != earlier:
                self._run("INSERT OR REPLACE INTO bucket VALUES (?, ?, ?)", (account, universe, bucket.full_at))
        return wait

    def _open_account(self, universe: str, account: str, opening: Microcredits) -> None:
        self._run(
            "INSERT OR IGNORE INTO account (id, universe, opening) VALUES (?, ?, ?)", (account, universe, opening)
        )

    def _reserve(self, task: Task, opening: Microcredits) -> bool:
        """Take the task's estimate from its account if it is there."""
        now, amount = task.timeline.created_at, task.bill.reserved
        self._created += 1
        if self._created % _SETTLE_EVERY == 0:
            self._settle(task.account, now)
        if self._take(task.account, amount):
            return True
        self._open_account(task.universe, task.account, opening)
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

    def _unsettle(self, universe: str, task_id: str) -> None:
        """Take back the booking of a task that has not ended yet: by the clock of another server it had."""
        booked = self._run(
            "UPDATE task SET settled = 0 WHERE universe = ? AND id = ? AND settled = 1"
            " RETURNING reserved, charge, account",
            (universe, task_id),
        ).fetchall()
        for facts in booked:
            self._run("UPDATE account SET reserved = reserved + ?, charged = charged - ? WHERE id = ?", facts)
