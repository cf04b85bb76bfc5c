"""What asking twice for one task costs, and how far a record tells that the two ask for one."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice, takewhile, zip_longest
from typing import Any, Final

from contracts.recording.calls import Call, Wait
from contracts.recording.client import ClientRecord
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.marks import is_comparable
from contracts.recording.operations import LIST_TASKS, READ_CREDITS, operation_of
from contracts.recording.replies import Reply, created_task, reply_of

_BESIDE: Final = 1.0
"""Within how many seconds calls begin that are made side by side."""

_NAMED: Final = 3
"""How many tasks that nobody knows of are named."""


def is_keyed(wait: Wait) -> bool:
    """Tell whether the later request has the idempotency key of the earlier one, and so costs nothing (IDEM-REPLAY)."""
    key = wait.before.idempotency_key
    return key is not None and wait.after.idempotency_key == key


def has_new_key(wait: Wait) -> bool:
    """Tell whether both requests have an idempotency key, and not the same one."""
    keys = (wait.before.idempotency_key, wait.after.idempotency_key)
    return None not in keys and not is_keyed(wait)


def plain_body(exchange: Exchange) -> Any:
    """Return what a request asks for as JSON; `NO_JSON` if some of it was taken out, so that others may look alike."""
    known = "request" not in exchange.omitted and is_comparable(exchange.request_body.decode("utf-8", "replace"))
    return exchange.sent if known else NO_JSON


def ask_the_same(one: Exchange, other: Exchange) -> bool:
    """Tell whether two requests surely ask for the same."""
    body = plain_body(one)
    return body is not NO_JSON and plain_body(other) == body


def is_interrupted(record: ClientRecord, start: float, end: float) -> bool:
    """Tell whether a new intent may begin between two times: something was done by hand, or the client reported."""
    told = (report.at for report in record.reported if report.at is not None)
    return record.disturbed(start, end) or any(start <= at <= end for at in told)


def tries(record: ClientRecord) -> Iterator[tuple[Exchange, Reply, Wait | None]]:
    """Find the requests for a task: each with what came of it, and with the one that repeats it, if there is one.

    Left out is what another request only seems to repeat, and what was not over when it was repeated.
    """
    for call in record.creates:
        for attempt, wait in zip_longest(call.attempts, call.waits):
            if wait is None or is_same(record, call, wait):
                yield attempt, reply_of(attempt), wait


def is_same(record: ClientRecord, call: Call, wait: Wait) -> bool:
    """Tell whether a request surely repeats an earlier one of its call that was over, for the same intent."""
    if wait.seconds < 0 or is_interrupted(record, wait.before.ended_at, wait.after.started_at):
        return False
    return is_keyed(wait) or (plain_body(wait.after) is not NO_JSON and not _has_twin(record, call))


def _has_twin(record: ClientRecord, call: Call) -> bool:
    """Tell whether the same was wanted more than once at about one time, so that nobody can tell what repeats what."""
    body, start = plain_body(call.first), call.first.started_at
    first = bisect_left(record.creates, start - _BESIDE, key=_begin)
    beside = takewhile(lambda other: _begin(other) <= start + _BESIDE, islice(record.creates, first, None))
    return any(other is not call and plain_body(other.first) == body for other in beside)


def _begin(call: Call) -> float:
    return call.first.started_at


def find_checks(record: ClientRecord) -> list[Exchange]:
    """Find the times that the client looked at all of its tasks, or at its credits."""
    return [each for each in record.api if operation_of(each) in {LIST_TASKS, READ_CREDITS} and each.succeeded]


def is_checked(checks: list[Exchange], wait: Wait) -> bool:
    """Tell whether the client looked, between a request and the next, at what became of it."""
    start, end = wait.before.ended_at, wait.after.started_at
    return any(start <= check.started_at <= check.ended_at <= end for check in checks)


def tell_cost(record: ClientRecord, exchange: Exchange) -> str:
    """Say what a request for a task costs, as far as that is known."""
    task = created_task(exchange)
    if task is None:
        return "what it costs is not known"
    cost = record.cost(task)
    return f"it costs {'an unknown number of' if cost is None else f'{cost:g}'} credits ({task})"


def tell_second(record: ClientRecord, wait: Wait) -> str:
    """Say how a request was repeated, and what the second one costs; what the first one costs too, where it shows."""
    key = wait.after.idempotency_key
    how = "without an idempotency key" if key is None else "with another idempotency key"
    again = f"request {wait.before.number} again as {wait.after.number}, {wait.seconds:.1f} s later, {how}"
    return "; ".join((again, tell_cost(record, wait.after), *_unknown(record)))


def _unknown(record: ClientRecord) -> Iterator[str]:
    """Tell what is paid for although the client never heard of it."""
    paid = [task for task, cost in record.charges.items() if cost > 0 and task not in record.tasks]
    for task in paid[:_NAMED]:
        yield f"{task}, which the client never heard of, costs {record.charges[task]:g} credits too"


def creations(record: ClientRecord) -> Iterator[Call]:
    """Find the calls that are known to have created a task."""
    return (call for call in record.creates if call.tasks)
