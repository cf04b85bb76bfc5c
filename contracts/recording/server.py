"""The record of a server: what a checker asked it, what it sent back by callback, and what was done to it meanwhile."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from contracts.recording.accounts import Account, Creation, account_of, read_balance, read_creation
from contracts.recording.exchange import Exchange
from contracts.recording.happenings import Event, Happening, Listener
from contracts.recording.record import Record, began
from contracts.recording.sights import Sight, read_callback, read_sights


class SeenTask(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A task as it was seen.

    Args:
        id: Its id.
        sights: The times that it was seen, in the order in which they began.
        creation: The request that created it; None if that is not in the record.
    """

    id: str
    sights: tuple[Sight, ...]
    creation: Creation | None = None

    @cached_property
    def current(self) -> tuple[Sight, ...]:
        """The sights that show the task as it then was: all but those of repeated creates."""
        return tuple(sight for sight in self.sights if not sight.replayed)

    @cached_property
    def last(self) -> Sight | None:
        """The first sight of its end; None if nobody saw that."""
        return min((sight for sight in self.current if sight.ended), key=lambda sight: sight.true_from, default=None)

    @cached_property
    def settlement(self) -> Sight | None:
        """The first sight that shows its money booked; None if nobody saw that."""
        return min((sight for sight in self.current if sight.settled), key=lambda sight: sight.true_from, default=None)

    @cached_property
    def unended_until(self) -> float:
        """Until when at least it had not ended."""
        shown = (s for s in self.current if s.states and not s.ended and s.way != "callback")
        return max((sight.exchange.started_at for sight in shown), default=float("-inf"))

    @property
    def callback_url(self) -> str | None:
        """Where its callback was to go."""
        url = None if self.creation is None else self.creation.body.get("callback_url")
        return url if isinstance(url, str) else None


class SeenCallback(msgspec.Struct, frozen=True, kw_only=True):
    """The callback of a task: the attempts at it in the order in which they came; `listener` heard them."""

    task: SeenTask
    url: str
    listener: Listener
    attempts: tuple[Exchange, ...]


class ServerRecord(Record, frozen=True, kw_only=True, dict=True):
    """What was asked of a server, what came of it, and what it sent by itself.

    Who asks is a checker, in the name of whatever accounts; each key is taken for an account of its own.

    Args:
        listeners: Where callbacks were listened for.
        pace: The seconds of the record's clock in a real one; 0 if it stands still but for its events.
        skew: By how many seconds the server's clock may differ from the record's.
        alone: Whether nothing but what is here used the accounts' credits, tasks of earlier included.
        media: How many seconds videos last of which that is known, by URL: references and results.
    """

    listeners: tuple[Listener, ...] = ()
    pace: float = 1.0
    skew: float = 5.0
    alone: bool = True
    media: Mapping[str, float] = {}

    @cached_property
    def creations(self) -> tuple[Creation, ...]:
        """The requests for tasks, in the order in which they began."""
        found = tuple(filter(None, map(read_creation, self.asked)))
        first: dict[tuple[str | None, str | None, str | None], Creation] = {}
        for creation in found:
            if not creation.replayed:
                first.setdefault(_claim(creation), creation)
        return tuple(
            msgspec.structs.replace(creation, replayed=True) if _is_repeated(creation, first) else creation
            for creation in found
        )

    @cached_property
    def tasks(self) -> Mapping[str, SeenTask]:
        """The tasks that were seen, by id, in the order in which they were."""
        seen: defaultdict[str, list[Sight]] = defaultdict(list)
        again = {creation.exchange.number for creation in self.creations if creation.replayed}
        for sight in self._sights():
            replayed = sight.replayed or (sight.way == "create" and sight.number in again)
            seen[sight.task].append(msgspec.structs.replace(sight, replayed=replayed))
        made: dict[str, Creation] = {}
        for creation in self.creations:
            if creation.task is not None and not creation.replayed:
                made.setdefault(creation.task, creation)
        return {
            task: SeenTask(
                id=task, sights=tuple(sorted(sights, key=lambda sight: began(sight.exchange))), creation=made.get(task)
            )
            for task, sights in seen.items()
        }

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """The accounts, by the fingerprints of their keys."""
        exchanges: defaultdict[str, list[Exchange]] = defaultdict(list)
        for exchange in self.asked:
            name = account_of(exchange)
            if name is not None:
                exchanges[name].append(exchange)
        creations: defaultdict[str | None, list[Creation]] = defaultdict(list)
        for creation in self.creations:
            creations[creation.account].append(creation)
        return {
            name: Account(
                name=name,
                exchanges=tuple(own),
                creations=tuple(creations[name]),
                balances=tuple(filter(None, map(read_balance, own))),
            )
            for name, own in exchanges.items()
        }

    @cached_property
    def callbacks(self) -> tuple[SeenCallback, ...]:
        """The callbacks that are listened for, whether or not an attempt came."""
        named: defaultdict[str, list[Exchange]] = defaultdict(list)
        for exchange in self.heard:
            for sight in read_callback(exchange):
                named[sight.task].append(exchange)
        return tuple(
            SeenCallback(task=task, url=task.callback_url, listener=listener, attempts=tuple(named[task.id]))
            for task in self.tasks.values()
            if task.callback_url is not None
            for listener in self.listeners
            if listener.hears(task.callback_url)
        )

    def happened(self, kind: Happening) -> tuple[Event, ...]:
        """Return what was done of one kind."""
        return tuple(event for event in self.events if event.kind == kind)

    def span(self, moment: float) -> tuple[float, float]:
        """Return between which times something was that came at `moment`: while the clock was moved, nobody knows."""
        moved = next((move for move in self.happened("clock") if move.at <= moment <= move.to), None)
        return (moment, moment) if moved is None else (moved.at, moved.to)

    def watched(self, since: float) -> float:
        """Return how long the record goes on from then; on a clock that runs, what was skipped gave nobody time."""
        skipped = (move.to - max(since, move.at) for move in self.happened("clock") if self.pace and move.to > since)
        return self.ended_at - since - sum(skipped)

    def _sights(self) -> Iterator[Sight]:
        for exchange in self.asked:
            yield from read_sights(exchange)
        for exchange in self.heard:
            yield from read_callback(exchange)


def _claim(creation: Creation) -> tuple[str | None, str | None, str | None]:
    return creation.account, creation.key, creation.task


def _is_repeated(creation: Creation, first: Mapping[tuple[str | None, str | None, str | None], Creation]) -> bool:
    """Tell whether a request got the task that another one with its key had got, though the answer may not say so."""
    if creation.key is None or creation.task is None:
        return False
    return first.get(_claim(creation), creation) is not creation
