"""What a callback says: the task at its end, once its money is booked, as a query shows it (K1 to K3, K12)."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from contracts.invariants.callbacks.waiting import GRACE, has_waited
from contracts.invariants.lifecycle.courses import lasting
from contracts.recording.exchange import Exchange
from contracts.recording.lifecycle import TERMINAL
from contracts.recording.operations import QUERY_TASK
from contracts.recording.server import SeenCallback, ServerRecord
from contracts.recording.sights import Sight, part, read_callback
from contracts.verdict import Examination, Finding, Ground, Rule, breach
from openapi.operations import load_operations

_DETAIL: Final = load_operations()[QUERY_TASK]
_SHOWN: Final = 80
_PRIVATE: Final = ("authorization", "proxy-authorization", "cookie", "referer", "x-api-key")
_BOOKED: Final = {"completed": "charged", "failed": "released", "cancelled": "released"}


def check_occasion(record: ServerRecord) -> Examination:
    """K1: yield for each callback, and for each ended task whose callback was waited for."""
    for sight in _callbacks(record):
        yield _check_occasion(record, sight)
    for callback in fit_callbacks(record):
        last = callback.task.last
        if last is not None and not callback.attempts and has_waited(record, last.true_from, GRACE):
            seen = f"none until {record.ended_at - last.true_from:.0f} s after its end was seen"
            expected = f"a callback at {callback.url}, as the task is {last.status}"
            yield breach(callback.task.id, expected, seen, last)


def _check_occasion(record: ServerRecord, sight: Sight) -> Finding | None:
    if sight.status not in TERMINAL:
        return breach(
            sight.task, f"a callback once the task is {', '.join(sorted(TERMINAL))}", f"{sight.status!r}", sight
        )
    task = record.tasks[sight.task]
    if task.unended_until > sight.exchange.ended_at:
        return breach(sight.task, "a callback after the end of the task", "the task was seen unended after it", sight)
    wanted = sorted(each.id for each in record.tasks.values() if each.callback_url == sight.exchange.url)
    if wanted and sight.task not in wanted:
        return breach(sight.task, f"the callback of {' or '.join(wanted)}", f"that of {sight.task}", sight)
    if task.creation is not None and task.callback_url is None:
        return breach(
            sight.task, "no callback for a task without a callback_url", f"one at {sight.exchange.path}", sight
        )
    return None


def check_booking(record: ServerRecord) -> Examination:
    """K2: yield for each callback that shows its money, and each task that was read after it."""
    for callback in record.callbacks:
        for sight in _sights(callback):
            told = part(sight.body, "billing").get("charge_status")
            if told is not None and sight.status in _BOOKED:
                wanted = _BOOKED[sight.status]
                expected = f"charge_status {wanted} in the callback of a {sight.status} task"
                yield None if told == wanted else breach(sight.task, expected, f"{told!r}", sight)
        yield from _check_later(callback)


def _check_later(callback: SeenCallback) -> Examination:
    """Yield for the first look at a task after its first callback that shows its money."""
    if not callback.attempts:
        return
    first = callback.attempts[0]
    for sight in callback.task.current:
        told = part(sight.body, "billing").get("charge_status")
        if sight.exchange.started_at > first.started_at and sight.way != "callback" and told is not None:
            expected = "the task's money booked, as its callback had come"
            late = breach(sight.task, expected, f"{told!r}", first, sight)
            yield late if told == "reserved" else None
            return


def check_body(record: ServerRecord) -> Examination:
    """K3: yield for each callback that was asked for."""
    for callback in record.callbacks:
        for exchange in callback.attempts:
            yield next(filter(None, (_check_body(callback, sight) for sight in read_callback(exchange))), None)
    known = {task.callback_url: task.id for task in record.tasks.values() if task.callback_url is not None}
    for exchange in record.heard:
        if exchange.url in known and not list(read_callback(exchange)):
            seen = f"{len(exchange.request_body)} bytes without the id of a task"
            expected = "the body of a task query, as JSON"
            yield breach(known[exchange.url], expected, seen, exchange)


def _check_body(callback: SeenCallback, sight: Sight) -> Finding | None:
    if sight.exchange.method != "POST":
        return breach(sight.task, "POST", sight.exchange.method, sight)
    for violation in _DETAIL.response_violations(HTTPStatus.OK, sight.exchange.sent):
        where = violation.path or "the body"
        return breach(
            sight.task, f"{where} {violation.message}, as in a task query", repr(violation.value)[:_SHOWN], sight
        )
    ended = (look for look in callback.task.current if look.way in {"query", "batch"} and look.ended)
    asked = next(ended, None)
    if asked is None:
        return None
    shown, sent = lasting(asked.body), lasting(sight.body)
    differing = sorted(name for name in shown.keys() | sent.keys() if shown.get(name) != sent.get(name))
    if differing or asked.body.keys() ^ sight.body.keys():
        other = ", ".join(differing or sorted(asked.body.keys() ^ sight.body.keys()))
        shown_by = sorted((asked, sight), key=lambda look: look.number)
        expected, seen = "the body that a query of the ended task shows", f"other values of {other}"
        return breach(sight.task, expected, seen, *shown_by)
    return None


def check_privacy(record: ServerRecord) -> Examination:
    """K12: yield for each callback."""
    for exchange in record.heard:
        subject = next((sight.task for sight in read_callback(exchange)), "")
        carried = [name for name in _PRIVATE if exchange.header(name) is not None] or _keys(record, exchange)
        expected = "a callback without keys, cookies and referrer"
        yield breach(subject, expected, ", ".join(carried), exchange) if carried else None


def _keys(record: ServerRecord, exchange: Exchange) -> list[str]:
    """Return where a callback carries an account's key, as the record masks it."""
    headers = (f"{name} {value}" for name, value in exchange.request_headers)
    text = "\n".join((exchange.url, *headers)).encode() + exchange.request_body
    return [f"the key of {name}" for name in record.accounts if name.encode() in text]


def fit_callbacks(record: ServerRecord) -> Iterator[SeenCallback]:
    """Find the callbacks that were to come."""
    return (callback for callback in record.callbacks if callback.listener.fit)


def _sights(callback: SeenCallback) -> Iterator[Sight]:
    for exchange in callback.attempts:
        yield from read_callback(exchange)


def _callbacks(record: ServerRecord) -> Iterator[Sight]:
    for exchange in record.heard:
        yield from read_callback(exchange)


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
