"""What can happen to a task: how it goes, which is a fact, and how it is shown, which may be a lie.

The facts are planned when the task is created, and all else follows from them: status, progress, money, callbacks. A
lie is told again each time the task is shown, and changes nothing else.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias, get_args

import msgspec

from mock_server.core.plans.composites import Members, Several
from mock_server.core.plans.forms import Choice, Json, Number, Percent, Seconds, Text, Whole
from mock_server.core.plans.paths import MISSING, find_value, with_value, without_value
from mock_server.core.plans.plan import BasePlan
from mock_server.core.tasks.errors import CANCELLED_ERROR, TASK_ERRORS
from mock_server.core.tasks.timeline import TERMINAL, reach
from mock_server.core.types import SECOND, Status, Timeline

Outcome: TypeAlias = Literal["completed", "failed", "cancelled"]
"""How a task can end."""

ProgressLie: TypeAlias = Literal["regressing", "overflowing", "missing", "null", "text"]
"""How progress is shown while the task is processing: from `progress_from` percent on it begins again at 0, or goes on
above 100; or it is never there, null, or a text."""

ResultsLie: TypeAlias = Literal["missing", "empty", "always"]
"""How results are shown: not at all or as empty lists, though there are some; or with a link in any ended task."""

Seen: TypeAlias = Literal["pending", "processing", "completed", "failed", "cancelled"]

AGES: Final = 10_000_000_000 * SECOND
"""When a task ends that is stuck: just after the last instant that a clock can show."""

_LATEST: Final = 99
_HALFWAY: Final = 50
_YEAR: Final = 366 * 86_400
_LONGEST: Final = 15
_FACTS: Final = {
    "task end": ("outcome", "code", "at", "stuck"),
    "task slower": ("slower",),
    "task waits": ("waits",),
    "task runs": ("runs",),
    "task estimate": ("estimate",),
}
_LIES: Final = ("stuck", "progress", "progress_from", "results", "shows", "hides", "during")


class TaskPlan(BasePlan, frozen=True, tag="task"):
    """A task that is created goes so, or is shown so. Times are seconds of the universe."""

    operations: ClassVar[tuple[str, ...]] = ("create",)
    at_creation: ClassVar[bool] = True

    outcome: Annotated[Outcome | None, Choice(get_args(Outcome)), "how it ends"] = None
    code: Annotated[str | None, Choice(tuple(TASK_ERRORS)), "the error with which it fails"] = None
    at: Annotated[int, Percent(_LATEST), "the progress at which it ends"] = _HALFWAY
    stuck: Annotated[int | None, Percent(_LATEST), "the progress at which it stays for ever"] = None
    slower: Annotated[float, Number(0.001, 100_000), "by how much its waiting and its work take longer"] = 1
    waits: Annotated[float | None, Seconds(0, _YEAR), "how long it waits before the work begins"] = None
    runs: Annotated[float | None, Seconds(0, _YEAR), "how long the work takes"] = None
    estimate: Annotated[int | None, Whole(0, _YEAR), "the seconds that are announced, whatever the truth"] = None
    length: Annotated[int | None, Whole(1, _LONGEST), "the seconds that its video really lasts"] = None
    progress: Annotated[ProgressLie | None, Choice(get_args(ProgressLie)), "how progress is shown"] = None
    progress_from: Annotated[int, Percent(_LATEST), "from which progress on it is shown so"] = _HALFWAY
    results: Annotated[ResultsLie | None, Choice(get_args(ResultsLie)), "how results are shown"] = None
    shows: Annotated[Mapping[str, Any], Members(Json()), "members that are shown so, by path"] = {}
    hides: Annotated[tuple[str, ...], Several(Text()), "paths of members that are not shown"] = ()
    during: Annotated[
        tuple[Seen, ...],
        Several(Choice(get_args(Seen))),
        "the true statuses in which shows and hides hold; all if none",
    ] = ()

    @property
    def label(self) -> str:
        """What the journal calls it: its name, or how the task ends."""
        return self.name or ("task" if self.outcome is None else f"task {self.outcome}")

    def slots(self) -> frozenset[str]:
        """Return what it decides: the end, each length of time, each lie."""
        said = [
            name
            for name in ("waits", "runs", "estimate", "length", "progress", "results")
            if getattr(self, name) is not None
        ]
        said += ["end"] if self.outcome or self.stuck is not None else []
        said += ["slower"] if self.slower != 1 else []
        when = "".join(f" {status}" for status in sorted(self.during))
        said += [f"member {path}{when}" for path in (*self.shows, *self.hides)]
        return frozenset(f"task {name}" for name in said)

    def broken(self) -> str | None:
        """Refuse what does not go together."""
        failed, ends = self.outcome == "failed", self.outcome is not None
        rules = {
            f"code is needed when outcome is failed; known are {', '.join(TASK_ERRORS)}": failed and self.code is None,
            "code is given, and outcome is not failed": self.code is not None and not failed,
            "outcome and stuck are both given; a task that is stuck does not end": ends and self.stuck is not None,
            "at is given, and outcome is not": self.at != _HALFWAY and not ends,
            "progress_from is given, and progress is not": self.progress_from != _HALFWAY and self.progress is None,
            "during is given, and neither shows nor hides is": self.during and not (self.shows or self.hides),
            "it changes nothing; outcome, stuck, slower, shows or another field is needed": not self.slots(),
        }
        return next((rule for rule, is_broken in rules.items() if is_broken), None)


def divert(timeline: Timeline, plans: Iterable[BasePlan]) -> Timeline:
    """Return a new task's timeline as its plans want it; of plans that disagree the first is followed."""
    facts: dict[str, Any] = {}
    for plan in plans:
        for name in (name for slot in plan.slots() for name in _FACTS.get(slot, ())):
            facts.setdefault(name, getattr(plan, name))
    return _ended(_retimed(timeline, TaskPlan(**facts)), TaskPlan(**facts)) if facts else timeline


