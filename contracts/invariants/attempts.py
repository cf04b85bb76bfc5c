"""What a callback says: the task at its end, once its money is booked, as a query shows it (K1 to K3, K12)."""

from collections.abc import Iterator
from typing import Final

from contracts.invariants.courses import lasting
from contracts.invariants.waiting import GRACE, has_waited
from contracts.recording.exchange import Exchange
from contracts.recording.history import Delivery, ServerRecord
from contracts.recording.lifecycle import TERMINAL
from contracts.recording.sights import Sight, part, read_callback
from contracts.verdict import Examination, Finding, Ground, Rule
from openapi.operations import load_operations

_DETAIL: Final = load_operations()["getTaskDetail"]
_OK: Final = 200
_SHOWN: Final = 80
_PRIVATE: Final = ("authorization", "proxy-authorization", "cookie", "referer", "x-api-key")
_BOOKED: Final = {"completed": "charged", "failed": "released", "cancelled": "released"}


def check_occasion(record: ServerRecord) -> Examination:
    """K1: yield for each callback, and for each ended task whose callback was waited for."""
    for sight in _callbacks(record):
        yield _check_occasion(record, sight)
    for delivery in fit_deliveries(record):
        last = delivery.task.last
        if last is not None and not delivery.attempts and has_waited(record, last.true_from, GRACE):
            seen = f"none until {record.ended_at - last.true_from:.0f} s after its end was seen"
            expected = f"a callback at {delivery.url}, as the task is {last.status}"
            yield Finding(subject=delivery.task.id, exchanges=(last.number,), expected=expected, seen=seen)


def _check_occasion(record: ServerRecord, sight: Sight) -> Finding | None:
    if sight.status not in TERMINAL:
        return _found(sight, f"a callback once the task is {', '.join(sorted(TERMINAL))}", f"{sight.status!r}")
    task = record.tasks[sight.task]
    if task.unended_until > sight.exchange.ended_at:
        return _found(sight, "a callback after the end of the task", "the task was seen unended after it")
    wanted = sorted(each.id for each in record.tasks.values() if each.callback_url == sight.exchange.url)
    if wanted and sight.task not in wanted:
        return _found(sight, f"the callback of {' or '.join(wanted)}", f"that of {sight.task}")
    if task.creation is not None and task.callback_url is None:
        return _found(sight, "no callback for a task without a callback_url", f"one at {sight.exchange.path}")
    return None


def check_booking(record: ServerRecord) -> Examination:
    """K2: yield for each callback that shows its money, and each task that was read after it."""
    for delivery in record.deliveries:
        for sight in _sights(delivery):
            told = part(sight.body, "billing").get("charge_status")
            if told is not None and sight.status in _BOOKED:
                wanted = _BOOKED[sight.status]
                expected = f"charge_status {wanted} in the callback of a {sight.status} task"
                yield None if told == wanted else _found(sight, expected, f"{told!r}")
        yield from _check_later(delivery)


def _check_later(delivery: Delivery) -> Examination:
    """Yield for the first look at a task after its first callback that shows its money."""
    if not delivery.attempts:
        return
    first = delivery.attempts[0]
    for sight in delivery.task.current:
        told = part(sight.body, "billing").get("charge_status")
        if sight.exchange.started_at > first.started_at and sight.way != "callback" and told is not None:
            expected, numbers = "the task's money booked, as its callback had come", (first.number, sight.number)
            late = Finding(subject=sight.task, exchanges=numbers, expected=expected, seen=f"{told!r}")
            yield late if told == "reserved" else None
            return


def check_body(record: ServerRecord) -> Examination:
    """K3: yield for each callback that was asked for."""
    for delivery in record.deliveries:
        for exchange in delivery.attempts:
            yield next(filter(None, (_check_body(delivery, sight) for sight in read_callback(exchange))), None)
    known = {task.callback_url: task.id for task in record.tasks.values() if task.callback_url is not None}
    for exchange in record.heard:
        if exchange.url in known and not list(read_callback(exchange)):
            seen = f"{len(exchange.request_body)} bytes without the id of a task"
            expected = "the body of a task query, as JSON"
            yield Finding(subject=known[exchange.url], exchanges=(exchange.number,), expected=expected, seen=seen)


