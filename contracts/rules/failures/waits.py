"""How long a client waits before it tries again: as it was told, or by a backoff of its own (D3 to D6)."""

from collections.abc import Iterator
from typing import Final

from contracts.recording.calls import Call, Wait
from contracts.recording.client import ClientRecord
from contracts.recording.replies import reply_of
from contracts.recording.timing import RetryAfter, comes_early, retry_after
from contracts.rules.failures.retrying import HOUR, asked_seconds, hint_of, lone_calls, own_waits
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

_SHORTEST: Final = 1.0
"""From how many seconds on a Retry-After asks for a wait."""

_AT_ONCE: Final = 0.1
"""What is no wait: so many seconds pass between an answer and the next request though nobody waits."""

_TIMES_AT_ONCE: Final = 2
_STEPS: Final = 3
"""How many waits in a row show whether they grow."""

_GROWTH: Final = 1.25
_LONG: Final = 10.0
"""From how many seconds on waits need not grow any more."""


def check_seconds(record: ClientRecord) -> Examination:
    """D3: yield for each time that a client came back after it was told in seconds when to."""
    for wait, hint, wanted in _told_waits(record):
        if hint.form == "seconds" and _SHORTEST <= wanted <= HOUR:
            yield _check_wait(wait, hint, wanted)


def check_dates(record: ClientRecord) -> Examination:
    """D4: yield for each time that a client came back after a date, and for each call with a hint that asks nothing."""
    for wait, hint, wanted in _told_waits(record):
        if hint.form == "date" and _SHORTEST <= wanted <= HOUR:
            yield _check_wait(wait, hint, wanted)
    for call in lone_calls(record):
        yield from _check_empty_hints(record, call)


def _told_waits(record: ClientRecord) -> Iterator[tuple[Wait, RetryAfter, float]]:
    """Find the waits that an answer asked for, each with for how many seconds at least."""
    for call in lone_calls(record):
        for wait in own_waits(record, call):
            hint = hint_of(wait.before, wait.hint)
            wanted = None if hint is None else asked_seconds(wait.before, hint)
            if hint is not None and wanted is not None:
                yield wait, hint, wanted


def _check_wait(wait: Wait, hint: RetryAfter, wanted: float) -> Finding | None:
    if not comes_early(wait.seconds, wanted):
        return None
    return breach(
        wait.after.place,
        f"a wait of {wanted:g} s, as Retry-After: {hint.text} asks",
        f"the next after {wait.seconds:.2f} s",
        wait.before,
        wait.after,
    )


def _check_empty_hints(record: ClientRecord, call: Call) -> Examination:
    """Yield for a call that was told to come back at once, in the past, or in words that nobody can read."""
    told = [wait for wait in own_waits(record, call) if _asks_nothing(wait)]
    if told:
        yield _find_hammer(told)


def _asks_nothing(wait: Wait) -> bool:
    hint = hint_of(wait.before, wait.hint)
    return hint is not None and (asked_seconds(wait.before, hint) or 0) < _SHORTEST


def _find_hammer(waits: list[Wait]) -> Finding | None:
    """Find several requests in a row that came at once."""
    run = 0
    for wait in waits:
        run = run + 1 if wait.seconds < _AT_ONCE else 0
        if run == _TIMES_AT_ONCE:
            text = wait.before.response_header("retry-after")
            return breach(
                wait.after.place,
                f"a backoff of its own after Retry-After: {text}",
                f"{run + 1} requests at once",
                wait.before,
                wait.after,
            )
    return None


def check_long_waits(record: ClientRecord) -> Examination:
    """D5: yield for each answer that asks for a wait of more than an hour."""
    for call in lone_calls(record):
        own = {wait.before.number: wait for wait in own_waits(record, call)}
        for attempt in call.attempts:
            hint = hint_of(attempt, retry_after(attempt))
            long = hint is not None and (asked_seconds(attempt, hint) or 0) > HOUR
            if hint is not None and long and attempt.number in own:
                yield _check_wait(own[attempt.number], hint, HOUR)
            elif long and attempt is call.last and reply_of(attempt).retryable:
                yield None


def check_backoff(record: ClientRecord) -> Examination:
    """D6: yield for each call that failed several times in a row without being told when to come back."""
    for call in lone_calls(record):
        waits = [wait for wait in own_waits(record, call) if wait.hint is None]
        if len(waits) >= _STEPS:
            yield _check_growth(waits)


def _check_growth(waits: list[Wait]) -> Finding | None:
    seconds = [wait.seconds for wait in waits]
    least, most = min(seconds), max(seconds)
    if most >= _LONG or most > least * _GROWTH + _AT_ONCE:
        return None
    seen = f"{len(waits)} waits of {least:.2f} to {most:.2f} s"
    shown = (waits[0].before, *(wait.after for wait in waits))
    return breach(waits[0].after.place, "waits that grow", seen, *shown)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="D3",
        title="Who is told by Retry-After to wait some seconds does not come back earlier.",
        check=check_seconds,
        ground=Ground.RFC,
        clauses=("HTTP-RETRY-AFTER", "CRED-429"),
        exposure="A request got Retry-After of 1 second to 1 hour with an error that may pass, and was repeated.",
        advice="Sleep for the seconds of Retry-After before you try again, even where your own backoff is shorter.",
    ),
    Rule(
        id="D4",
        title="A Retry-After that is a date is waited for; one that is past, zero or unreadable is no leave to hammer.",
        check=check_dates,
        ground=Ground.RFC,
        clauses=("HTTP-RETRY-AFTER",),
        exposure="A request that got Retry-After with a date, with 0, or with something unreadable was repeated.",
        advice=(
            "Read dates as HTTP has them (RFC 9110, 5.6.7) and subtract the answer's own Date. "
            "If less than a second comes of it, or nothing, wait as your own backoff says."
        ),
    ),
    Rule(
        id="D5",
        title="A Retry-After of more than an hour ends the call: the client does not come back before an hour is over.",
        check=check_long_waits,
        ground=Ground.RFC,
        clauses=("HTTP-RETRY-AFTER",),
        exposure="A request got Retry-After of more than an hour with an error that may pass.",
        advice="Set a limit to what you wait for; beyond it raise an error that says when to come back.",
    ),
    Rule(
        id="D6",
        title="Who is not told when to come back waits longer each time.",
        check=check_backoff,
        level=Level.SHOULD,
        ground=Ground.ROB,
        exposure="A call failed three times or more without Retry-After, and was repeated each time.",
        advice="Double the wait after each failure, with some chance in it, up to a limit of 10 to 30 s.",
    ),
)
"""The rules on waits."""
