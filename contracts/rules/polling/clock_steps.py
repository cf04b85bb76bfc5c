"""Whether a client waits by a clock that only goes on, whatever is done to the wall clock (C11)."""

from collections.abc import Iterator
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.happenings import Event
from contracts.recording.timing import comes_late, latest
from contracts.rules.polling.following import Following, followings
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

_LONGEST: Final = 30.0
"""The seconds that even a client that was quick before may take for its next poll."""


def check_steps(record: ClientRecord) -> Examination:
    """C11: yield for each task that was polled when the client's wall clock was set to another time."""
    for following in followings(record):
        for step in _steps_within(following):
            yield from _check_step(following, step)


def _steps_within(following: Following) -> Iterator[Event]:
    """Find the times that the clock was set while a client polled a task that had not ended."""
    first, end = following.task.polls[0].started_at, following.task.ended_at
    for event in following.record.events:
        if event.kind == "step" and first <= event.at and (end is None or event.to < end):
            yield event


def _check_step(following: Following, step: Event) -> Examination:
    before = [poll for poll in following.task.polls if poll.started_at <= step.at]
    after = next((poll for poll in following.task.polls if poll.started_at > step.at), None)
    longest = max((_LONGEST, *(wait.seconds for wait in following.waits if wait.after in before)))
    if after is not None:
        waited = after.started_at - before[-1].ended_at
        late = _tell(following, f"within {latest(longest):g} s", f"{waited:.0f} s later", before[-1], after)
        yield late if comes_late(waited, longest) else None
    elif _is_left(following, step):
        yield _tell(following, "as before", "none, and the task left as one that took too long", before[-1])
    elif comes_late(following.record.ended_at - before[-1].ended_at, longest):
        yield _tell(following, f"within {latest(longest):g} s", "none", before[-1])


def _is_left(following: Following, step: Event) -> bool:
    """Tell whether the client said that a task took too long, before it can have."""
    told = any(each.task == following.task.id and each.outcome == "timeout" for each in following.record.reported)
    estimate = following.estimate()
    return told and estimate is not None and not comes_late(step.at - following.task.known_at, estimate)


def _tell(following: Following, when: str, seen: str, *polls: Exchange) -> Finding:
    return breach(following.task.id, f"the next poll {when}, whatever the wall clock says", seen, *polls)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="C11",
        title="A wall clock that is set to another time neither ends the wait for a task nor prolongs it.",
        check=check_steps,
        level=Level.SHOULD,
        ground=Ground.ROB,
        exposure="The client's wall clock was set while it polled a task.",
        advice="Measure deadlines and pauses by time.monotonic() or performance.now(), and by no date.",
        applies=lambda record: any(event.kind == "step" for event in record.events),
    ),
)
"""The rule on clocks."""
