"""Whether a request for a task may be sent again: what nobody needs is paid for twice (B2, B3, B6, B7)."""

from http import HTTPStatus
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.replies import Reply
from contracts.rules.creation.charges import (
    find_checks,
    has_new_key,
    is_checked,
    is_keyed,
    is_same,
    tell_cost,
    tell_second,
    tries,
)
from contracts.verdict import Examination, Ground, Level, Rule, breach

_MOST: Final = 5
"""How many requests there are for one task at most."""


def check_accepted(record: ClientRecord) -> Examination:
    """B2: yield for each request whose answer says 2xx, and cannot be read."""
    for attempt, reply, wait in tries(record):
        if reply is not Reply.UNCLEAR or not attempt.says_success:
            continue
        if wait is None or is_keyed(wait):
            yield None
        elif not has_new_key(wait):
            expected = f"no second request after {attempt.status}, unless it has the first one's idempotency key"
            yield breach(attempt.place, expected, tell_second(record, wait), attempt, wait.after)


def check_unclear(record: ClientRecord) -> Examination:
    """B3: yield for each request of which nobody knows whether it was carried out."""
    checks = find_checks(record)
    for attempt, reply, wait in tries(record):
        if reply is not Reply.UNCLEAR or attempt.says_success:
            continue
        if wait is None or is_keyed(wait) or is_checked(checks, wait):
            yield None
        elif not has_new_key(wait):
            came = attempt.status or "no answer"
            expected = f"one charge: no second request after {came}, unless it has the first one's idempotency key"
            yield breach(attempt.place, expected, tell_second(record, wait), attempt, wait.after)


def check_attempts(record: ClientRecord) -> Examination:
    """B6: yield for each task that could not be asked for because the server was busy, or was not there."""
    for call in record.creates:
        if Reply.BUSY in call.replies:
            attempts = [call.first, *(wait.after for wait in call.waits if is_same(record, call, wait))]
            expected, seen = f"at most {_MOST} requests for one task", f"{len(attempts)} requests"
            yield breach(call.first.place, expected, seen, *attempts) if len(attempts) > _MOST else None


def check_refused(record: ClientRecord) -> Examination:
    """B7: yield for each request that was refused for what it is."""
    checks = find_checks(record)
    for attempt, reply, wait in tries(record):
        if reply is not Reply.REFUSED or attempt.status == HTTPStatus.CONFLICT:
            continue
        if wait is None or (attempt.status == HTTPStatus.PAYMENT_REQUIRED and is_checked(checks, wait)):
            yield None
        else:
            came = "" if wait.after.status is None else f", answered with {wait.after.status}"
            paid = f"; {tell_cost(record, wait.after)}" if wait.after.says_success else ""
            seen = f"request {attempt.number} again as {wait.after.number}, {wait.seconds:.1f} s later{came}{paid}"
            expected = f"no second request with the same body after {attempt.status}"
            yield breach(attempt.place, expected, seen, attempt, wait.after)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="B2",
        title="A task is not asked for again once the answer said 2xx, even if the rest of it cannot be read.",
        check=check_accepted,
        ground=Ground.ROB,
        clauses=("OP-CREATE", "IDEM-REPLAY"),
        exposure="A request for a task was answered with 2xx and a body that is cut, empty or no JSON.",
        advice="Repeat it only with the Idempotency-Key of the first request; without one, look for the task in the "
        "list. Decide by the status before you parse the body.",
    ),
    Rule(
        id="B3",
        title="A request for a task of which nobody knows whether it was carried out is repeated with its "
        "idempotency key, or not at all.",
        check=check_unclear,
        ground=Ground.ROB,
        clauses=("IDEM-REPLAY",),
        exposure="A request for a task timed out, lost its connection, or was answered with 408 or 5xx (503 with "
        "Retry-After is clear).",
        advice="Make one Idempotency-Key for each video that you want, before the first request, and send it with "
        "every attempt. Without a key, look into the list of tasks before you ask again.",
    ),
    Rule(
        id="B6",
        title="A task that a busy server does not take is asked for five times at most.",
        check=check_attempts,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("ERR-429", "HTTP-RETRY-AFTER"),
        exposure="A request for a task was answered with 429 or with 503 and Retry-After, or found no server.",
        advice="Stop after five attempts and say so; let whoever wants the video decide when to try again.",
    ),
    Rule(
        id="B7",
        title="A request for a task that was refused for what it is (4xx) is not sent again as it was.",
        check=check_refused,
        clauses=("ERR-400", "ERR-401", "ERR-402", "ERR-403", "HTTP-413", "HTTP-415"),
        exposure="A request for a task was answered with 4xx (not 408, 409, 425 or 429).",
        advice="Retry only 408, 425, 429 and 5xx. Show any other 4xx to whoever can change the request, the key or "
        "the balance.",
    ),
)
"""The rules on requests that are repeated."""
