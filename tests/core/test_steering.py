from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final, get_args

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mock_server.core.callbacks.sendings import plan_sendings, shape
from mock_server.core.ids import CountedDice
from mock_server.core.limits.queueing import put_off
from mock_server.core.plans import CallbackFault, CallbackPlan, TaskPlan, divert
from mock_server.core.tasks.billing import balance, settlement
from mock_server.core.tasks.steering import cancel, fail, finish, hold, release, retime
from mock_server.core.tasks.timeline import IllegalTransition, Observation, Timing, observe, plan_timeline
from mock_server.core.types import NEVER, SECOND, Sending, Status, Task, TaskError
from tests.core.looks import query, reachable

NOW = 1_757_169_743 * SECOND
OPENING = 10**9
ERROR = TaskError("service_error", "Service error\nTry again.")
VERBS: Final[Mapping[str, Callable[[Task, int], Task]]] = {
    "cancel": lambda task, now: cancel(task, now=now),
    "fail": lambda task, now: fail(task, ERROR, now=now),
    "finish": lambda task, now: finish(task, now=now),
    "hold": lambda task, now: hold(task, now=now),
    "release": lambda task, now: release(task, now=now),
}
ENDS: Final = {"cancel": Status.CANCELLED, "fail": Status.FAILED, "finish": Status.COMPLETED}

ranges = st.tuples(st.integers(0, 60 * SECOND), st.integers(0, 60 * SECOND)).map(lambda pair: (min(pair), max(pair)))
timings = st.builds(Timing, queue=ranges, run=ranges, estimate=st.integers(0, 90))
ends = st.one_of(st.none(), st.builds(TaskPlan, st.just("failed"), st.just("service_error"), st.integers(0, 99)))
callbacks = st.builds(CallbackPlan, st.sampled_from(get_args(CallbackFault)), st.integers(0, 60))
waits = st.one_of(st.just(0), st.integers(0, 60 * SECOND), st.just(NEVER))
moments = st.integers(0, 90 * SECOND)


@st.composite
def tasks(draw: st.DrawFn, task: Task, *, endless: bool = True) -> Task:
    """Draw a task that is created now: its life, its wait for a slot, perhaps without end, and its callbacks."""
    dice = CountedDice(draw(st.binary(max_size=8)), "timeline", 0)
    end_plan = draw(ends)
    timeline = divert(plan_timeline(draw(timings), now=NOW, dice=dice), () if end_plan is None else (end_plan,))
    planned = msgspec.structs.replace(task, timeline=timeline, sendings=plan_sendings(timeline, draw(callbacks)))
    return put_off(planned, waited=draw(waits.filter(lambda wait: endless or wait < NEVER)))


@st.composite
def stories(draw: st.DrawFn, task: Task) -> list[tuple[int, Task]]:
    """Draw what hands do to a task as time goes by: the task as it is from each instant on, refused deeds left out."""
    story, now = [(NOW, draw(tasks(task)))], NOW
    for after, verb in draw(st.lists(st.tuples(moments, st.sampled_from(sorted(VERBS))), max_size=8)):
        now += after
        try:
            story.append((now, VERBS[verb](story[-1][1], now)))
        except IllegalTransition:
            continue
    return story


def looks(story: list[tuple[int, Task]]) -> list[Observation]:
    """Return what a reader sees who looks at every turn of a story, just before it, and long after."""
    seen = []
    for (since, task), (until, _) in pairwise([*story, (story[-1][0] + 1_000 * SECOND, story[-1][1])]):
        turns = [since, task.timeline.starts_at, task.timeline.ends_at - 1, task.timeline.ends_at, until]
        seen += [observe(task.timeline, at) for at in sorted(turns) if since <= at <= until]
    return seen


@pytest.mark.clauses("RES-STATUS")
@given(data=st.data())
def test_whatever_hands_do_a_reader_sees_only_ways_of_the_table(task: Task, data: st.DataObject) -> None:
    """From one look to the next a task has gone a way that the table has, or stayed; its end is final."""
    seen = looks(data.draw(stories(task)))
    assert all(after.status in reachable(before.status) for before, after in pairwise(seen))
    assert all(before == after for before, after in pairwise(seen) if before.ended)


