"""How often a client polls (C5, C6, C7, C10, C12, C18)."""

from collections.abc import Iterator
from itertools import pairwise
from statistics import mean
from typing import Final

from contracts.recording.calls import Wait
from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.replies import Reply, reply_of
from contracts.recording.timing import comes_early, comes_late, earliest, latest, retry_after
from contracts.rules.polling.following import SHORTEST, Following, followings
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

_AVERAGE: Final = 2.0
"""The seconds from one poll to the next, on average over a task, at least."""

_SHORT_ONES: Final = 3
"""How many polls that come too early show that a loop makes them, and no hand."""

_AGED: Final = 300.0
"""The seconds that a client polls before it is to poll less often."""

_RARE: Final = 10.0
"""The seconds from one poll to the next with which it is seldom enough."""

_CROWD: Final = 10
"""How many tasks show whether their polls keep in step."""


def check_hints(record: ClientRecord) -> Examination:
    """C5: yield for each poll after an answer that showed a task under way, and said when to come back."""
    for following in followings(record):
        for wait in _steady(following):
            hint = wait.hint
            if hint is None or hint.seconds is None or hint.seconds <= 0:
                continue
            early, late = comes_early(wait.seconds, hint.seconds), comes_late(wait.seconds, hint.seconds)
            low, high = earliest(hint.seconds), latest(hint.seconds)
            expected = f"the next poll {low:.2f} s to {high:.2f} s after Retry-After: {hint.text}"
            seen = f"{wait.seconds:.2f} s after it"
            yield breach(following.task.id, expected, seen, wait.before, wait.after) if early or late else None


def _steady(following: Following) -> Iterator[Wait]:
    """Find the waits between polls that nothing but the client's own rhythm decides: nothing failed, nobody called."""
    numbers = {poll.number for poll in following.task.polls}
    for wait in following.waits:
        own = wait.before.number in numbers and reply_of(wait.before) is Reply.SUCCESS and wait.seconds >= 0
        if own and not following.is_over(wait.after):
            yield wait


def _period(wait: Wait) -> float:
    """Return the seconds from the beginning of a poll to that of the next."""
    return wait.after.started_at - wait.before.started_at


def check_interval(record: ClientRecord) -> Examination:
    """C6: yield for each task that was polled so often that a rhythm shows."""
    for following in followings(record):
        waits = [wait for wait in _steady(following) if wait.hint is None]
        if len(waits) >= _SHORT_ONES:
            yield _find_haste(following, waits)


def _find_haste(following: Following, waits: list[Wait]) -> Finding | None:
    short = [wait for wait in waits if comes_early(_period(wait), SHORTEST)]
    average = mean(map(_period, waits))
    if len(short) >= _SHORT_ONES:
        expected, seen = f"a poll after {SHORTEST:g} s at the earliest", f"{len(short)} that came sooner"
        return breach(following.task.id, expected, f"{seen}, one after {_period(short[0]):.2f} s", *_both(short[0]))
    if comes_early(average, _AVERAGE):
        expected = f"a poll every {_AVERAGE:g} s on average at most"
        seen = f"{len(waits) + 1} polls, one every {average:.2f} s"
        return breach(following.task.id, expected, seen, waits[0].before, waits[-1].after)
    return None


def check_slowing(record: ClientRecord) -> Examination:
    """C7: yield for each task that was polled for long after it should have ended."""
    for following in followings(record):
        made, estimate = following.task.known_at, following.estimate() or 0.0
        waits = [wait for wait in _steady(following) if wait.before.started_at >= made + estimate]
        if len(waits) >= 2 * _SHORT_ONES and sum(map(_period, waits)) >= _AGED:
            third = len(waits) // 3
            first, last = mean(map(_period, waits[:third])), mean(map(_period, waits[-third:]))
            slower = earliest(last) > first or not comes_early(last, _RARE)
            expected = f"polls ever more rarely, up to one every {_RARE:g} s, as the task takes longer than announced"
            seen = f"one every {first:.1f} s in the beginning, and one every {last:.1f} s in the end"
            yield None if slower else breach(following.task.id, expected, seen, waits[0].before, waits[-1].after)


def check_step(record: ClientRecord) -> Examination:
    """C10: yield for each crowd of tasks that were begun at once and polled side by side."""
    crowd = [following for following in followings(record) if len(following.task.polls) > _SHORT_ONES]
    began = min((following.task.known_at for following in crowd), default=0.0)
    crowd = [following for following in crowd if following.task.known_at <= began + SHORTEST]
    if len(crowd) < _CROWD:
        return
    polls = sorted((each.task.polls[_SHORT_ONES] for each in crowd), key=lambda poll: poll.started_at)
    beside = all(later.started_at < earlier.ended_at for earlier, later in pairwise(polls))
    waited = polls[0].started_at - began
    spread = polls[-1].started_at - polls[0].started_at
    if spread > waited - earliest(waited):
        yield None
    elif beside:
        expected = f"polls of {len(crowd)} tasks that spread out in time"
        seen = f"all of them within {spread:.2f} s, {waited:.1f} s after the tasks were created"
        yield breach("", expected, seen, *polls)


