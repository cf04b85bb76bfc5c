"""What a client does while the service is in trouble, or refuses it: D2, D7, D10 to D12."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from heapq import nlargest
from http import HTTPStatus
from typing import Final

from contracts.recording.accounts import account_of
from contracts.recording.calls import Call, Wait
from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.operations import BATCH_TASKS, CREATE_TASK, LIST_TASKS, QUERY_TASK
from contracts.recording.timing import comes_late, earliest, latest, retry_after
from contracts.rules.failures.retrying import (
    HOUR,
    asked_seconds,
    hint_of,
    is_over,
    is_own,
    judged_calls,
    lone_calls,
    own_waits,
)
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

_LIMITED: Final = frozenset({CREATE_TASK, QUERY_TASK, LIST_TASKS, BATCH_TASKS})
"""The operations that one limit of an account counts."""

_REPETITIONS: Final = {401: 1, 402: 0, 403: 1}
"""How often a request may be repeated soon after it was refused so: a key or a right may just have been given."""

_SOON: Final = 60.0
_UNDER_WAY: Final = 0.1
"""What begins so few seconds after an answer may have been under way before it came."""

_PASSING: Final = frozenset({500, 502, 503, 504})
_BURST: Final = 10
_PACE: Final = 2.0
"""How often a call may fail: ten times, and once more for each so many seconds."""

_CAP: Final = 30.0
"""What a backoff grows to at most."""


def check_refusals(record: ClientRecord) -> Examination:
    """D2: yield for each call but creates that was refused for its key, its credits or its rights."""
    for call in record.calls:
        if record.is_api(call.first) and call.operation != CREATE_TASK:
            for status, most in _REPETITIONS.items():
                if any(attempt.status == status for attempt in call.attempts):
                    yield _check_repetitions(record, call, status, most)


def _check_repetitions(record: ClientRecord, call: Call, status: int, most: int) -> Finding | None:
    soon = [
        wait
        for wait in call.waits
        if wait.before.status == status and wait.seconds < _SOON and is_own(record, call, wait)
    ]
    if len(soon) <= most:
        return None
    expected = f"no repetition after {status}" if not most else f"no more than {most} repetition after {status}"
    seen = f"{len(soon)}, each within {_SOON:g} s"
    return breach(call.first.place, expected, seen, soon[0].before, *(wait.after for wait in soon))


def check_shared_limit(record: ClientRecord) -> Examination:
    """D7: yield for each 429 with a wait after which the account asked for something else."""
    asked: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    exchanges: dict[int, tuple[Exchange, int]] = {}
    for place, call in enumerate(record.calls):
        for attempt in call.attempts if call.operation in _LIMITED else ():
            exchanges[attempt.number] = attempt, place
            asked[account_of(attempt) or ""].append((attempt.started_at, attempt.number))
    for starts in asked.values():
        starts.sort()
    for exchange, place in exchanges.values():
        wanted = _wanted(exchange) if exchange.status == HTTPStatus.TOO_MANY_REQUESTS else 0.0
        if wanted:
            starts = asked[account_of(exchange) or ""]
            later = starts[bisect_right(starts, (exchange.ended_at + _UNDER_WAY, 0)) :]
            other = next((exchanges[number][0] for _, number in later if exchanges[number][1] != place), None)
            wait = None if other is None else Wait(exchange, other)
            if wait is not None and is_own(record, record.calls[exchanges[wait.after.number][1]], wait):
                yield _check_other(wait, wanted)


def _wanted(exchange: Exchange) -> float:
    """Return for how many seconds an answer surely asks to wait; 0 if it does not, or for too long."""
    hint = hint_of(exchange, retry_after(exchange))
    seconds = None if hint is None else asked_seconds(exchange, hint)
    return seconds if seconds is not None and 1 <= seconds <= HOUR else 0.0


def _check_other(wait: Wait, wanted: float) -> Finding | None:
    if wait.seconds >= earliest(wanted):
        return None
    return breach(
        wait.after.place,
        f"nothing else asked within {wanted:g} s after 429",
        f"another request after {wait.seconds:.2f} s",
        wait.before,
        wait.after,
    )


def check_reads(record: ClientRecord) -> Examination:
    """D10: yield for each read, but polls, that met trouble on the server's side which may pass."""
    for call in judged_calls(record):
        first = call.first
        if first.method == "GET" and call.operation != QUERY_TASK and first.status in _PASSING:
            told = retry_after(first)
            excused = told is not None and (told.seconds or 0) > HOUR
            if len(call.attempts) > 1:
                yield None
            elif not excused and is_over(record, first):
                expected = f"another try after {first.status}, as reading costs nothing"
                yield breach(first.place, expected, "none", first)


