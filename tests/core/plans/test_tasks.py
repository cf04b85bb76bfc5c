from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.plans import (
    AnswerPlan,
    CallbackPlan,
    LinkPlan,
    Match,
    Plans,
    ReadsPlan,
    TaskPlan,
    callback_plan,
    divert,
    keep,
    made_length,
    pack,
    show_row,
    show_task,
    unpack,
    write_plans,
)
from mock_server.core.plans.tasks import AGES
from mock_server.core.tasks.billing import EntryKind, balance, entries
from mock_server.core.tasks.errors import TASK_ERRORS
from mock_server.core.tasks.timeline import observe, reach
from mock_server.core.types import CREDIT, SECOND, Status, Task, Timeline
from mock_server.core.views import task_body, task_row
from tests.core.looks import reachable
from tests.core.plans.conftest import drawn_plans, readable

LINK = "http://127.0.0.1:8765/result.mp4"


def some_life(queue: int, run: int) -> Timeline:
    """Return a life with a queue and a run of so many microseconds."""
    return Timeline(SECOND, SECOND + queue, SECOND + queue + run, run, 120, Status.COMPLETED)


lives = st.builds(some_life, st.integers(0, 300 * SECOND), st.integers(1, 300 * SECOND))
task_plans = st.lists(drawn_plans(kinds=("task",)).map(readable), max_size=4).map(tuple)


@given(lives, st.integers(0, 99))
def test_progress_is_reached_at_the_first_instant_that_shows_it(life: Timeline, percent: int) -> None:
    """At that instant a reader sees so much, and a microsecond earlier less; 0 % is where the run begins."""
    at = reach(life, percent)
    assert life.starts_at <= at <= life.ends_at
    assert observe(life, at).progress >= percent
    assert at == life.starts_at if percent == 0 else observe(life, at - 1).progress < percent


@pytest.mark.clauses("RES-STATUS")
@given(lives, st.integers(0, 99), st.sampled_from(["failed", "cancelled"]))
def test_a_task_ends_where_the_plan_says(life: Timeline, percent: int, outcome: Any) -> None:
    """Until then nobody can tell it from one that ends well; from then on it has ended, with its error."""
    code = "service_error" if outcome == "failed" else None
    diverted = divert(life, (TaskPlan(outcome, code, percent),))
    assert diverted.ends_at == reach(life, percent)
    assert diverted.error == TASK_ERRORS[code or "request_cancelled"]
    assert observe(diverted, diverted.ends_at - 1) == observe(life, diverted.ends_at - 1)
    assert observe(diverted, diverted.ends_at).status == outcome


@given(lives, st.integers(0, 99))
def test_a_task_can_be_done_early(life: Timeline, percent: int) -> None:
    """It is completed when its progress has come so far, and has been processing before."""
    diverted = divert(life, (TaskPlan("completed", at=percent),))
    assert diverted.ends_at == max(reach(life, percent), life.starts_at + 1)
    assert observe(diverted, diverted.ends_at - 1).status is Status.PROCESSING
    assert (diverted.outcome, diverted.error) == (Status.COMPLETED, None)


@given(lives, st.integers(0, 99))
def test_a_stuck_task_never_ends(life: Timeline, percent: int) -> None:
    """It is processing whenever anybody looks, and shows no more progress than that."""
    plans = (TaskPlan(stuck=percent),)
    stuck = divert(life, plans)
    assert msgspec.structs.replace(stuck, ends_at=life.ends_at) == life
    for at in (life.starts_at, life.ends_at, 9_999_999_999 * SECOND):
        seen = observe(stuck, at)
        shown = show_task({"status": seen.status, "progress": seen.progress}, plans, link=LINK)
        assert shown == {"status": "processing", "progress": min(percent, seen.progress)}
    assert stuck.ends_at == AGES
    assert shown["progress"] == percent


@pytest.mark.parametrize(
    ("plan", "wait", "run"),
    [
        (TaskPlan(slower=10), 20, 1_000),
        (TaskPlan(slower=0.5), 1, 50),
        (TaskPlan(waits=300), 300, 100),
        (TaskPlan(runs=1.5), 2, 1.5),
        (TaskPlan(slower=10, waits=3), 3, 1_000),
        (TaskPlan(waits=0, runs=0), 0.000_001, 0.000_001),
        (TaskPlan(estimate=5), 2, 100),
    ],
)
def test_how_long_a_task_takes(task: Task, plan: TaskPlan, wait: float, run: float) -> None:
    """A task of 2 and 100 seconds; at least a microsecond of each is left, so that each status is passed."""
    life = divert(task.timeline, (plan,))
    assert (life.created_at, life.outcome) == (task.timeline.created_at, Status.COMPLETED)
    assert life.starts_at - life.created_at == round(wait * SECOND)
    assert life.run == life.ends_at - life.starts_at == round(run * SECOND)
    assert life.estimate == (120 if plan.estimate is None else 5)
    assert observe(life, life.created_at).status is Status.PENDING


