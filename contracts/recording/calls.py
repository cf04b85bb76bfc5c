"""What a client wanted, as opposed to how often it asked: requests put together with their repetitions.

A request belongs to an earlier one if it has its Idempotency-Key. Without that, it does if it asks for the same thing
and began after the earlier one had ended without success: then it is that one again. Whoever asks while the first is
still being answered, or after it has succeeded, wants something else.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, TypeAlias

import msgspec

from contracts.recording.accounts import account_of
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.operations import DOWNLOAD, operation_of
from contracts.recording.replies import Reply, created_task, reply_of
from contracts.recording.sights import asked_task
from contracts.recording.timing import RetryAfter, retry_after

_BOUNDARY: Final = "boundary="

_Key: TypeAlias = tuple[str, str, str | None, str]
_Likeness: TypeAlias = tuple[str, str, str, str | None, bytes]


class Wait(msgspec.Struct, frozen=True, dict=True):
    """The time between two requests."""

    before: Exchange
    after: Exchange

    @property
    def seconds(self) -> float:
        """From the end of the earlier answer to the beginning of the later request; less than none if they overlap."""
        return self.after.started_at - self.before.ended_at

    @cached_property
    def hint(self) -> RetryAfter | None:
        """What the earlier answer said of when to come back."""
        return retry_after(self.before)


class Call(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One thing that a client wanted.

    Args:
        operation: The operation's id; `DOWNLOAD` for the video of a result; nothing if no page describes it.
        attempts: The requests for it, in the order in which they began; at least one.
    """

    operation: str
    attempts: tuple[Exchange, ...]

    @property
    def first(self) -> Exchange:
        """The first request."""
        return self.attempts[0]

    @property
    def last(self) -> Exchange:
        """The last request."""
        return self.attempts[-1]

    @property
    def key(self) -> str | None:
        """The idempotency key of the first request."""
        return self.first.idempotency_key

    @property
    def body(self) -> dict[str, Any]:
        """What was asked for; empty if it is no JSON object."""
        sent = self.first.sent
        return sent if isinstance(sent, dict) else {}

    @cached_property
    def replies(self) -> tuple[Reply, ...]:
        """What came of each request."""
        return tuple(map(reply_of, self.attempts))

    @cached_property
    def waits(self) -> tuple[Wait, ...]:
        """The times between each request and the next."""
        return tuple(Wait(before, after) for before, after in pairwise(self.attempts))

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        """The ids of the tasks that the requests are known to have created: with more than one, it was paid twice."""
        return tuple(dict.fromkeys(task for task in map(created_task, self.attempts) if task is not None))

    @property
    def task(self) -> str | None:
        """The id of the task that was created or asked for; None if there is none, or nobody knows it."""
        return asked_task(self.first) or next(iter(self.tasks), None)

    @property
    def ended_at(self) -> float:
        """When the last answer was there."""
        return max(attempt.ended_at for attempt in self.attempts)


def group_calls(exchanges: Iterable[Exchange], downloads: frozenset[int] = frozenset()) -> tuple[Call, ...]:
    """Put requests together with their repetitions.

    Args:
        exchanges: The requests, in the order in which they began.
        downloads: The numbers of those that fetch a result.
    """
    grouping = _Grouping(tuple(exchanges), downloads)
    return tuple(Call(operation=draft.operation, attempts=tuple(draft.attempts)) for draft in grouping.drafts)


class _Draft:
    """A call as far as it is known: what was asked, what came of it, and when that was over."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        self.attempts: list[Exchange] = []
        self.ended_at = float("-inf")
        self.succeeded = False
        self.key: str | None = None

    def add(self, exchange: Exchange, key: str | None) -> None:
        """Take in a request."""
        self.attempts.append(exchange)
        self.ended_at = max(self.ended_at, exchange.ended_at)
        self.succeeded = self.succeeded or reply_of(exchange) is Reply.SUCCESS
        self.key = key


class _Grouping:
    """Requests as they are put together."""

    def __init__(self, exchanges: tuple[Exchange, ...], downloads: frozenset[int]) -> None:
        self.drafts: list[_Draft] = []
        self._downloads = downloads
        self._keyed: dict[_Key, _Draft] = {}
        self._unanswered: defaultdict[_Likeness, list[_Draft]] = defaultdict(list)
        keys = Counter(_name(exchange, key) for exchange in exchanges if (key := _read_key(exchange)) is not None)
        self._repeats = any(times > 1 for times in keys.values())
        for exchange in exchanges:
            self._place(exchange)

    def _place(self, exchange: Exchange) -> None:
        key = _read_key(exchange)
        name = None if key is None else _name(exchange, key)
        likeness = _liken(exchange)
        draft = self._keyed.get(name) if name is not None else None
        waiting = self._unanswered[likeness]
        draft = draft or self._find(waiting, exchange, key) or self._begin(exchange, waiting)
        draft.add(exchange, key)
        if name is not None:
            self._keyed[name] = draft
        if draft.succeeded:
            self._unanswered[likeness] = [other for other in waiting if other is not draft]

    def _find(self, waiting: list[_Draft], exchange: Exchange, key: str | None) -> _Draft | None:
        """Find what a request is again: of the calls that want the same, the one that has waited longest."""
        found = (
            draft
            for draft in waiting
            if not draft.succeeded and draft.ended_at <= exchange.started_at and (draft.key == key or not self._repeats)
        )
        return min(found, key=lambda draft: draft.ended_at, default=None)

    def _begin(self, exchange: Exchange, waiting: list[_Draft]) -> _Draft:
        draft = _Draft(DOWNLOAD if exchange.number in self._downloads else operation_of(exchange))
        self.drafts.append(draft)
        waiting.append(draft)
        return draft


def _read_key(exchange: Exchange) -> str | None:
    return exchange.idempotency_key if exchange.method == "POST" else None


def _name(exchange: Exchange, key: str) -> _Key:
    return exchange.method, exchange.path, account_of(exchange), key


def _liken(exchange: Exchange) -> _Likeness:
    """Return what two requests have in common that ask for the same."""
    operation = operation_of(exchange)
    place = exchange.path if operation else exchange.url
    query = exchange.parts.query
    query = "&".join(sorted(query.split("&"))) if "&" in query else query
    return exchange.method, place, query, account_of(exchange), _canonical(exchange)


def _canonical(exchange: Exchange) -> bytes:
    """Return a body so that equal ones are equal: without the order of fields, and what parts of a form are kept by."""
    if not exchange.request_body:
        return b"" if exchange.method == "GET" else (exchange.header("content-length") or "").encode()
    if exchange.sent is not NO_JSON:
        return msgspec.json.encode(exchange.sent, order="sorted")
    _, found, boundary = (exchange.header("content-type") or "").partition(_BOUNDARY)
    return exchange.request_body.replace(boundary.strip('"').encode(), b"") if found else exchange.request_body
