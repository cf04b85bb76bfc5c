"""Callbacks as a receiver got and answered them: what the rules on receivers have in common."""

from collections.abc import Iterator
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.client_tasks import ClientTask
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.sights import Sight, read_callback
from contracts.recording.timing import comes_early, latest
from contracts.rules.future.novelties import find_novelties
from contracts.rules.polling.following import USUAL, estimate_in

PATIENCE: Final = 10.0
"""After how many seconds an attempt at a callback is given up (CB-TIMEOUT)."""

ATTEMPTS: Final = 4
"""How often a callback is sent at most: once, and three times more (CB-RETRIES)."""

_LARGEST: Final = 2**20
"""The size in bytes of the largest body that a receiver has to take."""


def has_receiver(record: ClientRecord) -> bool:
    """Tell whether a record has callbacks in it, or tasks that were to have some."""
    return bool(record.received) or any("callback_url" in call.body for call in record.creates)


def is_readable(exchange: Exchange) -> bool:
    """Tell whether a callback has the form that the pages describe: POST, JSON, an object with an id, of usual size."""
    kind = (exchange.header("content-type") or "application/json").partition(";")[0].strip().lower()
    plain = kind == "application/json" and exchange.header("content-encoding") is None
    fits = exchange.method == "POST" and len(exchange.request_body) <= _LARGEST
    return plain and fits and next(read_callback(exchange), None) is not None


def is_unreadable(exchange: Exchange) -> bool:
    """Tell whether a body came that is no JSON; what is not in the record is not known."""
    known = "request" not in exchange.omitted and exchange.header("content-encoding") is None
    return known and exchange.sent is NO_JSON


def is_unusual(sight: Sight) -> bool:
    """Tell whether a callback says something in a way that today's pages do not describe."""
    return not sight.states or bool(find_novelties(sight))


def deliveries_of(task: ClientTask) -> Iterator[Sight]:
    """Find the callbacks about a task whose bodies are known and can be read."""
    for sight in task.sights if task.deliveries else ():
        if sight.way == "callback" and "request" not in sight.exchange.omitted and is_readable(sight.exchange):
            yield sight


def is_late(exchange: Exchange) -> bool:
    """Tell whether an answer came too late for the sender, or the sender gave up waiting for it."""
    took = exchange.ended_at - exchange.started_at
    return took >= PATIENCE if exchange.status is not None else not comes_early(took, PATIENCE)


def is_accepted(exchange: Exchange) -> bool:
    """Tell whether the sender was told that a callback had been taken (CB-SUCCESS)."""
    return exchange.succeeded and not is_late(exchange)


def is_timed(record: ClientRecord, exchange: Exchange) -> bool:
    """Tell whether the time that an answer took is the receiver's own.

    A callback that came, and was answered, while a clock was moved by hand has the times of that clock. Of a task whose
    creation a plan struck, the plan may have made the callback slow.
    """
    start, end = exchange.started_at, exchange.ended_at
    moved = any(start < event.at < end or start < event.to < end for event in record.events)
    return not (moved or exchange.faults or any(_is_planned(record, sight.task) for sight in read_callback(exchange)))


def _is_planned(record: ClientRecord, task: str) -> bool:
    """Tell whether a plan struck the creation of a task of the record."""
    creation = record.tasks[task].creation
    return creation is not None and any(attempt.faults for attempt in creation.attempts)


def _estimate_of(task: ClientTask) -> float | None:
    """Return how many seconds a task was to take, as its creation told; None if it did not."""
    created = next((sight for sight in task.answers if sight.way == "create"), None)
    return None if created is None else estimate_in(created)


def was_left(record: ClientRecord, task: ClientTask, since: float) -> bool | None:
    """Tell whether a client asked no more about a task, although it had the time to; None if that cannot be told."""
    asked = (*task.polls, *task.downloads, *(sight.exchange for sight in task.answers if sight.way != "create"))
    if record.listed_at >= since or any(exchange.ended_at >= since for exchange in asked):
        return False
    estimate = _estimate_of(task)
    until = None if estimate is None else since + latest(max(estimate, USUAL))
    if until is None or record.ended_at <= until or record.disturbed(since, until):
        return None
    return True
