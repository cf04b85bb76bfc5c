"""The record of a client: what it asked, what it was told, what it was called back about, and what it said of it.

All times are of the client's own clock: of a virtual one as its sleeps move it, else real time. So what a server says
of seconds is seconds here.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias, TypeVar

import msgspec

from contracts.recording.accounts import account_of
from contracts.recording.calls import Call, group_calls
from contracts.recording.client_tasks import ClientTask
from contracts.recording.exchange import Exchange
from contracts.recording.operations import BATCH_TASKS, CREATE_TASK, LIST_TASKS, QUERY_TASK
from contracts.recording.origins import find_apis, find_downloads, find_links, origin_of
from contracts.recording.process import Leak, Stop
from contracts.recording.record import Record, began
from contracts.recording.sights import Sight, asked_task, number_in, read_callback, read_sights

Found = TypeVar("Found")

Clock: TypeAlias = Literal["real", "scaled", "virtual"]
"""What the times are: real; real, while the server's runs at another pace; or those of a clock that sleeps move."""

Sense: TypeAlias = Literal["connections", "tls", "hosts", "receiver", "keys", "bodies", "output"]
"""What a recorder sees all of: connections; handshakes, also those that fail; hosts that the client talks to; callbacks
and their answers; keys as they are sent; bodies; what the client prints and writes."""