@pytest.mark.uncounted
@pytest.mark.clauses("RES-PROGRESS", "RES-ETA")
@given(data=st.data())
def test_whatever_hands_do_progress_never_falls(task: Task, data: st.DataObject) -> None:
    """Neither a hold nor a release takes progress back, and there is always some time left, of a length to be shown."""
    seen = looks(data.draw(stories(task)))
    alive = [look.progress for look in seen if not look.ended]
    assert alive == sorted(alive)
    assert all((look.progress == 100) is (look.status is Status.COMPLETED) for look in seen)
    assert all(1 <= look.remaining <= 1_000 for look in seen if look.remaining is not None)


@pytest.mark.uncounted
@pytest.mark.clauses("BILL-SUCCESS")
@given(data=st.data())
def test_whatever_hands_do_the_money_adds_up(task: Task, data: st.DataObject) -> None:
    """At every turn a task has its credits reserved, or has ended and is charged or not, and nothing is lost."""
    for at, steered in data.draw(stories(task)):
        seen, money = observe(steered.timeline, at), balance(OPENING, [steered], at)
        charged, released = settlement(steered.bill, seen.status) if seen.ended else (0, 0)
        assert money.reserved + charged + released == steered.bill.reserved
        assert money.charged == charged == (steered.bill.charge if seen.status is Status.COMPLETED else 0)


@given(data=st.data())
def test_whatever_hands_do_callbacks_keep_their_distance_from_the_end(task: Task, data: st.DataObject) -> None:
    """What is due at the end or later is due as much later as before, and fits a store; an early one stays."""
    story = data.draw(stories(task))
    first = story[0][1]
    distances = [(sending.variant, sending.due_at - first.timeline.ends_at) for sending in first.sendings]
    for _, steered in story:
        expected = [
            Sending(NOW if variant == "early" else steered.timeline.ends_at + distance, variant)
            for variant, distance in distances
        ]
        assert list(steered.sendings) == expected
        assert all(sending.due_at < 2**63 for sending in steered.sendings)


@pytest.mark.uncounted
@pytest.mark.clauses("RES-STATUS", "RES-PROGRESS")
@given(data=st.data(), before=moments, length=moments, after=moments)
def test_a_released_task_goes_on_where_it_stood(
    task: Task, data: st.DataObject, before: int, length: int, after: int
) -> None:
    """All of the life that was left when a task was held follows its release, as it would have been."""
    whole = data.draw(tasks(task, endless=False))
    held_at = NOW + before
    assume(not observe(whole.timeline, held_at).ended)
    held = hold(whole, now=held_at)
    stood, stands = observe(whole.timeline, held_at), observe(held.timeline, held_at + length)
    assert (stands.status, stands.progress) == (stood.status, stood.progress)
    released = release(held, now=held_at + length)
    expected = observe(whole.timeline, held_at + after)
    seen = observe(released.timeline, held_at + length + after)
    assert (seen.status, seen.progress, seen.ended) == (expected.status, expected.progress, expected.ended)
    moved = [sending.due_at + length for sending in whole.sendings if sending.variant != "early"]
    assert [sending.due_at for sending in released.sendings if sending.variant != "early"] == moved


@pytest.mark.uncounted
@pytest.mark.clauses("TASK-CANCELLED", "RES-STATUS", "RES-PROGRESS")
@given(data=st.data(), after=moments, held=st.booleans())
@pytest.mark.parametrize("verb", sorted(ENDS))
def test_an_end_by_hand_is_seen_at_once(task: Task, data: st.DataObject, verb: str, after: int, *, held: bool) -> None:
    """Whatever was planned, and held or not, a task that lives ends now, and nothing can be done to it any more."""
    now = NOW + after
    steered = data.draw(tasks(task))
    assume(not observe(steered.timeline, now).ended)
    ended = VERBS[verb](hold(steered, now=now) if held else steered, now)
    progress = 100 if verb == "finish" else 0
    assert observe(ended.timeline, now) == Observation(ENDS[verb], progress, None)
    codes = {"cancel": "request_cancelled", "fail": ERROR.code, "finish": None}
    assert (ended.timeline.error and ended.timeline.error.code) == codes[verb]
    assert ended.timeline.ends_at == now
    for steer in VERBS.values():
        with pytest.raises(IllegalTransition, match=f"^a task that is {ENDS[verb]} cannot be "):
            steer(ended, now)