def check_overlap(record: ClientRecord) -> Examination:
    """C12: yield for each task that was polled more than once."""
    for following in followings(record):
        polls = [poll for poll in following.task.polls if reply_of(poll) is Reply.SUCCESS and not poll.faults]
        pairs = [pair for pair in pairwise(polls) if not _is_called(following, *pair)]
        over = next((pair for pair in pairs if pair[1].started_at < pair[0].ended_at), None)
        if over is not None:
            expected = f"a poll of {following.task.id} when the last one is answered"
            early = over[0].ended_at - over[1].started_at
            yield breach(following.task.id, expected, f"one {early:.2f} s earlier", *over)
        elif pairs:
            yield None


def _is_called(following: Following, first: Exchange, second: Exchange) -> bool:
    """Tell whether a callback may be the reason for one of two polls, or something that was done by hand."""
    heard = any(first.started_at <= each.started_at <= second.ended_at for each in following.task.deliveries)
    return heard or following.record.disturbed(first.started_at, second.ended_at)


def check_first(record: ClientRecord) -> Examination:
    """C18: yield for each task that a client created and then polled by itself."""
    for following in followings(record):
        made, first = following.task.creation, following.task.polls[0]
        wait = next((wait for wait in following.waits if wait.after is first), None)
        if made is None or wait is None or reply_of(made.last) is not Reply.SUCCESS or wait.seconds < 0:
            continue
        if following.is_over(first) or following.looks_before(first) or not following.waits_by_itself:
            continue
        yield _find_first(following, wait)


def _find_first(following: Following, wait: Wait) -> Finding | None:
    told = retry_after(wait.before)
    asked = max(SHORTEST, (told.seconds if told is not None else None) or 0.0)
    if comes_early(wait.seconds, asked):
        expected = f"the first poll {asked:g} s after the create at the earliest"
        return breach(following.task.id, expected, f"after {wait.seconds:.2f} s", *_both(wait))
    estimate = following.estimate(wait.before.ended_at)
    longest = max(asked, estimate or 0.0)
    if estimate is not None and following.task.callback_url is None and comes_late(wait.seconds, longest):
        expected = (
            f"the first poll {latest(longest):g} s after the create at the latest, as {longest:g} s were announced"
        )
        return breach(following.task.id, expected, f"after {wait.seconds:.1f} s", *_both(wait))
    return None


def _both(wait: Wait) -> tuple[Exchange, Exchange]:
    return wait.before, wait.after


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="C5",
        title="The next poll comes when the last answer said.",
        check=check_hints,
        level=Level.SHOULD,
        ground=Ground.RFC,
        clauses=("HTTP-RETRY-AFTER",),
        exposure="An answer showed a task under way with Retry-After, and the client polled again.",
        advice="Read Retry-After anew from every answer, and sleep so long instead of your usual interval.",
    ),
    Rule(
        id="C6",
        title="A task is polled once a second at most, and once in two seconds on average.",
        check=check_interval,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("ERR-429", "TASK-429"),
        exposure="A task was polled four times or more, and nothing said when to come back.",
        advice="Sleep 2 to 10 seconds between polls: a generation takes minutes, and polls count against the limit.",
    ),
    Rule(
        id="C7",
        title="A task that takes longer than announced is polled ever more rarely.",
        check=check_slowing,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("RES-ETA", "TASK-ETA"),
        exposure="A task was polled for five minutes beyond its estimate.",
        advice="Let the interval grow, by half each time for instance, up to 10 to 30 seconds.",
    ),
    Rule(
        id="C10",
        title="The polls of many tasks do not keep in step.",
        check=check_step,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("TASK-429",),
        exposure="Ten tasks or more were begun within a second and polled side by side, four times each.",
        advice="Add some luck to each wait, such as interval * random.uniform(0.8, 1.2).",
    ),
    Rule(
        id="C12",
        title="One task has one poll under way at a time.",
        check=check_overlap,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("TASK-READ",),
        exposure="A task was polled more than once.",
        advice="Let one loop poll a task, and have all who wait for it wait for that; sleep after it, not beside it.",
    ),
    Rule(
        id="C18",
        title="The first poll comes a second after the create at the earliest, and about when the task should be done.",
        check=check_first,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("OP-ASYNC", "RES-ETA"),
        exposure="A client created a task and polled it by itself.",
        advice="Wait for a few seconds before the first poll, and begin to poll before twice estimated_time is over.",
    ),
)
"""The rules on how often is polled."""
