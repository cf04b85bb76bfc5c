"""Whether a client stays with a task that it pays for, whatever it is told meanwhile (C3, C9, C13, C14)."""

from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from operator import contains
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.replies import reply_of
from contracts.recording.sights import Sight
from contracts.recording.timing import latest
from contracts.rules.failures.retrying import asks_too_much
from contracts.rules.polling.following import (
    Following,
    followings,
    is_unknown,
    polled_sights,
)
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

_RETRIES: Final = 3
"""How often a poll that fails is repeated at least."""

_BRIEFLY: Final = 10.0
"""For how many seconds after its creation a task may be unknown yet."""

_WHOLE: Final = 100


def check_unknown_status(record: ClientRecord) -> Examination:
    """C3: yield for each task that was shown with a status that no page describes."""
    yield from _check_sights(record, is_unknown, lambda sight: f"the status {sight.status!r}")


def check_progress(record: ClientRecord) -> Examination:
    """C13: yield for each task under way whose progress was shown as it should not be."""
    for following in followings(record):
        yield from _judge_sights(following, partial(contains, _odd_progress(following)), _tell_progress)


def _odd_progress(following: Following) -> list[Sight]:
    """Find the answers that show a task under way with progress that is none, is over, or falls."""
    odd, highest = [], 0
    for sight in polled_sights(following, lambda sight: bool(sight.states)):
        progress = sight.progress
        if progress is None or not highest <= progress < _WHOLE:
            odd.append(sight)
        highest = max(highest, progress or 0)
    return odd


def _tell_progress(sight: Sight) -> str:
    return f"the progress {sight.body['progress']!r}" if "progress" in sight.body else "no progress"


def _check_sights(record: ClientRecord, fits: Callable[[Sight], bool], tell: Callable[[Sight], str]) -> Examination:
    for following in followings(record):
        yield from _judge_sights(following, fits, tell)


def _judge_sights(following: Following, fits: Callable[[Sight], bool], tell: Callable[[Sight], str]) -> Examination:
    """Judge by the first answer that fits: whoever goes on after that stops later for another reason."""
    first = next(polled_sights(following, fits), None)
    left = None if first is None else following.judge_last(first.exchange)
    if first is None or left is None:
        return
    expected = "further polls: a task ends when it is completed, failed or cancelled"
    yield breach(following.task.id, expected, f"none after {tell(first)}", first.exchange) if left else None


def check_trouble(record: ClientRecord) -> Examination:
    """C9: yield for each row of polls that got no usable answer although the task had not ended."""
    for following in followings(record):
        for row in _rows(following):
            left = following.judge_last(row[-1])
            if left is not None and not asks_too_much(row[-1]):
                yield _leaving(following, row) if left and len(row) <= _RETRIES else None


def _rows(following: Following) -> Iterator[list[Exchange]]:
    """Find the rows of polls in trouble, one after the other."""
    row: list[Exchange] = []
    for poll in following.task.polls:
        if reply_of(poll).retryable and not following.is_over(poll):
            row.append(poll)
        elif row:
            yield row
            row = []
    if row:
        yield row


def _leaving(following: Following, row: list[Exchange]) -> Finding:
    last = row[-1]
    came = "an answer that cannot be read" if last.says_success else f"{last.status or 'no answer'}"
    cost = following.record.cost(following.task.id)
    paid = "" if cost is None else f"; the task costs {cost:g} credits all the same"
    expected = f"at least {_RETRIES} more polls after one that failed: the task goes on, and is paid for"
    return breach(following.task.id, expected, f"{len(row) - 1} after {came}{paid}", *row)


def check_not_found(record: ClientRecord) -> Examination:
    """C14: yield for each task that was unknown when it was asked for shortly after its creation."""
    for following in followings(record):
        first = following.task.polls[0]
        made = following.task.creation
        if made is None or first.status != HTTPStatus.NOT_FOUND or first.started_at > latest(_BRIEFLY) + made.ended_at:
            continue
        left = following.judge_last(first)
        if left is not None:
            expected = f"another look at {following.task.id}, which the API may not know yet everywhere"
            yield breach(following.task.id, expected, "none after 404", made.last, first) if left else None


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="C3",
        title="A status that no page describes ends nothing: the client goes on polling.",
        check=check_unknown_status,
        ground=Ground.ROB,
        clauses=("TASK-STATUS", "TASK-CANCELLED"),
        exposure="A client that polls by itself was shown such a status.",
        advice="Stop at completed, failed and cancelled only, and take whatever else is said for work under way.",
    ),
    Rule(
        id="C9",
        title="A poll that fails for the moment does not make the client give the task up: it tries three times more.",
        check=check_trouble,
        ground=Ground.ROB,
        clauses=("TASK-429", "TASK-500"),
        exposure="A poll got 408, 429, 5xx, no answer, or one that cannot be read, from a client that polls by itself.",
        advice="Catch what a poll can fail with, wait, and poll the same id again; the task goes on and is paid for.",
    ),
    Rule(
        id="C13",
        title="Progress that is missing, falls or is too high does not make the client give the task up.",
        check=check_progress,
        ground=Ground.ROB,
        clauses=("TASK-PROGRESS", "RES-PROGRESS"),
        exposure="A client that polls by itself was shown such progress of a task under way.",
        advice="Show progress, and decide nothing by it: the status alone says whether a task has ended.",
    ),
    Rule(
        id="C14",
        title="A task that is unknown right after its creation is asked for again.",
        check=check_not_found,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("TASK-404",),
        exposure="The first poll after a create got 404, from a client that polls by itself.",
        advice="Take 404 for pending within the first seconds after the create; later, tell that the task is lost.",
    ),
)
"""The rules on staying with a task."""