def check_storms(record: ClientRecord) -> Examination:
    """D11: yield for each call that failed twice in a row with what may pass."""
    for call in judged_calls(record):
        for run in _failing_runs(call):
            yield _check_run(run)


def _failing_runs(call: Call) -> Iterator[list[Exchange]]:
    """Find the attempts that failed in a row, two or more of them."""
    run: list[Exchange] = []
    for attempt, reply in zip(call.attempts, call.replies, strict=True):
        if reply.retryable:
            run.append(attempt)
        else:
            yield from [run] if len(run) > 1 else []
            run = []
    yield from [run] if len(run) > 1 else []


def _check_run(run: list[Exchange]) -> Finding | None:
    """Check that at no time more attempts were made than a patient client makes."""
    begin, least = 0, 0.0
    for place, attempt in enumerate(run):
        ahead = place - (attempt.started_at - run[0].started_at) / _PACE
        if ahead < least:
            begin, least = place, ahead
        if ahead - least > _BURST - 1:
            seconds = attempt.started_at - run[begin].started_at
            expected = f"at most {_BURST + seconds / _PACE:.0f} tries in {seconds:.1f} s of failures"
            return breach(attempt.place, expected, f"{place - begin + 1}", *run[begin : place + 1])
    return None


def check_return(record: ClientRecord) -> Examination:
    """D12: yield for each time that a client came back after trouble; on a real clock a person may have let it."""
    if record.view.clock == "real":
        return
    rhythms: dict[str, list[tuple[float, int]]] = {}
    for call in lone_calls(record):
        for wait in own_waits(record, call):
            name = (call.task if call.operation == QUERY_TASK else None) or f"{call.first.number}"
            if name not in rhythms:
                rhythms[name] = _longest(record, call, name)
            others = (seconds for seconds, number in rhythms[name] if number != wait.after.number)
            yield from _check_return(wait, next(others, 0.0))


def _longest(record: ClientRecord, call: Call, name: str) -> list[tuple[float, int]]:
    """Return the client's two longest waits, for the task if it polled one, each with the request that ended it."""
    task = record.tasks.get(name)
    waits = call.waits if task is None else task.gaps
    return nlargest(2, ((wait.seconds, wait.after.number) for wait in waits))


def _check_return(wait: Wait, usual: float) -> Examination:
    """Check a wait against what was told, and against how long the client waits at other times."""
    told = _CAP if wait.hint is None or (wait.hint.seconds or 0) < 1 else wait.hint.seconds or 0
    if told <= HOUR:
        wanted = max(told, usual)
        expected, seen = f"another try within {latest(wanted):g} s", f"the next after {wait.seconds:.1f} s"
        late = breach(wait.after.place, expected, seen, wait.before, wait.after)
        yield late if comes_late(wait.seconds, wanted) else None


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="D2",
        title="What is refused for the key, the credits or a right is not asked again and again.",
        check=check_refusals,
        clauses=("AUTH-401", "TASK-401", "TASK-402", "TASK-403", "CRED-401", "CRED-403"),
        exposure="A request other than a create got 401, 402 or 403.",
        advice="Raise an error at once: for 401 ask for another key, for 402 to top up, for 403 name what was refused.",
    ),
    Rule(
        id="D7",
        title="A 429 slows down all that the client asks with that key, not only what was refused.",
        check=check_shared_limit,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("ERR-429", "TASK-429"),
        exposure="A request got 429 with a wait, and the account asked for something else later.",
        advice="Keep one limiter for each key, and let it hold back all requests until Retry-After is over.",
    ),
    Rule(
        id="D10",
        title="A read that meets trouble on the server's side is tried again.",
        check=check_reads,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("CRED-500", "CRED-502", "ERR-500"),
        exposure="A GET other than a poll got 500, 502, 503 or 504.",
        advice="Repeat GET requests a few times with a growing wait: they change nothing and cost nothing.",
    ),
    Rule(
        id="D11",
        title="However long trouble lasts, one call makes at most ten requests and one more for each two seconds.",
        check=check_storms,
        ground=Ground.ROB,
        exposure="A call failed twice in a row with something that may pass.",
        advice="Wait between attempts, longer each time, and give up after a few.",
    ),
    Rule(
        id="D12",
        title="After trouble the client comes back in time: within twice what it was told, or its backoff, and 5 s.",
        check=check_return,
        level=Level.SHOULD,
        ground=Ground.ROB,
        exposure="A call that failed was tried again, on a clock that nobody but the client waits by.",
        advice="Limit the backoff to 30 s, and take Retry-After in place of it where one is given.",
    ),
)
"""The rules on outages and refusals."""