TRAFFIC: Final[frozenset[Sense]] = frozenset({"keys", "bodies", "connections"})
"""What a simulator, or a proxy that reads along, sees of the traffic."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """How a record came about, and what was seen from there.

    Args:
        clock: What the times are.
        pace: The seconds of the server's time in one of the client's.
        sees: What the recorder saw all of; that something else is missing means nothing.
        simulated: Whether our simulator answered, so that what went wrong by plan is named in `faults`.
        impostor: What is wrong with the certificate that was shown in the API's name; None if nothing is.
    """

    clock: Clock = "real"
    pace: float = 1.0
    sees: frozenset[Sense] = frozenset()
    simulated: bool = False
    impostor: str | None = None


Said: TypeAlias = Literal["completed", "failed", "timeout", "error"]
"""What may come of a thing, as a client says: a video; a task that brought none; a client that waited no longer; any
other error."""


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """What the client said came of one thing that it was asked to do.

    Args:
        outcome: What came of it.
        task: The task's id, if the client told.
        error: The class of the error, in the client's words.
        message: What the error says.
        path: Where the client put the video.
        sha256: The digest of that, in hex.
        at: When the client said so.
        wanted: The body that it was to ask for.
        facts: What else it told.
    """

    outcome: Said
    task: str | None = None
    error: str | None = None
    message: str | None = None
    path: str | None = None
    sha256: str | None = None
    at: float | None = None
    wanted: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] = {}

    def number(self, fact: str) -> float | None:
        """Return a fact that is a number; None if it was not told, or is none."""
        return number_in(self.facts, fact)


class ClientRecord(Record, frozen=True, kw_only=True, dict=True):
    """What a client did, to whatever host, and what was done to it.

    Args:
        reported: What it said came of it.
        charges: What tasks cost in credits, by id, where that is known.
        apis: The origins of the API; if there are none, those that the traffic shows.
        view: How the record came about.
        leaks: Where secrets stood in what it printed and wrote.
        stops: The times that it was told to end.
    """

    reported: tuple[Reported, ...] = ()
    charges: Mapping[str, float] = {}
    apis: tuple[str, ...] = ()
    view: View = View()
    leaks: tuple[Leak, ...] = ()
    stops: tuple[Stop, ...] = ()

    @cached_property
    def origins(self) -> frozenset[str]:
        """The origins of the API."""
        return frozenset(self.apis) or find_apis(self.asked)

    @cached_property
    def api(self) -> tuple[Exchange, ...]:
        """The requests to the API, in order."""
        near = (exchange for exchange in self.asked if origin_of(exchange.url) in self.origins)
        return tuple(exchange for exchange in near if exchange.number not in self._fetched)

    @cached_property
    def elsewhere(self) -> tuple[Exchange, ...]:
        """The requests that are not to the API, those for results among them, in order."""
        return tuple(exchange for exchange in self.asked if not self.is_api(exchange))

    def is_api(self, exchange: Exchange) -> bool:
        """Tell whether one of the client's requests is to the API: to its hosts, and not for a result there."""
        return exchange.number in self._of_api

    @cached_property
    def accounts(self) -> frozenset[str]:
        """The fingerprints of the keys that the client sent to the API."""
        return frozenset(filter(None, map(account_of, self.api)))

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """What the client wanted, each with all requests for it, in the order in which it first asked."""
        return group_calls(self.asked, frozenset(self._fetched))

    def calls_of(self, *operations: str) -> tuple[Call, ...]:
        """Return the calls of some operations, by their ids."""
        return tuple(call for call in self.calls if call.operation in operations and self.is_api(call.first))

    @cached_property
    def creates(self) -> tuple[Call, ...]:
        """The calls that ask for a task."""
        return self.calls_of(CREATE_TASK)

    @cached_property
    def queries(self) -> tuple[Call, ...]:
        """The calls that ask for a task's state: each poll with its repetitions."""
        return self.calls_of(QUERY_TASK)

    @cached_property
    def tasks(self) -> Mapping[str, ClientTask]:
        """The tasks that the client was shown or asked for, by id, in the order in which it first knew of them."""
        sights, polls = defaultdict[str, list[Sight]](list), defaultdict[str, list[Exchange]](list)
        downloads, deliveries = defaultdict[str, list[Exchange]](list), defaultdict[str, list[Exchange]](list)
        for exchange in self.asked:
            asked = asked_task(exchange) if self.is_api(exchange) else None
            if asked is not None:
                polls[asked].append(exchange)
            if exchange.number in self._fetched:
                downloads[self._fetched[exchange.number]].append(exchange)
        shown = (sight for sight in self._shown if self.is_api(sight.exchange))
        for sight in sorted((*shown, *self._told), key=lambda sight: began(sight.exchange)):
            sights[sight.task].append(sight)
            if sight.way == "callback":
                deliveries[sight.task].append(sight.exchange)
        made = {task: call for call in reversed(self.creates) for task in call.tasks}
        return {
            task: ClientTask(
                id=task,
                sights=tuple(sights[task]),
                creation=made.get(task),
                polls=tuple(polls[task]),
                downloads=tuple(downloads[task]),
                deliveries=tuple(deliveries[task]),
            )
            for task in dict.fromkeys((*sights, *polls))
        }

    @cached_property
    def called_at(self) -> Mapping[str, tuple[ClientTask, ...]]:
        """The tasks that are to be called back, by the URL."""
        found = defaultdict[str, list[ClientTask]](list)
        for task in self.tasks.values():
            if task.callback_url is not None:
                found[task.callback_url].append(task)
        return {url: tuple(tasks) for url, tasks in found.items()}

    @cached_property
    def listed_at(self) -> float:
        """When the client last had an answer about several tasks, a list or a batch."""
        asked = (attempt for call in self.calls_of(LIST_TASKS, BATCH_TASKS) for attempt in call.attempts)
        return max((attempt.ended_at for attempt in asked), default=float("-inf"))

    @cached_property
    def struck(self) -> Mapping[str, tuple[Exchange, ...]]:
        """The plans that struck, by name, each with the exchanges that it struck."""
        found = defaultdict[str, list[Exchange]](list)
        for exchange in (*self.asked, *self.heard):
            for fault in exchange.faults:
                found[fault].append(exchange)
        return {name: tuple(exchanges) for name, exchanges in found.items()}

    def cost(self, task: str) -> float | None:
        """Return what a task costs in credits: charged, or set aside as long as it may be; None if nobody knows."""
        if task in self.charges:
            return self.charges[task]
        known = self.tasks.get(task)
        for sight in reversed(known.answers if known else ()):
            if sight.ended and sight.status != "completed":
                return 0.0
            amount = sight.used if sight.ended and sight.used is not None else sight.reserved
            if amount is not None:
                return amount
        return None

    def report_of(self, task: str) -> Reported | None:
        """Return what the client reported of a task: by its id, or if there is just one report and one task."""
        only = len(self.reported) == len(self.tasks) == 1
        return next((each for each in self.reported if each.task == task or (only and each.task is None)), None)

    def once(self, find: Callable[["ClientRecord"], Found]) -> Found:
        """Return what a function finds in the record; whoever asks, it looks only once."""
        if find not in self._found:
            self._found[find] = find(self)
        found: Found = self._found[find]
        return found

    @cached_property
    def _found(self) -> dict[Callable[["ClientRecord"], Any], Any]:
        """What functions found in the record, by the functions."""
        return {}

    @cached_property
    def _of_api(self) -> frozenset[int]:
        return frozenset(exchange.number for exchange in self.api)

    @cached_property
    def _shown(self) -> tuple[Sight, ...]:
        """The times that an answer of whatever host showed a task."""
        return tuple(sight for exchange in self.asked for sight in read_sights(exchange))

    @cached_property
    def _told(self) -> tuple[Sight, ...]:
        """The times that a callback told of a task."""
        return tuple(sight for exchange in self.heard for sight in read_callback(exchange))

    @cached_property
    def _fetched(self) -> dict[int, str]:
        """The numbers of the requests for results, each with its task."""
        return find_downloads(self.asked, find_links((*self._told, *self._shown)), self.origins)
