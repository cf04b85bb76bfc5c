from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.ids import CountedDice
from mock_server.core.tasks.timeline import (
    TERMINAL,
    TRANSITIONS,
    IllegalTransition,
    Observation,
    Timing,
    end,
    observe,
    plan_timeline,
)
from mock_server.core.types import NEVER, SECOND, Hold, Status, Task, TaskError, Timeline
from tests.core.looks import reachable

NOW = 1_757_169_743 * SECOND
ERROR = TaskError("service_error", "Service error\nTry again.")

ranges = st.tuples(st.integers(0, 300 * SECOND), st.integers(0, 300 * SECOND)).map(lambda pair: (min(pair), max(pair)))
timings = st.builds(Timing, queue=ranges, run=ranges, estimate=st.integers(0, 600))
plans = st.builds(
    lambda timing, seed: plan_timeline(timing, now=NOW, dice=CountedDice(seed, "timeline", 0)),
    timings,
    st.binary(max_size=8),
)


@st.composite
def lives(draw: st.DrawFn) -> Timeline:
    """Draw a planned life, perhaps ended by hand at some instant of it."""
    timeline = draw(plans)
    at = draw(st.integers(NOW, timeline.ends_at))
    ends = sorted(TRANSITIONS[observe(timeline, at).status] & TERMINAL)
    if not ends or draw(st.booleans()):
        return timeline
    outcome = draw(st.sampled_from(ends))
    return end(timeline, now=at, outcome=outcome, error=ERROR if outcome is Status.FAILED else None)


@st.composite
def watched(draw: st.DrawFn) -> tuple[Timeline, list[Observation]]:
    """Draw a life and what a reader sees who looks at it again and again."""
    timeline = draw(lives())
    turns = [NOW, timeline.starts_at - 1, timeline.starts_at, timeline.ends_at - 1, timeline.ends_at]
    looks = st.one_of(st.sampled_from(turns), st.integers(NOW, timeline.ends_at + 10 * SECOND))
    return timeline, [observe(timeline, at) for at in sorted(draw(st.lists(looks, min_size=2)))]


def put_off(timeline: Timeline, waited: int) -> Timeline:
    """Return the life of a task that waits so long for a slot."""
    return msgspec.structs.replace(
        timeline, starts_at=timeline.starts_at + waited, ends_at=timeline.ends_at + waited, waited=waited
    )


@pytest.mark.clauses("RES-STATUS", "TASK-STATUS", "TASK-CANCELLED")
def test_the_table_has_these_ways_and_no_other() -> None:
    """The table is the one that the design draws."""
    ended: frozenset[Status] = frozenset()
    assert {
        Status.PENDING: {Status.PROCESSING, Status.FAILED, Status.CANCELLED},
        Status.PROCESSING: {Status.COMPLETED, Status.FAILED, Status.CANCELLED},
        Status.COMPLETED: ended,
        Status.FAILED: ended,
        Status.CANCELLED: ended,
    } == TRANSITIONS
    assert {Status.COMPLETED, Status.FAILED, Status.CANCELLED} == TERMINAL


@pytest.mark.clauses("RES-STATUS")
@given(watched())
def test_a_reader_sees_only_ways_of_the_table(life: tuple[Timeline, list[Observation]]) -> None:
    """From one look to the next a task has gone a way that the table has, or stayed."""
    _, seen = life
    assert all(after.status in reachable(before.status) for before, after in pairwise(seen))


@pytest.mark.uncounted
@pytest.mark.clauses("RES-STATUS")
@given(watched())
def test_an_end_is_final(life: tuple[Timeline, list[Observation]]) -> None:
    """Whoever saw a task's end sees the same ever after."""
    _, seen = life
    assert all(before == after for before, after in pairwise(seen) if before.ended)


@pytest.mark.clauses("RES-PROGRESS")
@given(watched())
def test_progress_never_falls_while_the_task_lives(life: tuple[Timeline, list[Observation]]) -> None:
    """Progress is a whole number that never falls, 0 in the queue, 100 when completed and only then."""
    _, seen = life
    alive = [look.progress for look in seen if not look.ended]
    assert alive == sorted(alive)
    assert all(0 <= look.progress <= 100 for look in seen)
    assert all((look.progress == 100) is (look.status is Status.COMPLETED) for look in seen)
    still = {Status.PENDING, Status.FAILED, Status.CANCELLED}
    assert not any(look.progress for look in seen if look.status in still)


