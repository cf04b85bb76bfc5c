"""What rules on failures look at: the requests that were tried again, and how long that took."""

from collections import defaultdict
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Final

from contracts.recording.calls import Call, Wait
from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.operations import DOWNLOAD
from contracts.recording.replies import reply_of
from contracts.recording.timing import RetryAfter, retry_after

HOUR: Final = 3600.0
"""Up to how many seconds somebody is expected to wait because an answer says so."""

_GIVEN_UP: Final = 60.0
"""After how many seconds without another request something was given up, where the client may not have ended."""

_DATE_STEP: Final = 1.0
"""By how many seconds what a date asks for is uncertain."""

_RETRY_AFTER: Final = "retry-after"


def judged_calls(record: ClientRecord) -> tuple[Call, ...]:
    """Return the calls of the API and those for results: what the client does elsewhere is nobody's business."""
    return record.once(_find_judged)


def _find_judged(record: ClientRecord) -> tuple[Call, ...]:
    return tuple(call for call in record.calls if call.operation == DOWNLOAD or record.is_api(call.first))


def lone_calls(record: ClientRecord) -> tuple[Call, ...]:
    """Find the calls of which it is sure which request repeats which.

    Of calls that ask for the same at the same time, nobody can tell whose repetition a later request is, unless an
    idempotency key does.
    """
    return record.once(_find_lone)


def _find_lone(record: ClientRecord) -> tuple[Call, ...]:
    alike: defaultdict[tuple[str, str, bytes], list[Call]] = defaultdict(list)
    lone: list[Call] = []
    for call in judged_calls(record):
        if call.key is not None and all(each.idempotency_key == call.key for each in call.attempts):
            lone.append(call)
        else:
            alike[call.first.method, call.first.url, call.first.request_body].append(call)
    for calls in alike.values():
        lone.extend(_without_twins(calls))
    return tuple(lone)


def _without_twins(calls: list[Call]) -> Iterator[Call]:
    """Find the calls, of some in the order in which they began, during which no other one was under way."""
    busy_until = float("-inf")
    for place, call in enumerate(calls):
        next_start = calls[place + 1].first.started_at if place + 1 < len(calls) else float("inf")
        if busy_until <= call.first.started_at and call.ended_at <= next_start:
            yield call
        busy_until = max(busy_until, call.ended_at)


def own_waits(record: ClientRecord, call: Call) -> Iterator[Wait]:
    """Find the waits of a call that the client itself chose, each before it tried again what may work later."""
    for wait in call.waits:
        if reply_of(wait.before).retryable and is_own(record, call, wait):
            yield wait


def is_own(record: ClientRecord, call: Call, wait: Wait) -> bool:
    """Tell whether the client alone chose to ask again: no hand moved anything, and no callback gave it a reason."""
    task = record.tasks.get(call.task or "")
    calls_back = task is not None and any(_lies_in(wait, delivery) for delivery in task.deliveries)
    return wait.seconds >= 0 and not calls_back and not record.disturbed(wait.before.ended_at, wait.after.started_at)


def _lies_in(wait: Wait, delivery: Exchange) -> bool:
    return wait.before.ended_at <= delivery.ended_at and delivery.started_at <= wait.after.started_at


def hint_of(exchange: Exchange, hint: RetryAfter | None) -> RetryAfter | None:
    """Return what an answer says of when to come back; None if it says nothing, or several things."""
    told = sum(name == _RETRY_AFTER for name, _ in exchange.response_headers)
    return hint if told == 1 else None


def asked_seconds(exchange: Exchange, hint: RetryAfter) -> float | None:
    """Return for how many seconds at least a hint asks to wait, however it is read; None if it cannot be read by all.

    A date counts from the answer's Date, or from the client's own clock, whichever is less; its second may be over by
    up to one, since dates have whole seconds. Dates in old forms need not be known any more.
    """
    if hint.seconds is None or hint.form == "old date":
        return None
    if hint.form == "seconds":
        return hint.seconds
    return min(hint.seconds - _DATE_STEP, parsedate_to_datetime(hint.text).timestamp() - exchange.ended_at)


def asks_too_much(exchange: Exchange) -> bool:
    """Tell whether an answer asks for a wait of more than an hour, so that who gives up is right (D5)."""
    hint = hint_of(exchange, retry_after(exchange))
    return hint is not None and (asked_seconds(exchange, hint) or 0) > HOUR


def is_over(record: ClientRecord, exchange: Exchange) -> bool:
    """Tell whether the client would have gone on by now: a record of real time may end while it still waits."""
    return record.view.clock != "real" or record.ended_at > exchange.ended_at + _GIVEN_UP
