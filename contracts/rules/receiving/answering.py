"""What a receiver answers: in time, with 2xx to what it can take, and nothing secret (E1, E5, E7 to E9, E13, E14)."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from contracts.recording.client import ClientRecord
from contracts.recording.client_tasks import ClientTask
from contracts.recording.exchange import Exchange
from contracts.recording.marks import is_redacted
from contracts.recording.sights import Sight, read_callback
from contracts.rules.receiving.callbacks import (
    ATTEMPTS,
    PATIENCE,
    deliveries_of,
    has_receiver,
    is_accepted,
    is_late,
    is_readable,
    is_timed,
    is_unreadable,
    is_unusual,
)
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

_REFUSALS: Final = range(400, 500)
_LATER: Final = frozenset({408, 425, 429})
"""Refusals that ask to come again."""

_UNREAD: Final = frozenset({400, 415, 422, 500})
"""What a receiver answers that could not read a body."""

_REDIRECTS: Final = range(300, 400)
_CROWD: Final = 50
_TELLING: Final = 24
"""From how many characters on a text is known again in an answer."""


def check_haste(record: ClientRecord) -> Examination:
    """E1: yield for each callback that was answered, or not in time, and for each task whose callbacks were refused."""
    crowd = frozenset(exchange.number for exchange in _find_crowd(record))
    for exchange in record.heard:
        usual = is_readable(exchange) and exchange.number not in crowd
        if usual and is_late(exchange) and is_timed(record, exchange):
            yield _found(exchange, f"an answer within {PATIENCE:.0f} s", _describe_wait(exchange))
        elif usual and is_accepted(exchange):
            yield None
    for task in record.tasks.values():
        refused = _refused_for_good(task)
        if refused:
            seen = ", ".join(str(exchange.status) for exchange in refused)
            yield breach(task.id, "2xx to a callback as the page has it", seen, *refused)


def _refused_for_good(task: ClientTask) -> list[Exchange]:
    """Return the attempts at a task's callback if the receiver refused all, though it could not know of its end."""
    told = [sight for sight in deliveries_of(task) if sight.ended and not is_unusual(sight)]
    attempts = [sight.exchange for sight in told]
    refused = all(each.status in _REFUSALS and each.status not in _LATER and not each.faults for each in attempts)
    if task.creation is None or len(attempts) < ATTEMPTS or not refused or len(attempts) != len(task.deliveries):
        return []
    known = task.ended_at is not None and task.ended_at <= attempts[-1].started_at
    return [] if known else attempts


def _describe_wait(exchange: Exchange) -> str:
    took = exchange.ended_at - exchange.started_at
    return f"none in {took:.1f} s" if exchange.status is None else f"{exchange.status} after {took:.1f} s"


def check_tolerance(record: ClientRecord) -> Examination:
    """E5: yield for each task that a callback told of in another form than today's."""
    fine = any(
        is_accepted(sight.exchange)
        for task in record.tasks.values()
        for sight in deliveries_of(task)
        if not is_unusual(sight)
    )
    for task in record.tasks.values():
        unusual = [sight for sight in deliveries_of(task) if is_unusual(sight)]
        if any(is_accepted(sight.exchange) for sight in unusual):
            yield None
        elif task.creation is not None and _are_unread(unusual) and (fine or len(unusual) >= ATTEMPTS):
            yield _describe_unread(unusual)


def _are_unread(unusual: list[Sight]) -> bool:
    return len(unusual) > 1 and all(sight.exchange.status in _UNREAD for sight in unusual)


def _describe_unread(unusual: list[Sight]) -> Finding:
    expected = "2xx to a callback that has more in it, or a status that is not known"
    return breach(unusual[0].task, expected, f"{unusual[0].exchange.status} each time", *unusual)


def check_strangers(record: ClientRecord) -> Examination:
    """E7: yield for each callback about a task that the client never had to do with."""
    for exchange in record.heard:
        sight = next(read_callback(exchange), None)
        if sight is not None and "request" not in exchange.omitted and _is_strange(record, sight):
            crashed = exchange.status == HTTPStatus.INTERNAL_SERVER_ERROR
            expected = "2xx or 404 for a task that is not known"
            yield _found(exchange, expected, f"{exchange.status}") if crashed else None


def _is_strange(record: ClientRecord, sight: Sight) -> bool:
    """Tell whether a callback is about none of the tasks that were to be called back at its URL."""
    task = record.tasks[sight.task]
    known = any(exchange.started_at < sight.exchange.started_at for exchange in (*task.polls, *_shown(task)))
    return not known and task.creation is None and sight.exchange.url in record.called_at


def _shown(task: ClientTask) -> Iterator[Exchange]:
    return (sight.exchange for sight in task.answers)


def check_hanging(record: ClientRecord) -> Examination:
    """E8: yield for each request to the receiver that is no callback, or whose body is packed or very large."""
    for exchange in record.heard:
        if "request" not in exchange.omitted and not is_readable(exchange):
            if not is_late(exchange):
                yield None
            elif is_timed(record, exchange):
                expected = f"an answer within {PATIENCE:.0f} s to {_name(exchange)}"
                yield _found(exchange, expected, _describe_wait(exchange))