@pytest.mark.uncounted
@pytest.mark.clauses("RES-ETA")
@given(watched())
def test_the_time_left_never_grows(life: tuple[Timeline, list[Observation]]) -> None:
    """The time left is above zero while the task lives, never grows, and is gone with its end."""
    _, seen = life
    left = [look.remaining for look in seen if look.remaining is not None]
    assert left == sorted(left, reverse=True)
    assert all(seconds > 0 for seconds in left)
    assert all((look.status in TERMINAL) is look.ended for look in seen)


@given(timings, st.binary(max_size=8), st.integers(0, 1_000))
def test_the_same_dice_plan_the_same_life(timing: Timing, seed: bytes, count: int) -> None:
    """A plan follows from its dice, keeps to the model's ranges, and ends well."""
    first, second = (plan_timeline(timing, now=NOW, dice=CountedDice(seed, "timeline", count)) for _ in range(2))
    assert first == second
    assert timing.queue[0] <= first.starts_at - NOW <= timing.queue[1]
    assert timing.run[0] <= first.run == first.ends_at - first.starts_at <= timing.run[1]
    assert (first.outcome, first.error, first.estimate) == (Status.COMPLETED, None, timing.estimate)


@pytest.mark.clauses("RES-STATUS", "RES-PROGRESS", "RES-ETA")
@pytest.mark.parametrize(
    ("after", "status", "progress", "remaining"),
    [
        (0, Status.PENDING, 0, 120),
        (1_500_000, Status.PENDING, 0, 119),
        (2_000_000, Status.PROCESSING, 0, 118),
        (27_000_000, Status.PROCESSING, 15, 93),
        (52_000_000, Status.PROCESSING, 50, 68),
        (101_999_999, Status.PROCESSING, 99, 19),
        (102_000_000, Status.COMPLETED, 100, None),
        (999_000_000, Status.COMPLETED, 100, None),
    ],
)
def test_a_life_second_by_second(task: Task, after: int, status: Status, progress: int, remaining: int | None) -> None:
    """A task of 2 s in the queue and 100 s of run, announced with 120 s, looks like this."""
    assert observe(task.timeline, task.timeline.created_at + after) == Observation(status, progress, remaining)


@pytest.mark.clauses("RES-PROGRESS", "RES-ETA")
def test_a_task_that_overruns_stays_just_below_its_end(task: Task) -> None:
    """A task that takes longer than its run stands at 99 %, with one second left, for as long as it takes."""
    stuck = msgspec.structs.replace(task.timeline, ends_at=task.timeline.ends_at + 900 * SECOND)
    looks = {observe(stuck, task.timeline.ends_at + after * SECOND) for after in range(18, 900)}
    assert looks == {Observation(Status.PROCESSING, 99, 1)}


@pytest.mark.clauses("TERR-REQUEST-CANCELLED")
def test_a_cancelled_task_says_so(task: Task) -> None:
    """A task that is cancelled carries request_cancelled, unless its canceller has more to say."""
    now = task.timeline.starts_at
    cancelled = end(task.timeline, now=now, outcome=Status.CANCELLED)
    assert observe(cancelled, now) == Observation(Status.CANCELLED, 0, None)
    assert cancelled.error is not None
    assert cancelled.error.code == "request_cancelled"
    assert end(task.timeline, now=now, outcome=Status.CANCELLED, error=ERROR).error == ERROR


@given(lives(), st.integers(0, 700 * SECOND), st.sampled_from(Status))
def test_an_end_goes_by_the_table(timeline: Timeline, after: int, outcome: Status) -> None:
    """A task ends at once where the table has a way to that end, and otherwise not at all."""
    now = NOW + after
    before = observe(timeline, now)
    if outcome in TRANSITIONS[before.status] & TERMINAL:
        ended = end(timeline, now=now, outcome=outcome, error=ERROR)
        assert observe(ended, now).status is outcome
        assert observe(ended, now - 1) == observe(timeline, now - 1)
    else:
        with pytest.raises(IllegalTransition, match=f"a task that is {before.status} cannot end as {outcome}"):
            end(timeline, now=now, outcome=outcome, error=ERROR)
        assert observe(timeline, now) == before