def made_length(plans: Iterable[BasePlan]) -> int | None:
    """Return how many microseconds a new task's video lasts if a plan says so; the first that does is followed."""
    said = (plan.length for plan in plans if isinstance(plan, TaskPlan) and plan.length is not None)
    return next((seconds * SECOND for seconds in said), None)


def lies_only(plan: TaskPlan) -> TaskPlan | None:
    """Return what of a plan is still needed once the timeline is diverted; None if that is nothing."""
    lies = TaskPlan(**{name: getattr(plan, name) for name in _LIES})
    return lies if lies != TaskPlan() else None


def show_task(body: dict[str, Any], plans: Iterable[BasePlan], *, link: str) -> dict[str, Any]:
    """Return the body of a task (as plain JSON values) as its plans show it; `link` is where its result is or would be.

    A task that is stuck has no more progress; all else that plans say of status and progress they say of the true ones.
    """
    told = _told(plans)
    changed = true = _held(body, told)
    for plan in reversed(told):
        changed = _with_results(_with_progress(changed, true, plan), true, plan, link)
        changed = _with_members(changed, true, plan, row=False)
    return changed


def show_row(row: dict[str, Any], plans: Iterable[BasePlan]) -> dict[str, Any]:
    """Return a task's row of the list as its plans show it: only what stands in the row is shown otherwise."""
    told = _told(plans)
    changed = true = _held(row, told)
    for plan in reversed(told):
        changed = _with_members(_with_progress(changed, true, plan), true, plan, row=True)
    return changed


def _told(plans: Iterable[BasePlan]) -> tuple[TaskPlan, ...]:
    return tuple(plan for plan in plans if isinstance(plan, TaskPlan))


def _retimed(timeline: Timeline, plan: TaskPlan) -> Timeline:
    """Return a timeline of other lengths: never without a wait or without work, so that each status is passed."""
    estimate = timeline.estimate if plan.estimate is None else plan.estimate
    timeline = msgspec.structs.replace(timeline, estimate=estimate)
    if plan.slower == 1 and plan.waits is None and plan.runs is None:
        return timeline
    wait, run = timeline.starts_at - timeline.created_at, timeline.run
    wait = max(1, round(wait * plan.slower if plan.waits is None else plan.waits * SECOND))
    run = max(1, round(run * plan.slower if plan.runs is None else plan.runs * SECOND))
    starts_at = timeline.created_at + wait
    return msgspec.structs.replace(timeline, starts_at=starts_at, ends_at=starts_at + run, run=run)


def _ended(timeline: Timeline, plan: TaskPlan) -> Timeline:
    """Return a timeline with another end."""
    if plan.stuck is not None:
        return msgspec.structs.replace(timeline, ends_at=AGES)
    if plan.outcome is None:
        return timeline
    ends_at = reach(timeline, plan.at)
    if plan.outcome == "completed":
        return msgspec.structs.replace(timeline, ends_at=max(ends_at, timeline.starts_at + 1))
    error = CANCELLED_ERROR if plan.code is None else TASK_ERRORS[plan.code]
    return msgspec.structs.replace(timeline, ends_at=ends_at, outcome=Status(plan.outcome), error=error)


def _held(shown: dict[str, Any], plans: tuple[TaskPlan, ...]) -> dict[str, Any]:
    """Return what is true of a task that may be stuck: its timeline goes on beyond the progress at which it stays."""
    stuck = [plan.stuck for plan in plans if plan.stuck is not None]
    if not stuck or shown["status"] != Status.PROCESSING:
        return shown
    return {**shown, "progress": min(shown["progress"], *stuck)}


def _with_progress(changed: dict[str, Any], true: Mapping[str, Any], plan: TaskPlan) -> dict[str, Any]:
    progress, running = true["progress"], true["status"] == Status.PROCESSING
    if plan.progress == "missing":
        return without_value(changed, "progress")  # type: ignore[no-any-return] # of an object comes an object
    if plan.progress in ("null", "text"):
        return {**changed, "progress": None if plan.progress == "null" else str(progress)}
    if plan.progress is not None and running and progress >= plan.progress_from:
        return {**changed, "progress": progress - plan.progress_from + (101 if plan.progress == "overflowing" else 0)}
    return changed


def _with_results(changed: dict[str, Any], true: Mapping[str, Any], plan: TaskPlan, link: str) -> dict[str, Any]:
    if plan.results is None or true["status"] not in TERMINAL:
        return changed
    if plan.results == "always":
        return {**changed, "results": [link], "result_data": [{"url": link}]}
    without = {name: value for name, value in changed.items() if name not in ("results", "result_data")}
    if plan.results == "missing" or true["status"] != Status.COMPLETED:
        return without
    return {**without, "results": [], "result_data": []}


def _with_members(changed: dict[str, Any], true: Mapping[str, Any], plan: TaskPlan, *, row: bool) -> dict[str, Any]:
    if plan.during and true["status"] not in plan.during:
        return changed
    for path in plan.hides:
        changed = without_value(changed, path)
    for path, value in plan.shows.items():
        if not row or find_value(changed, path) is not MISSING:
            changed = with_value(changed, path, value)
    return changed