def _name(exchange: Exchange) -> str:
    if exchange.method != "POST":
        return f"a {exchange.method}"
    return "a body that is no JSON" if is_unreadable(exchange) else "a body of another kind, or size"


def check_redirects(record: ClientRecord) -> Examination:
    """E9: yield for each callback that was answered."""
    for exchange in record.heard:
        if exchange.status is not None:
            away = exchange.status in _REDIRECTS
            seen = f"{exchange.status} to {exchange.response_header('location') or 'nowhere'}"
            yield _found(exchange, "the answer at the callback URL itself, and no redirect", seen) if away else None


def _find_crowd(record: ClientRecord) -> tuple[Exchange, ...]:
    """Find the callbacks that came in a crowd: fifty and more that began within a second."""
    heard, found = record.heard, dict[int, Exchange]()
    first = 0
    for last, exchange in enumerate(heard):
        while exchange.started_at - heard[first].started_at > 1:
            first += 1
        if last - first + 1 >= _CROWD:
            found |= {
                each.number: each for each in (heard[first : last + 1] if last - first + 1 == _CROWD else [exchange])
            }
    return tuple(found.values())


def check_crowd(record: ClientRecord) -> Examination:
    """E13: yield for each callback of a crowd that was answered, or not in time."""
    for exchange in _find_crowd(record):
        if not is_late(exchange):
            yield None
        elif is_timed(record, exchange):
            expected = f"an answer within {PATIENCE:.0f} s, however many callbacks come at once"
            yield _found(exchange, expected, _describe_wait(exchange))


def check_reflection(record: ClientRecord) -> Examination:
    """E14: yield for each answer of the receiver that has a body."""
    for exchange in record.heard:
        if exchange.response_body:
            seen = _find_leak(record, exchange)
            expected = "no key, and nothing of the callback in an error"
            yield None if seen is None else _found(exchange, expected, seen)


def _find_leak(record: ClientRecord, exchange: Exchange) -> str | None:
    answer = exchange.response_body.decode("utf-8", "replace")
    head = "\n".join(value for _, value in exchange.response_headers)
    if any(account in answer or account in head for account in record.accounts):
        return "the client's key"
    if (exchange.status or 0) < HTTPStatus.BAD_REQUEST:
        return None
    told = (text for text in _texts(exchange.sent) if len(text) >= _TELLING and not is_redacted(text))
    found = next((text for text in told if text in answer), None)
    return None if found is None else f"what the callback said: {found[:60]}"


def _texts(value: Any) -> Iterator[str]:
    """Find the texts in a body but for the name of the task, which an error may name."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from () if name in {"id", "model", "object"} else _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _found(exchange: Exchange, expected: str, seen: str) -> Finding:
    subject = next((sight.task for sight in read_callback(exchange)), "")
    return breach(subject, expected, seen, exchange)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="E1",
        title="A callback is answered with 2xx within 10 seconds.",
        check=check_haste,
        clauses=("CB-TIMEOUT", "CB-SUCCESS", "CB-RETRIES"),
        exposure="A callback came.",
        advice="Put the callback into a queue, answer 204, and do the work after that.",
        applies=has_receiver,
    ),
    Rule(
        id="E5",
        title="A callback may have unknown members, an unknown status, and members that are null.",
        check=check_tolerance,
        ground=Ground.ROB,
        clauses=("CB-BODY",),
        exposure="A callback came in another form than today's.",
        advice="Let your model of the body pass over what it does not know, and ask the API for the state of the task.",
        applies=has_receiver,
    ),
    Rule(
        id="E7",
        title="A callback about an unknown task is answered with 2xx or 404, and breaks nothing.",
        check=check_strangers,
        level=Level.SHOULD,
        ground=Ground.ROB,
        exposure="A callback came about a task that the client never created.",
        advice="Look the id up, and answer 404 if it is none of yours, before you use it.",
        applies=has_receiver,
    ),
    Rule(
        id="E8",
        title="What is no callback is answered within 10 seconds as well.",
        check=check_hanging,
        ground=Ground.SEC,
        exposure="A request came to the receiver that is no callback: of another method or kind, or a huge one.",
        advice="Check method, Content-Type and length first, and limit the size and the time of what you read.",
        applies=has_receiver,
    ),
    Rule(
        id="E9",
        title="A callback is never answered with a redirect: it is not followed.",
        check=check_redirects,
        level=Level.SHOULD,
        clauses=("CB-SUCCESS",),
        exposure="A callback was answered.",
        advice="Give the URL in its final form as callback_url: https, the right host, with or without the last slash.",
        applies=has_receiver,
    ),
    Rule(
        id="E13",
        title="A crowd of callbacks is answered within 10 seconds each.",
        check=check_crowd,
        level=Level.SHOULD,
        clauses=("CB-TIMEOUT",),
        exposure="Fifty callbacks came within a second.",
        advice="Only store the callback before you answer; work through what is stored at your own pace.",
        applies=has_receiver,
    ),
    Rule(
        id="E14",
        title="Answers of the receiver have no key in them, and errors nothing of what was sent.",
        check=check_reflection,
        ground=Ground.SEC,
        exposure="A receiver's answer had a body.",
        advice="Answer with an empty body; turn pages of tracebacks off, and log instead.",
        applies=has_receiver,
    ),
)
"""The rules on answers to callbacks."""