@pytest.mark.clauses("RES-ETA")
@pytest.mark.parametrize(("after", "remaining"), [(0, 150), (31_999_999, 119), (32_000_000, 118), (131_000_000, 19)])
def test_the_estimate_follows_the_wait_for_a_slot(task: Task, after: int, remaining: int) -> None:
    """A task that waits 30 s longer for a slot announces 30 s more, from its first answer to its last."""
    waits = put_off(task.timeline, 30 * SECOND)
    status = Status.PENDING if after < 32 * SECOND else Status.PROCESSING
    seen = observe(waits, waits.created_at + after)
    assert (seen.status, seen.remaining) == (status, remaining)
    assert observe(waits, waits.ends_at) == observe(task.timeline, task.timeline.ends_at)


@pytest.mark.uncounted
@pytest.mark.clauses("RES-ETA")
@pytest.mark.parametrize(("after", "remaining"), [(0, 120), (1, 119), (2, 118), (3, 118), (86_400, 118)])
def test_the_estimate_stands_while_no_slot_is_in_sight(task: Task, after: int, remaining: int) -> None:
    """Until its own queue time ends it counts down; from then on it is what it would be with a slot at that instant."""
    waits = put_off(task.timeline, NEVER)
    assert observe(waits, waits.created_at + after * SECOND) == Observation(Status.PENDING, 0, remaining)


@pytest.mark.clauses("RES-STATUS", "RES-PROGRESS", "RES-ETA")
@pytest.mark.parametrize(
    ("held_at", "after", "expected"),
    [
        (1, 1, Observation(Status.PENDING, 0, 119)),
        (1, 100, Observation(Status.PENDING, 0, 20)),
        (1, 86_400, Observation(Status.PENDING, 0, 1)),
        (2, 90, Observation(Status.PROCESSING, 0, 30)),
        (52, 52, Observation(Status.PROCESSING, 50, 68)),
        (52, 102, Observation(Status.PROCESSING, 50, 18)),
        (52, 86_400, Observation(Status.PROCESSING, 50, 1)),
    ],
)
def test_a_held_task_stands_still(task: Task, held_at: int, after: int, expected: Observation) -> None:
    """Its status and progress are as they were when it was held, its estimate counts down to one second."""
    created = task.timeline.created_at
    hold = Hold(created + held_at * SECOND, task.timeline.ends_at)
    held = msgspec.structs.replace(task.timeline, ends_at=NEVER, hold=hold)
    assert observe(held, created + after * SECOND) == expected


@pytest.mark.clauses("RES-PROGRESS", "RES-ETA")
def test_what_was_seen_of_a_held_task_holds_after_its_end(task: Task) -> None:
    """Whoever looks back behind the end of a task that was held, or had no slot, sees it as it stood."""
    created = task.timeline.created_at
    held = msgspec.structs.replace(task.timeline, ends_at=NEVER, hold=Hold(created + 52 * SECOND + 1, 0))
    ended = end(held, now=created + 90 * SECOND, outcome=Status.FAILED, error=ERROR)
    assert observe(ended, created + 90 * SECOND) == Observation(Status.FAILED, 0, None)
    assert observe(ended, created + 90 * SECOND - 1) == Observation(Status.PROCESSING, 50, 31)
    cancelled = end(put_off(task.timeline, NEVER), now=created + 90 * SECOND, outcome=Status.CANCELLED)
    assert observe(cancelled, created + 90 * SECOND) == Observation(Status.CANCELLED, 0, None)
    assert observe(cancelled, created + 90 * SECOND - 1) == Observation(Status.PENDING, 0, 119)


def test_a_timeline_that_was_stored_before_these_fields_can_be_read(task: Task) -> None:
    """The wait and the hold came later and stand last: what was written without them has neither."""
    stored = msgspec.json.decode(msgspec.json.encode(task.timeline))[:7]
    assert msgspec.convert(stored, Timeline) == task.timeline
    assert (task.timeline.waited, task.timeline.hold) == (0, None)


def test_never_is_later_than_any_instant_and_can_be_stored() -> None:
    """A life and its callbacks that begin only then, from the latest instant of a clock, fit 64 bits with a sign."""
    latest = 9_999_999_999 * SECOND
    assert latest < NEVER < NEVER + latest + 365 * 86_400 * SECOND < 2**63
