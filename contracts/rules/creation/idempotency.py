"""How a client uses Idempotency-Key, if it does (B4, B5)."""

from http import HTTPStatus
from typing import Final

import msgspec

from contracts.recording.accounts import account_of
from contracts.recording.calls import Call, Wait
from contracts.recording.client import ClientRecord
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.marks import is_redacted
from contracts.recording.operations import BATCH_TASKS, CREATE_TASK, LIST_TASKS, QUERY_TASK, operation_of
from contracts.recording.replies import Reply, reply_of
from contracts.rules.creation.charges import ask_the_same, has_new_key, is_interrupted, is_same, tell_second
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

_KEPT: Final = 86_400.0
"""For how many seconds a key is remembered (IDEM-LIFETIME)."""

_LONGEST: Final = 255
_LOOKS: Final = frozenset({LIST_TASKS, BATCH_TASKS, QUERY_TASK})


def _uses_keys(record: ClientRecord) -> bool:
    """Tell whether the client sends idempotency keys."""
    return any(attempt.idempotency_key is not None for call in record.creates for attempt in call.attempts)


def check_keys(record: ClientRecord) -> Examination:
    """B4: yield for each task that was asked for with a key."""
    for call in record.creates:
        if any(attempt.idempotency_key is not None for attempt in call.attempts):
            yield _find_new_key(record, call) or _find_other_body(record, call) or _find_malformed(call)


def _find_new_key(record: ClientRecord, call: Call) -> Finding | None:
    """Find an attempt with a key of its own, after one that may have been carried out."""
    for wait in call.waits:
        if has_new_key(wait) and reply_of(wait.before) is Reply.UNCLEAR and is_same(record, call, wait):
            expected = "one idempotency key for all attempts at one task"
            return breach(wait.after.place, expected, tell_second(record, wait), wait.before, wait.after)
    return None


def _find_other_body(record: ClientRecord, call: Call) -> Finding | None:
    """Find an attempt that has the key of an earlier one, and asks for something else while that is remembered."""
    asked = [attempt for attempt in call.attempts if attempt.idempotency_key == call.key and call.key is not None]
    for attempt in asked:
        passed = (attempt.started_at - call.first.ended_at) * record.view.pace
        if passed < _KEPT and _differ(call.first, attempt):
            expected = "one body for one idempotency key, and another key for each other task"
            seen = f"requests {call.first.number} and {attempt.number} with one key and two bodies"
            return breach(
                attempt.place, expected, f"{seen}, answered with {attempt.status or 'nothing'}", call.first, attempt
            )
    return None


def _differ(first: Exchange, other: Exchange) -> bool:
    """Tell whether two requests surely ask for different things."""
    known = NO_JSON not in (first.sent, other.sent)
    return known and _canonical(first) != _canonical(other)


def _canonical(exchange: Exchange) -> bytes:
    return msgspec.json.encode(exchange.sent, order="sorted")


def _find_malformed(call: Call) -> Finding | None:
    """Find an attempt whose key has not the form of one (IDEM-KEY-FORM)."""
    for attempt in call.attempts:
        key = attempt.idempotency_key
        if key is not None and not is_redacted(key) and not _is_formed(key):
            seen = f"{len(key)} characters" if len(key) > _LONGEST else repr(key)
            return breach(attempt.place, f"a key of 1 to {_LONGEST} visible ASCII characters", seen, attempt)
    return None


def _is_formed(key: str) -> bool:
    return 0 < len(key) <= _LONGEST and key.isascii() and key.isprintable() and " " not in key


def check_conflicts(record: ClientRecord) -> Examination:
    """B5: yield for each request that was refused because one with its key and its body had come before."""
    asked = [attempt for attempt in record.api if operation_of(attempt) == CREATE_TASK]
    for place, attempt in enumerate(asked):
        if attempt.status == HTTPStatus.CONFLICT and any(_is_twin(earlier, attempt) for earlier in asked[:place]):
            again = next((later for later in asked[place + 1 :] if _is_again(attempt, later)), None)
            yield _judge_conflict(record, attempt, again)


def _is_twin(earlier: Exchange, attempt: Exchange) -> bool:
    key = attempt.idempotency_key
    return key is not None and earlier.idempotency_key == key and _is_again(earlier, attempt)


def _is_again(earlier: Exchange, later: Exchange) -> bool:
    """Tell whether a request asks for the very same again."""
    same = earlier.ended_at <= later.started_at and account_of(later) == account_of(earlier)
    return same and ask_the_same(earlier, later)


def _judge_conflict(record: ClientRecord, attempt: Exchange, again: Exchange | None) -> Finding | None:
    if again is None or again.idempotency_key == attempt.idempotency_key:
        return None
    start, end = attempt.ended_at, again.started_at
    looked = any(operation_of(each) in _LOOKS and start <= each.started_at <= end for each in record.api)
    if looked or is_interrupted(record, start, end):
        return None
    expected = "a look for the task that the first request created"
    return breach(again.place, expected, tell_second(record, Wait(attempt, again)), attempt, again)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="B4",
        title="All attempts at one task have one idempotency key, and no other task has it.",
        check=check_keys,
        clauses=("IDEM-KEY-FORM", "IDEM-REPLAY", "IDEM-CONFLICT", "IDEM-LIFETIME"),
        exposure="A task was asked for with an idempotency key.",
        advice="Make the key where the intent is made, such as by uuid4, and hand it down to the retry loop; never "
        "make it within the loop, and never keep it for the next task.",
        applies=_uses_keys,
    ),
    Rule(
        id="B5",
        title="Who is told that an idempotency key has been used looks for the task, and makes no new key.",
        check=check_conflicts,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("IDEM-REPLAY", "IDEM-CONFLICT"),
        exposure="A request with the key and the body of an earlier one was answered with 409.",
        advice="Read the list of tasks for the one that the first attempt created; a new key pays for a second one.",
        applies=_uses_keys,
    ),
)
"""The rules on idempotency keys."""
