"""When attempts are made: 1, 2 and 4 s after a failure, for ten seconds each (K4 to K6, K10, K11)."""

from typing import Final

from contracts.invariants.callbacks.contents import fit_callbacks
from contracts.invariants.callbacks.waiting import GRACE, SLACK, has_waited
from contracts.recording.exchange import Exchange
from contracts.recording.happenings import GAVE_UP, Event
from contracts.recording.origins import redirect_of
from contracts.recording.server import SeenCallback, ServerRecord
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

DELAYS: Final = (1.0, 2.0, 4.0)
"""How many seconds after each failure the next attempt follows (CB-RETRIES)."""

_EARLY, _LATE = 0.25, 0.9
"""By how many seconds an attempt may come too early or too late: what a network and a busy server take."""

_PATIENCE, _LEAST_PATIENCE, _MOST_PATIENCE = 10.0, 9.0, 12.5
"""For how many seconds an attempt goes on (CB-TIMEOUT), and what a receiver may see of that."""

_PROMPT: Final = 10.0
"""Within how many seconds of its end a task's callback comes, however others fare."""


def check_schedule(record: ServerRecord) -> Examination:
    """K4: yield for each attempt after the first, and for each that should have been followed by one, or should not."""
    for callback in fit_callbacks(record):
        for place, (earlier, later) in enumerate(zip(callback.attempts, callback.attempts[1:], strict=False)):
            if not record.disturbed(callback.attempts[0].started_at, later.started_at, "hand"):
                yield _check_gap(record, callback, place, earlier, later)
        yield from _check_missing(record, callback, silent=True)


def _check_gap(
    record: ServerRecord, callback: SeenCallback, place: int, earlier: Exchange, later: Exchange
) -> Finding | None:
    restarts = sum(restart.overlaps(callback.attempts[0].started_at, later.started_at) for restart in _restarts(record))
    if earlier.succeeded:
        return breach(callback.task.id, f"none after status {earlier.status}", "another attempt", earlier, later)
    if place >= len(DELAYS) + restarts:
        return breach(callback.task.id, f"at most {len(DELAYS) + 1} attempts", f"{place + 2}", earlier, later)
    if restarts:
        return None
    failed, tried = _failure(record, earlier), record.span(later.started_at)
    least, most = tried[0] - failed[1], tried[1] - failed[0]
    skipped = record.pace and record.disturbed(earlier.ended_at, later.started_at, "clock")
    scale, delay = max(1.0, record.pace), DELAYS[place]
    if most < delay - _EARLY * scale or (least > delay + _LATE * scale and not skipped):
        gap = max(most, 0.0) if most < delay else least
        return breach(
            callback.task.id, f"another attempt {delay:g} s after the failure", f"{gap:.2f} s after it", earlier, later
        )
    return None


def _check_missing(record: ServerRecord, callback: SeenCallback, *, silent: bool) -> Examination:
    """Yield for the attempts that failed, in silence or with a status, as to whether another one followed."""
    for place, attempt in enumerate(callback.attempts[: len(DELAYS)]):
        failed = attempt.error is not None if silent else attempt.error is None and not attempt.succeeded
        unclear = attempt.status is not None and attempt.error is not None
        if failed and not unclear:
            followed = place + 1 < len(callback.attempts)
            waited = has_waited(record, _failure(record, attempt)[1], DELAYS[place] + SLACK)
            if followed or waited:
                what = "no answer" if silent else f"status {attempt.status}"
                expected = f"another attempt {DELAYS[place]:g} s after {what}"
                yield None if followed else breach(callback.task.id, expected, "none", attempt)


def _failure(record: ServerRecord, attempt: Exchange) -> tuple[float, float]:
    """Return between which times an attempt failed; a clock that stands still may count ten seconds for a silence."""
    first, last = record.span(attempt.ended_at)
    return first, last + (_PATIENCE if record.pace == 0 and attempt.error == GAVE_UP else 0.0)


def check_patience(record: ServerRecord) -> Examination:
    """K5: yield for each attempt whose sender gave up, or was kept waiting for longer than it may."""
    for callback in fit_callbacks(record) if record.pace == 1.0 else ():
        for attempt in callback.attempts:
            took = attempt.ended_at - attempt.started_at
            moved = record.disturbed(attempt.started_at, attempt.ended_at, "clock", "restart")
            if not moved and (attempt.error == GAVE_UP or took > _MOST_PATIENCE):
                fine = _LEAST_PATIENCE <= took <= _MOST_PATIENCE
                expected = f"an attempt that is given up after {_PATIENCE:g} s"
                yield None if fine else breach(callback.task.id, expected, f"after {took:.1f} s", attempt)