@pytest.mark.parametrize(
    ("verbs", "sentence"),
    [
        (
            ["release"],
            "a task that is pending and not held cannot be released; it can be held, cancelled, failed or finished",
        ),
        (
            ["hold", "hold"],
            "a task that is pending and held cannot be held again; it can be released, cancelled, failed or finished",
        ),
        (["cancel", "release"], "a task that is cancelled cannot be released; nothing can happen to it any more"),
        (["fail", "finish"], "a task that is failed cannot be finished; nothing can happen to it any more"),
        (["finish", "hold"], "a task that is completed cannot be held; nothing can happen to it any more"),
        (["finish", "fail"], "a task that is completed cannot be failed; nothing can happen to it any more"),
        (["finish", "cancel"], "a task that is completed cannot be cancelled; nothing can happen to it any more"),
    ],
)
def test_a_refusal_says_what_the_task_is_and_what_can_be_done(task: Task, verbs: list[str], sentence: str) -> None:
    """One sentence with the status and what is possible."""
    for verb in verbs[:-1]:
        task = VERBS[verb](task, task.timeline.created_at)
    with pytest.raises(IllegalTransition) as refused:
        VERBS[verbs[-1]](task, task.timeline.created_at)
    assert str(refused.value) == sentence


def test_a_pending_task_is_finished_by_way_of_processing(task: Task) -> None:
    """It starts as it ends, so that its life has every station of the table, and is completed though it was to fail."""
    created = task.timeline.created_at
    to_fail = msgspec.structs.replace(task.timeline, outcome=Status.FAILED, error=ERROR)
    finished = finish(msgspec.structs.replace(task, timeline=to_fail), now=created + SECOND).timeline
    assert (finished.starts_at, finished.ends_at) == (created + SECOND, created + SECOND)
    assert (finished.outcome, finished.error) == (Status.COMPLETED, None)


def test_a_finished_task_keeps_the_start_that_it_had(task: Task) -> None:
    """A task that was held while it ran is finished with the progress at which it stood behind it."""
    created = task.timeline.created_at
    held = hold(task, now=created + 52 * SECOND + 1)
    finished = finish(held, now=created + 500 * SECOND).timeline
    assert finished.ends_at - finished.starts_at == 50 * SECOND + 1
    assert observe(finished, finished.ends_at - 1) == Observation(Status.PROCESSING, 50, 1)


@pytest.mark.clauses("CB-WHEN")
def test_a_held_tasks_callbacks_wait_with_it(task: Task) -> None:
    """While a task is held they are due after the instant that never comes, and on its release where they were."""
    end = task.timeline.ends_at
    sendings = (Sending(NOW, "early"), Sending(end), Sending(end + 5 * SECOND, "stale"))
    with_callbacks = msgspec.structs.replace(task, sendings=sendings)
    held = hold(with_callbacks, now=task.timeline.starts_at)
    assert held.sendings == (Sending(NOW, "early"), Sending(NEVER), Sending(NEVER + 5 * SECOND, "stale"))
    assert release(held, now=task.timeline.starts_at) == with_callbacks


def test_an_early_callback_of_a_life_that_ends_as_it_begins_stays(task: Task) -> None:
    """It is due when the task is created, whenever the end comes to be."""
    at_once = msgspec.structs.replace(task.timeline, starts_at=NOW, ends_at=NOW, outcome=Status.FAILED)
    early = msgspec.structs.replace(task, timeline=at_once, sendings=(Sending(NOW, "early"), Sending(NOW)))
    later = retime(early, msgspec.structs.replace(at_once, starts_at=NOW + SECOND, ends_at=NOW + SECOND))
    assert later.sendings == (Sending(NOW, "early"), Sending(NOW + SECOND))


@pytest.mark.clauses("CB-BODY")
@pytest.mark.parametrize("waited", [0, NEVER])
def test_an_early_callback_shows_the_end_that_was_planned(task: Task, waited: int) -> None:
    """An end out of sight, as the task is held or has no slot, is shown as it was planned, by each retry."""
    planned = query(task, task.timeline.ends_at)
    waits = put_off(task, waited=waited)
    for steered in (waits, hold(waits, now=NOW)):
        for after in (0, 1, 3, 7, 86_400):
            assert msgspec.json.decode(shape(steered, "early", NOW + after * SECOND).body) == planned