def _check_body(delivery: Delivery, sight: Sight) -> Finding | None:
    if sight.exchange.method != "POST":
        return _found(sight, "POST", sight.exchange.method)
    for violation in _DETAIL.response_violations(_OK, sight.exchange.sent):
        where = violation.path or "the body"
        return _found(sight, f"{where} {violation.message}, as in a task query", repr(violation.value)[:_SHOWN])
    ended = (look for look in delivery.task.current if look.way in {"query", "batch"} and look.ended)
    asked = next(ended, None)
    if asked is None:
        return None
    shown, sent = lasting(asked.body), lasting(sight.body)
    differing = sorted(name for name in shown.keys() | sent.keys() if shown.get(name) != sent.get(name))
    if differing or asked.body.keys() ^ sight.body.keys():
        other = ", ".join(differing or sorted(asked.body.keys() ^ sight.body.keys()))
        numbers = tuple(sorted((asked.number, sight.number)))
        expected, seen = "the body that a query of the ended task shows", f"other values of {other}"
        return Finding(subject=sight.task, exchanges=numbers, expected=expected, seen=seen)
    return None


def check_privacy(record: ServerRecord) -> Examination:
    """K12: yield for each callback."""
    for exchange in record.heard:
        subject = next((sight.task for sight in read_callback(exchange)), "")
        carried = [name for name in _PRIVATE if exchange.header(name) is not None] or _keys(record, exchange)
        expected = "a callback without keys, cookies and referrer"
        leak = Finding(subject=subject, exchanges=(exchange.number,), expected=expected, seen=", ".join(carried))
        yield leak if carried else None


def _keys(record: ServerRecord, exchange: Exchange) -> list[str]:
    """Return where a callback carries an account's key, as the record masks it."""
    headers = (f"{name} {value}" for name, value in exchange.request_headers)
    text = "\n".join((exchange.url, *headers)).encode() + exchange.request_body
    return [f"the key of {name}" for name in record.accounts if name.encode() in text]


def fit_deliveries(record: ServerRecord) -> Iterator[Delivery]:
    """Find the deliveries that were to come."""
    return (delivery for delivery in record.deliveries if delivery.listener.fit)


def _sights(delivery: Delivery) -> Iterator[Sight]:
    for exchange in delivery.attempts:
        yield from read_callback(exchange)


def _callbacks(record: ServerRecord) -> Iterator[Sight]:
    for exchange in record.heard:
        yield from read_callback(exchange)


def _found(sight: Sight, expected: str, seen: str) -> Finding:
    return Finding(subject=sight.task, exchanges=(sight.number,), expected=expected, seen=seen)


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="K1",
        title="A callback is sent when its task is completed, failed or cancelled, and at no other time.",
        check=check_occasion,
        clauses=("CB-WHEN",),
        exposure="A callback came, or an ended task's callback was waited for a minute.",
        advice="Store the callback with the task, due at its end.",
    ),
    Rule(
        id="K2",
        title="The money of a task is booked before its callback is sent.",
        check=check_booking,
        clauses=("CB-AFTER-BILL",),
        exposure="A callback, or a look at its task after it, showed billing.",
        advice="Book first, then send; make the body after that.",
    ),
    Rule(
        id="K3",
        title="The body of a callback is that of a query of the task.",
        check=check_body,
        clauses=("CB-BODY",),
        exposure="A callback came.",
        advice="Shape both by one function.",
    ),
    Rule(
        id="K12",
        title="A callback carries no key, no cookie and no referrer.",
        check=check_privacy,
        ground=Ground.SEC,
        clauses=("CB-BODY",),
        exposure="A callback came.",
        advice="Send callbacks by a client of their own, that knows nothing of the API's.",
    ),
)
"""The rules on what a callback says."""