def test_plans_for_one_task_come_together(task: Task) -> None:
    """Lengths are set before the end is found on them, whatever the order; of two ends the first is taken."""
    end, slower = TaskPlan("failed", "service_error", 60), TaskPlan(slower=2)
    both = divert(task.timeline, (end, slower))
    assert both == divert(task.timeline, (slower, end))
    assert both.ends_at == reach(divert(task.timeline, (slower,)), 60)
    assert divert(task.timeline, (end, TaskPlan("cancelled"), TaskPlan(stuck=3))) == divert(task.timeline, (end,))


def test_a_plan_without_facts_leaves_the_life_as_it_is(task: Task) -> None:
    """What is wrong with the callback, and what is only shown, does not change the task."""
    for plans in ((), (CallbackPlan("never"),), (TaskPlan(progress="null", shows={"id": "x"}),)):
        assert divert(task.timeline, plans) is task.timeline


def test_how_long_a_video_lasts() -> None:
    """In microseconds; of two plans that say it the first is followed, and most say nothing of it."""
    assert made_length((CallbackPlan("never"), TaskPlan(stuck=5), TaskPlan(length=3), TaskPlan(length=5))) == 3 * SECOND
    assert made_length((CallbackPlan("never"), TaskPlan(stuck=5))) is None


def test_what_is_planned_for_the_callback() -> None:
    """It is found among the rest."""
    fault = CallbackPlan("gzip")
    assert callback_plan((TaskPlan("failed", "service_error"), fault, CallbackPlan("never"))) is fault
    assert callback_plan((TaskPlan("failed", "service_error"),)) is None


@pytest.mark.uncounted
@pytest.mark.clauses("RES-STATUS", "BILL-SUCCESS")
@given(lives, task_plans, st.lists(st.integers(0, 700 * SECOND), min_size=2, max_size=8))
def test_what_is_shown_stays_consistent(task: Task, life: Timeline, plans: Plans, looks: list[int]) -> None:
    """Whatever is planned, facts go only legal ways, progress never falls, and no credit is lost or made."""
    told = msgspec.structs.replace(task, timeline=divert(life, plans))
    end = told.timeline.ends_at
    assert told.timeline.created_at <= told.timeline.starts_at <= end
    assert (told.timeline.outcome is Status.FAILED) <= (told.timeline.error is not None)
    seen = [observe(told.timeline, at) for at in sorted([*(SECOND + look for look in looks), end - 1, end])]
    for earlier, later in pairwise(seen):
        assert later.status in reachable(earlier.status)
        assert earlier.ended or later.ended or earlier.progress <= later.progress
    for at in (told.timeline.created_at, end - 1, end):
        money = balance(100 * CREDIT, [told], at)
        assert money.available + money.reserved + money.charged == 100 * CREDIT
        assert money.reserved == (0 if at >= end else told.bill.reserved)
    sums = {entry.kind: entry.amount for entry in entries(told, end)}
    assert sums[EntryKind.RESERVE] == sums.get(EntryKind.CHARGE, 0) + sums.get(EntryKind.RELEASE, 0)
    assert (sums.get(EntryKind.CHARGE, 0) > 0) == (told.timeline.outcome is Status.COMPLETED)


@pytest.mark.uncounted
@given(task_plans, st.integers(0, 120))
def test_a_lie_changes_only_what_is_shown(task: Task, plans: Plans, second: int) -> None:
    """Money is shown as it is unless a plan names it, and what was made to be shown is not touched."""
    body = msgspec.to_builtins(task_body(task, task.timeline.created_at + second * SECOND, origin=""))
    before = msgspec.json.encode(body)
    shown = show_task(body, plans, link=LINK)
    assert msgspec.json.encode(body) == before
    if not any(isinstance(plan, TaskPlan) and (plan.shows or plan.hides) for plan in plans):
        lied = {"progress", "results", "result_data"}
        assert {name: value for name, value in shown.items() if name not in lied} == {
            name: value for name, value in body.items() if name not in lied
        }


RUNNING = {"status": "processing", "progress": 60, "task_info": {"can_cancel": True}}
DONE = {"status": "completed", "progress": 100, "results": ["a"], "result_data": [{"url": "a"}]}
FAILED = {"status": "failed", "progress": 0}
FOUND = {"results": [LINK], "result_data": [{"url": LINK}]}