def check_retries(record: ServerRecord) -> Examination:
    """K6: yield for each attempt that was answered with no success, and for each that was sent elsewhere."""
    callback_urls = {task.callback_url for task in record.tasks.values()}
    for callback in fit_callbacks(record):
        yield from _check_missing(record, callback, silent=False)
        for attempt in callback.attempts:
            target = redirect_of(attempt)
            if target is not None and target not in callback_urls:
                led = [each for each in record.heard if each.url == target and each.started_at > attempt.started_at]
                expected, seen = "a redirect that is not followed", f"a request to {target}"
                yield breach(callback.task.id, expected, seen, attempt, *led) if led else None


def check_independence(record: ServerRecord) -> Examination:
    """K10: yield for each first attempt of a task that was seen ended while the callbacks of others failed."""
    callbacks = tuple(fit_callbacks(record))
    for callback in callbacks:
        last, scale = callback.task.last, max(1.0, record.pace)
        if last is None or not callback.attempts or record.happened("restart"):
            continue
        first = callback.attempts[0]
        since = record.span(last.true_from)[1]
        if record.pace and record.disturbed(since, first.started_at, "clock"):
            continue
        if any(_troubled(other, since) for other in callbacks if other.url != callback.url):
            late = record.span(first.started_at)[0] - since
            expected = f"the callback within {_PROMPT:g} s, whatever becomes of others"
            yield breach(callback.task.id, expected, f"after {late:.1f} s", first) if late > _PROMPT * scale else None


def _troubled(callback: SeenCallback, moment: float) -> bool:
    """Tell whether a callback was failing about then."""
    failed = [attempt for attempt in callback.attempts if not attempt.succeeded]
    return any(each.started_at - _PROMPT <= moment <= each.ended_at + _PROMPT for each in failed)


def check_survival(record: ServerRecord) -> Examination:
    """K11: yield for each callback that was not over when the server was restarted."""
    for restart in _restarts(record):
        for callback in fit_callbacks(record):
            before = [attempt for attempt in callback.attempts if attempt.started_at <= restart.to]
            over = any(attempt.succeeded for attempt in before) or len(before) > len(DELAYS)
            if not over:
                yield from _check_survival(record, callback, restart)


def _check_survival(record: ServerRecord, callback: SeenCallback, restart: Event) -> Examination:
    creation, last = callback.task.creation, callback.task.last
    if creation is None or creation.exchange.ended_at >= restart.at or last is None:
        return
    after = [attempt for attempt in callback.attempts if attempt.started_at > restart.to]
    if after:
        yield None
    elif has_waited(record, max(last.true_from, restart.to), GRACE):
        yield breach(callback.task.id, "the rest of the schedule after a restart", "no attempt", *callback.attempts)


def _restarts(record: ServerRecord) -> tuple[Event, ...]:
    return record.happened("restart")


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="K4",
        title="A failed callback is tried again 1, 2 and 4 seconds after each failure, and not after a success.",
        check=check_schedule,
        clauses=("CB-RETRIES", "CB-SUCCESS"),
        exposure="A second attempt came, or one without an answer was left alone.",
        advice="Compute the next attempt from the end of the last one, and stop at any 2xx.",
    ),
    Rule(
        id="K5",
        title="An attempt is given up after ten seconds, whatever the receiver is doing.",
        check=check_patience,
        clauses=("CB-TIMEOUT",),
        exposure="A receiver kept the sender waiting, in real time.",
        advice="Put one deadline over the whole attempt: connecting, sending, and all of the answer.",
    ),
    Rule(
        id="K6",
        title="Any answer but 2xx leads to another attempt, a redirect too, which is not followed.",
        check=check_retries,
        clauses=("CB-SUCCESS", "CB-RETRIES"),
        exposure="A callback was answered with a status that is no success.",
        advice="Treat 3xx, 4xx and 5xx alike.",
    ),
    Rule(
        id="K10",
        title="A receiver that fails does not delay the callbacks of others.",
        check=check_independence,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("CB-WHEN",),
        exposure="A task was seen ended while the callbacks of another failed.",
        advice="Make the attempts at once, not one after the other.",
    ),
    Rule(
        id="K11",
        title="A restart does not end the schedule of a callback.",
        check=check_survival,
        ground=Ground.ROB,
        clauses=("CB-WHEN", "CB-RETRIES"),
        exposure="The server was restarted before the callback of a task was over.",
        advice="Store what is due; a timer in memory dies with the process.",
    ),
)
"""The rules on when attempts are made."""
