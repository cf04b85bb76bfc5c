"""The embedded store: SQLite, in memory or in one file.

Calls run on the event loop itself. One takes some ten microseconds, far less than handing it to a thread would; only
another process that writes to the same file can make one wait. A file is written ahead (WAL): what was answered is
there again after the process was killed at any instant.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from mock_server.core.idempotency import Claim, expired
from mock_server.core.limits.queueing import Slots, arrange, put_off
from mock_server.core.tasks.billing import settlement
from mock_server.core.types import NEVER, Instant, Microcredits, Task
from mock_server.store.contents import SqliteContents, decode_task, encode_task
from mock_server.store.database import connect
from mock_server.store.protocol import (
    Accepted,
    CreateOutcome,
    IdTaken,
    KeyReused,
    Outdated,
    Short,
    TaskFilter,
    TaskPage,
)

_LARGEST: Final = 2**63 - 1

_MOST_RECENT: Final = 1_024
_SMALL: Final = 16_384
"""How many tasks are held as they were read, and the bytes of the largest of them."""

_UNENDED: Final = """
SELECT task.facts FROM account JOIN task ON task.account = account.id
WHERE account.universe = ? AND task.settled = 0 AND task.ends_at > ? ORDER BY task.number
"""


class SqliteStore(SqliteContents):
    """A store in SQLite (see `Store` for what each method promises).

    Args:
        path: The state file, made if it is not there; None keeps everything in memory.

    Raises:
        StateError: The file cannot be opened, is not a state file, or is one of another version.
    """

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(connect(path), shared=path is not None)
        self._recent: dict[tuple[str, str], Task] = {}

    async def create_task(
        self,
        task: Task,
        *,
        opening: Microcredits,
        claim: Claim | None = None,
        slots: Slots | None = None,
        version: int | None = None,
        facts: bytes | None = None,
    ) -> CreateOutcome:
        """See `Store.create_task`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            if version not in {None, self._version(task.universe)}:
                return Outdated()
            outcome = self._create(task if slots is None else put_off(task, waited=NEVER), opening, claim)
            if not isinstance(outcome, Accepted):
                self._connection.rollback()
            elif not outcome.replayed:
                moved = {} if slots is None else self._arrange(task.universe, slots, task.timeline.created_at)
                kept = None if facts is None else self._put(task.universe, facts)
                outcome = Accepted(moved.get(task.id, outcome.task), version=kept)
        return outcome

    async def claimed(self, universe: str, account: str, claim: Claim, *, now: Instant) -> Accepted | KeyReused | None:
        """See `Store.claimed`."""
        return self._earlier(universe, account, claim, now)

    async def task(self, universe: str, task_id: str) -> Task | None:
        """See `Store.task`. A client asks for one task again and again, which is read once: 3 us less (measured)."""
        return self._recent.get((universe, task_id)) or self._read_task(universe, task_id)

    async def tasks(self, universe: str, task_ids: Sequence[str]) -> tuple[Task, ...]:
        """See `Store.tasks`."""
        found = [await self.task(universe, task_id) for task_id in task_ids]
        return tuple(task for task in found if task is not None)

    async def list_tasks(self, account: str, wanted: TaskFilter, *, now: Instant, since: Instant) -> TaskPage:
        """See `Store.list_tasks`."""
        return self._page(("account = ?", "created_at > ?"), (account, since), wanted, now)

    async def browse_tasks(self, universe: str, wanted: TaskFilter, *, part: str, now: Instant) -> TaskPage:
        """See `Store.browse_tasks`."""
        terms, values = (("instr(id, ?)",), (part,)) if part else ((), ())
        return self._page(("universe = ?", *terms), (universe, *values), wanted, now, rows="task NOT INDEXED")

    async def change_task(
        self, universe: str, task_id: str, change: Callable[[Task], Task], *, now: Instant, slots: Slots | None
    ) -> Task | None:
        """See `Store.change_task`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            row = self._run("SELECT facts FROM task WHERE universe = ? AND id = ?", (universe, task_id)).fetchone()
            if row is None:
                return None
            changed = change(decode_task(row[0]))
            self._unsettle(universe, task_id)
            self._replace(changed)
            moved = {} if slots is None else self._arrange(universe, slots, now)
        return moved.get(task_id, changed)

    async def arrange(self, universe: str, slots: Slots, *, now: Instant) -> None:
        """See `Store.arrange`."""
        with self._connection:
            self._run("BEGIN IMMEDIATE")
            self._arrange(universe, slots, now)

    async def tasks_of(self, universe: str, *, account: str | None = None) -> tuple[Task, ...]:
        """See `Store.tasks_of`."""
        some = "" if account is None else " AND account = :account"
        rows = self._run(
            f"SELECT facts FROM task WHERE universe = :universe{some} ORDER BY number",  # noqa: S608 - own text
            {"universe": universe, "account": account},
        )
        return tuple(decode_task(facts) for (facts,) in rows)

    async def unended_tasks(self, universe: str, *, now: Instant) -> tuple[Task, ...]:
        """See `Store.unended_tasks`."""
        return self._unended(universe, now)

    async def count_ended(self, universe: str, *, now: Instant) -> Mapping[str, int]:
        """See `Store.count_ended`."""
        rows = self._run(
            "SELECT outcome, count(*) FROM task WHERE universe = ? AND ends_at <= ? GROUP BY outcome", (universe, now)
        )
        return dict(rows.fetchall())

    async def count_tasks(self, universe: str) -> int:
        """See `Store.count_tasks`."""
        number: int = self._run("SELECT count(*) FROM task WHERE universe = ?", (universe,)).fetchone()[0]
        return number

    async def close(self) -> None:
        """See `Store.close`."""
        self._record_finished()
        self._connection.close()

    def _page(
        self, terms: Sequence[str], values: Sequence[Any], wanted: TaskFilter, now: Instant, *, rows: str = "task"
    ) -> TaskPage:
        """Read a page of the tasks that fit the terms and what is wanted, and count them all.

        `rows` is where they are read from: with an index, or going back from the newest task until the page is full.
        """
        where, values = _conditions(terms, values, wanted, now)
        total = self._run(f"SELECT count(*) FROM task WHERE {where}", values).fetchone()[0]  # noqa: S608 - own text
        found = self._run(
            f"SELECT facts FROM {rows} WHERE {where} ORDER BY number DESC LIMIT ? OFFSET ?",  # noqa: S608 - own text
            (*values, wanted.page_size, min((wanted.page - 1) * wanted.page_size, _LARGEST)),
        )
        return TaskPage(total, tuple(decode_task(facts) for (facts,) in found))

    def _read_task(self, universe: str, task_id: str) -> Task | None:
        """Read a task, and hold it until it changes, unless another process could change it."""
        row = self._run("SELECT facts FROM task WHERE universe = ? AND id = ?", (universe, task_id)).fetchone()
        if row is None:
            return None
        task = decode_task(row[0])
        if not self.shared and len(row[0]) <= _SMALL:
            if len(self._recent) == _MOST_RECENT:
                del self._recent[next(iter(self._recent))]
            self._recent[universe, task_id] = task
        return task

    def _clear(self, universe: str) -> None:
        self._recent.clear()
        super()._clear(universe)

    def _create(self, task: Task, opening: Microcredits, claim: Claim | None) -> CreateOutcome:
        """Do what creating takes, step by step; the caller undoes the steps unless the outcome is Accepted."""
        if claim is not None and (earlier := self._claim(claim, task)) is not None:
            return earlier
        if not self._reserve(task, opening):
            return Short(self._balance(task.account, opening, task.timeline.created_at).available)
        try:
            self._insert_task(task)
        except sqlite3.IntegrityError:
            return IdTaken()
        self._insert_callbacks(task)
        return Accepted(task)

    def _claim(self, claim: Claim, task: Task) -> CreateOutcome | None:
        """Claim a key for the task; or return what the key's earlier use means for this one."""
        now = task.timeline.created_at
        earlier = self._earlier(task.universe, task.account, claim, now)
        if earlier is None:
            self._run(
                "INSERT OR REPLACE INTO idempotency_key VALUES (?, ?, ?, ?, ?, ?)",
                (task.account, claim.key, task.universe, claim.fingerprint, task.id, now),
            )
        return earlier

    def _earlier(self, universe: str, account: str, claim: Claim, now: Instant) -> Accepted | KeyReused | None:
        """Return what the earlier use of a key means; None if there was none that is remembered."""
        row = self._run(
            "SELECT fingerprint, task, claimed_at FROM idempotency_key WHERE account = ? AND key = ?",
            (account, claim.key),
        ).fetchone()
        if row is None or expired(row[2], now):
            return None
        if row[0] != claim.fingerprint:
            return KeyReused()
        facts = self._run("SELECT facts FROM task WHERE universe = ? AND id = ?", (universe, row[1]))
        return Accepted(decode_task(facts.fetchone()[0]), replayed=True)

    def _arrange(self, universe: str, slots: Slots, now: Instant) -> Mapping[str, Task]:
        """Let the universe's tasks wait for each other, and return those whose times have changed, by id."""
        moved = {task.id: task for task in arrange(self._unended(universe, now), slots, now=now)}
        for task in moved.values():
            self._replace(task)
        return moved

    def _unended(self, universe: str, now: Instant) -> tuple[Task, ...]:
        return tuple(decode_task(facts) for (facts,) in self._run(_UNENDED, (universe, now)))

    def _replace(self, task: Task) -> None:
        """Write down anew how a task goes on that has not ended yet."""
        charged, _ = settlement(task.bill, task.timeline.outcome)
        self._recent.pop((task.universe, task.id), None)
        self._run(
            "UPDATE task SET outcome = ?, ends_at = ?, charge = ?, facts = ? WHERE universe = ? AND id = ?",
            (task.timeline.outcome.value, task.timeline.ends_at, charged, encode_task(task), task.universe, task.id),
        )
        if task.sendings:
            self._move_callbacks(task)


def _conditions(
    first: Sequence[str], given: Sequence[Any], wanted: TaskFilter, now: Instant
) -> tuple[str, tuple[Any, ...]]:
    terms, values = [*first], [*given]
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
