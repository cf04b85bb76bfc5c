"""What a record lets one say of an account's credits: between which bounds each task holds some back, and when.

A task holds back what it reserves until it has ended, then what it is charged (completed) or nothing (failed,
cancelled). What nobody saw lies between bounds, so that only what cannot be is ever told.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

import msgspec

from contracts.recording.accounts import Account, Balance, Creation
from contracts.recording.exchange import Exchange
from contracts.recording.server import SeenTask, ServerRecord


class Bounds(NamedTuple):
    """The least and the most that an amount of credits can be."""

    least: float
    most: float


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Two readings of an account's credits, one after the other, and between which bounds the difference must lie.

    `tasks` are those that can have moved credits in between.
    """

    account: Account
    first: Balance
    second: Balance
    bounds: Bounds
    tasks: tuple[SeenTask, ...]

    @property
    def spent(self) -> float:
        """By how many credits less is left at the second reading."""
        return self.first.remaining - self.second.remaining

    @property
    def start(self) -> float:
        """When the first reading began."""
        return self.first.exchange.started_at

    @property
    def end(self) -> float:
        """When the second reading had ended."""
        return self.second.exchange.ended_at


class Ledger:
    """What can be said of the credits of one account.

    Args:
        record: What happened.
        account: Whose credits.
    """

    def __init__(self, record: ServerRecord, account: Account) -> None:
        self._record = record
        self._account = account
        made = [record.tasks[each.task] for each in account.creations if each.task is not None and not each.replayed]
        self._tasks = [(task, float("inf") if task.settlement is None else task.settlement.true_from) for task in made]
        unknown = (each.exchange.started_at for each in account.creations if _is_open(each))
        self._unknown_from = min(unknown, default=float("inf"))

    def steps(self) -> Iterator[Step]:
        """Find the pairs of readings between which it is known what can have moved the credits."""
        first = None
        for second in self._account.balances:
            if first is not None and first.exchange.ended_at >= second.exchange.started_at:
                continue
            if first is not None and self._is_known(first.exchange.started_at, second.exchange.ended_at):
                yield self._step(first, second)
            first = second

    def left_before(self, creations: Collection[Creation]) -> tuple[Balance, Bounds] | None:
        """Find between which bounds the credits lie that other tasks leave for some creations.

        Returns:
            The reading of the balance that this is known from, and the bounds of what has gone since then; None if
            there is no such reading.
        """
        start = min(creation.exchange.started_at for creation in creations)
        end = max(creation.exchange.ended_at for creation in creations)
        earlier = (balance for balance in reversed(self._account.balances) if balance.exchange.ended_at < start)
        balance = next(earlier, None)
        if balance is None or not self._is_known(balance.exchange.started_at, end):
            return None
        own = {creation.task for creation in creations}
        changes = [change for task, change in self._changes(balance.exchange, start, end) if task.id not in own]
        return balance, _sum(changes)

    def _step(self, first: Balance, second: Balance) -> Step:
        later = second.exchange
        changes = list(self._changes(first.exchange, later.started_at, later.ended_at))
        bounds = _sum(change for _, change in changes)
        tasks = tuple(task for task, _ in changes)
        return Step(account=self._account, first=first, second=second, bounds=bounds, tasks=tasks)

    def _changes(self, earlier: Exchange, start: float, end: float) -> Iterator[tuple[SeenTask, Bounds]]:
        """Find by how much more each task may hold back some time from `start` to `end` than during an exchange."""
        for task, settled_at in self._tasks:
            if settled_at > earlier.started_at:
                before, after = held(task, earlier.started_at, earlier.ended_at), held(task, start, end)
                change = Bounds(after.least - before.most, after.most - before.least)
                if change != (0.0, 0.0):
                    yield task, change

    def _is_known(self, start: float, end: float) -> bool:
        """Tell whether nothing is known to have happened of which it is not known what it does to the credits."""
        return self._unknown_from > end and not self._record.disturbed(start, end, "hand")


def open_ledgers(record: ServerRecord) -> Iterator[tuple[Account, Ledger]]:
    """Open the ledger of each account; if others use the accounts too, nothing can be said of any."""
    return ((account, Ledger(record, account)) for account in record.accounts.values() if record.alone)


def held(task: SeenTask, start: float, end: float) -> Bounds:
    """Return between which bounds a task holds credits back at some time between two."""
    creation = task.creation
    reserved = None if creation is None else creation.reserved
    if creation is None or reserved is None or creation.exchange.started_at > end:
        return Bounds(0.0, 0.0)
    least, most = _final(task, reserved)
    if creation.exchange.ended_at >= start:
        return Bounds(0.0, max(reserved, most))
    if task.settlement is not None and task.settlement.true_from <= start:
        return Bounds(least, most)
    if task.unended_until >= end:
        return Bounds(reserved, reserved)
    return Bounds(min(reserved, least), max(reserved, most))


def _final(task: SeenTask, reserved: float) -> Bounds:
    """Return what a task holds back in the end: what it is charged."""
    if task.last is None:
        return Bounds(0.0, reserved)
    if task.last.status != "completed":
        return Bounds(0.0, 0.0)
    told = next((s.used for s in task.current if s.settled and s.used is not None), None)
    return Bounds(0.0, reserved) if told is None else Bounds(told, told)


def _sum(changes: Iterable[Bounds]) -> Bounds:
    least, most = 0.0, 0.0
    for change in changes:
        least, most = least + change.least, most + change.most
    return Bounds(least, most)


def _is_open(creation: Creation) -> bool:
    """Tell whether nobody knows how many credits a request for a task has set aside."""
    if creation.replayed:
        return False
    return creation.unclear or (creation.task is not None and creation.reserved is None)