@pytest.mark.parametrize(
    ("plans", "true", "shown"),
    [
        ((), RUNNING, RUNNING),
        ((AnswerPlan(503),), RUNNING, RUNNING),
        ((TaskPlan(stuck=42),), RUNNING, {**RUNNING, "progress": 42}),
        ((TaskPlan(stuck=99),), RUNNING, RUNNING),
        ((TaskPlan(stuck=42),), FAILED, FAILED),
        ((TaskPlan(progress="text"), TaskPlan(stuck=42)), RUNNING, {**RUNNING, "progress": "42"}),
        ((TaskPlan(progress="regressing", progress_from=60),), RUNNING, {**RUNNING, "progress": 0}),
        ((TaskPlan(progress="regressing", progress_from=40),), RUNNING, {**RUNNING, "progress": 20}),
        ((TaskPlan(progress="regressing", progress_from=61),), RUNNING, RUNNING),
        ((TaskPlan(progress="regressing"),), DONE, DONE),
        ((TaskPlan(progress="overflowing"),), RUNNING, {**RUNNING, "progress": 111}),
        ((TaskPlan(progress="overflowing"),), DONE, DONE),
        ((TaskPlan(progress="null"),), DONE, {**DONE, "progress": None}),
        ((TaskPlan(progress="text"),), RUNNING, {**RUNNING, "progress": "60"}),
        ((TaskPlan(progress="missing"),), FAILED, {"status": "failed"}),
        ((TaskPlan(results="missing"),), DONE, {"status": "completed", "progress": 100}),
        ((TaskPlan(results="missing"),), RUNNING, RUNNING),
        ((TaskPlan(results="empty"),), DONE, {**DONE, "results": [], "result_data": []}),
        ((TaskPlan(results="empty"),), FAILED, FAILED),
        ((TaskPlan(results="always"),), FAILED, {**FAILED, **FOUND}),
        ((TaskPlan(results="always"),), DONE, {**DONE, **FOUND}),
        ((TaskPlan(results="always"),), RUNNING, RUNNING),
        ((TaskPlan(shows={"status": "paused"}, during=("processing",)),), RUNNING, {**RUNNING, "status": "paused"}),
        ((TaskPlan(shows={"status": "paused"}, during=("pending",)),), RUNNING, RUNNING),
        ((TaskPlan(shows={"task_info.can_cancel": 0}),), RUNNING, {**RUNNING, "task_info": {"can_cancel": 0}}),
        ((TaskPlan(hides=("task_info.can_cancel", "usage")),), RUNNING, {**RUNNING, "task_info": {}}),
        ((TaskPlan(shows={"a": 1}), TaskPlan(shows={"a": 2, "b": 2})), FAILED, {**FAILED, "a": 1, "b": 2}),
        (
            (TaskPlan(shows={"status": "completed"}), TaskPlan(progress="text", results="empty")),
            RUNNING,
            {**RUNNING, "status": "completed", "progress": "60"},
        ),
    ],
    ids=range(28),
)
def test_how_a_task_is_shown(plans: Plans, true: dict[str, Any], shown: dict[str, Any]) -> None:
    """Each lie by itself, where it holds and where it does not; of two the first is told."""
    assert show_task(true, plans, link=LINK) == shown


def test_how_a_row_of_the_list_is_shown(task: Task) -> None:
    """Only what stands in the row is shown otherwise, and nothing comes to stand there."""
    row = msgspec.to_builtins(task_row(task, task.timeline.ends_at))
    plans = (
        TaskPlan(progress="null", results="always", shows={"model": "other", "usage.cost": 1}, hides=("type",)),
        TaskPlan(shows={"status": "paused"}, during=("failed",)),
        LinkPlan("html"),
    )
    assert show_row(row, plans) == {
        name: {"progress": None, "model": "other"}.get(name, value) for name, value in row.items() if name != "type"
    }


def test_what_is_kept_with_a_task() -> None:
    """What says how task and result are shown, without when it strikes; the rest is in the timeline."""
    match = Match(nth="2")
    lie = TaskPlan(progress="null", progress_from=5, match=match, times=3, name="lie")
    plans: Plans = (
        TaskPlan("failed", "service_error", 60, match=match),
        CallbackPlan("never"),
        lie,
        TaskPlan(slower=3, stuck=5),
        LinkPlan("html", match=match, times=2, name="page"),
        ReadsPlan(behind=5),
    )
    kept = (TaskPlan(progress="null", progress_from=5), TaskPlan(stuck=5), LinkPlan("html"), ReadsPlan(behind=5))
    assert keep(plans) == kept
    assert keep(()) == unpack(b"") == ()
    assert pack(()) == b""
    assert unpack(pack(kept)) == kept
    assert len(pack((TaskPlan(stuck=5),))) < 30


@pytest.mark.uncounted
@given(task_plans)
def test_what_is_kept_says_all_that_is_shown(plans: Plans) -> None:
    """A task is shown by what was kept as it would be by its plans; and keeping loses nothing on the way."""
    kept = keep(plans)
    assert unpack(pack(kept)) == kept
    assert write_plans(unpack(pack(kept))) == write_plans(kept)
    for true in (RUNNING, DONE, FAILED):
        assert show_task(true, kept, link=LINK) == show_task(true, plans, link=LINK)
