"""How what is shown of a task may change from one look to the next (L4 to L6, L13, L14).

Two looks follow each other if the one had ended before the other began; of looks that overlap, either may be first.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from contracts.recording.lifecycle import TRANSITIONS, may_become
from contracts.recording.server import SeenTask, ServerRecord
from contracts.recording.sights import Sight
from contracts.verdict import Examination, Finding, Ground, Rule, breach

T = TypeVar("T")

_CHANGING: Final = {"billing", "usage", "task_info", "credits_used"}
"""What may still change once a task has ended: its money is booked."""

_LINKED: Final = {"results", "result_data"}
_DONE: Final = 100


def check_transitions(record: ServerRecord) -> Examination:
    """L4: yield for each look, and for each that follows another."""
    for task in record.tasks.values():
        for sight in task.sights:
            known = sight.status in TRANSITIONS
            expected = f"one of the statuses {', '.join(TRANSITIONS)}"
            yield None if known else breach(sight.task, expected, f"{sight.body.get('status')!r}", sight)
        for earlier, later in _following(task):
            yield _check_states(earlier, later)


def _check_states(earlier: Sight, later: Sight) -> Finding | None:
    if not earlier.states or not later.states or may_become(earlier.states, later.states):
        return None
    allowed = sorted({after for status in earlier.states for after in TRANSITIONS[status]}) or ["nothing else"]
    return breach(later.task, f"{earlier.status}, then {' or '.join(allowed)}", f"then {later.status}", earlier, later)


def check_end(record: ServerRecord) -> Examination:
    """L5: yield for each look that follows one at the ended task, and shows it in the same way."""
    for task in record.tasks.values():
        first: dict[bool, Sight] = {}
        for sight in (look for look in task.current if look.way != "callback"):
            known = first.get(sight.way == "list")
            if known is not None and _precedes(known, sight):
                yield _check_end(known, sight)
            elif sight.ended:
                first.setdefault(sight.way == "list", sight)


def _check_end(known: Sight, sight: Sight) -> Finding | None:
    if sight.status != known.status:
        return breach(sight.task, f"{known.status} for good", f"{sight.status!r}", known, sight)
    was, now = lasting(known.body), lasting(sight.body)
    changed = sorted(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))
    told = ", ".join(changed)
    return breach(sight.task, "the same body as before", f"other values of {told}", known, sight) if changed else None


def check_progress(record: ServerRecord) -> Examination:
    """L6: yield for each look at the progress, and for each that follows another."""
    for task in record.tasks.values():
        for sight in task.sights:
            if "progress" in sight.body:
                yield _check_range(sight)
        for earlier, later in _following(task):
            yield from _check_growth(earlier, later)


def _check_range(sight: Sight) -> Finding | None:
    progress, done = sight.progress, sight.status == "completed"
    if progress is None or not 0 <= progress <= _DONE:
        return breach(sight.task, "a whole number from 0 to 100", f"{sight.body['progress']!r}", sight)
    if done != (progress == _DONE):
        return breach(
            sight.task, "100 in a completed task, less in any other", f"{progress} in a {sight.status} one", sight
        )
    return None


def _check_growth(earlier: Sight, later: Sight) -> Examination:
    """Yield for two looks at a task that had not failed."""
    fell = {"failed", "cancelled"}
    if earlier.progress is None or later.progress is None or fell & {earlier.status, later.status}:
        return
    shrank = later.progress < earlier.progress
    yield breach(later.task, f"at least {earlier.progress}", f"{later.progress}", earlier, later) if shrank else None


def check_safety(record: ServerRecord) -> Examination:
    """L13: yield for each two looks at a task between which its clock stood still."""
    for task in record.tasks.values() if record.pace == 0 else ():
        read = [sight for sight in task.current if sight.way in {"query", "batch"}]
        for earlier, later in pairwise(read):
            start = min(earlier.exchange.started_at, later.exchange.started_at)
            end = max(earlier.exchange.ended_at, later.exchange.ended_at)  # they may overlap
            if not record.disturbed(start, end, "clock", "hand", "restart"):
                yield _check_same(earlier, later)


def _check_same(earlier: Sight, later: Sight) -> Finding | None:
    was, now = (earlier.status, earlier.progress), (later.status, later.progress)
    expected = f"{was[0]} at {was[1]} %, as no time has passed"
    return None if was == now else breach(later.task, expected, f"{now[0]} at {now[1]} %", earlier, later)


def check_concurrency(record: ServerRecord) -> Examination:
    """L14: yield for each look at a task that was looked at by several at once.

    A history is linearizable if there is an order of the looks that keeps all that followed each other, and in which
    the task only goes forward. Statuses and progress are ordered, so that it is enough to hold each look against the
    furthest of those that had ended before it began.
    """
    for task in record.tasks.values():
        looks = [sight for sight in task.current if sight.way != "callback"]
        ends = [sight.exchange.ended_at for sight in looks]
        if any(later.exchange.started_at <= end for end, later in zip(ends, looks[1:], strict=False)):
            yield from _check_order(looks)


def _check_order(looks: list[Sight]) -> Examination:
    for later in looks:
        bad = (_check_states(earlier, later) or _check_fall(earlier, later) for earlier in _furthest(looks, later))
        yield next(filter(None, bad), None)


def _furthest(looks: list[Sight], later: Sight) -> Iterator[Sight]:
    """Of the looks that had ended before another began, return the one that was furthest, by status and by progress."""
    before = [look for look in looks if _precedes(look, later) and look.states]
    if before:
        yield max(before, key=lambda look: (look.ended, min(look.states) != "pending"))
        yield max(before, key=lambda look: look.progress or 0)


def _check_fall(earlier: Sight, later: Sight) -> Finding | None:
    return next(_check_growth(earlier, later), None)


def lasting(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an ended task's body stays as it is; of its links the paths, as a service has several names."""
    return {name: _paths(value) if name in _LINKED else value for name, value in body.items() if name not in _CHANGING}


def _paths(value: Any) -> Any:
    if isinstance(value, list):
        return [_paths(item) for item in value]
    if isinstance(value, dict):
        return {name: _paths(item) for name, item in value.items()}
    return _try(lambda: urlsplit(value).path, value) if isinstance(value, str) else value


def _try(work: Callable[[], T], otherwise: T) -> T:
    try:
        return work()
    except ValueError:
        return otherwise


def _precedes(earlier: Sight, later: Sight) -> bool:
    """Tell whether what one shows had been so before the other was made; when a callback was, nobody knows."""
    return later.way != "callback" and earlier.true_from < later.exchange.started_at


def _following(task: SeenTask) -> Iterator[tuple[Sight, Sight]]:
    """Find for each look the last one that had ended before it began."""
    for place, later in enumerate(task.current):
        earlier = next((sight for sight in reversed(task.current[:place]) if _precedes(sight, later)), None)
        if earlier is not None:
            yield earlier, later


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="L4",
        title="A task goes from pending to processing to its end, or from either to failed or cancelled; never back.",
        check=check_transitions,
        clauses=("RES-STATUS", "TASK-STATUS", "TASK-CANCELLED"),
        exposure="A task was seen.",
        advice="Let one table say which way a task may go, and change its status by that alone.",
    ),
    Rule(
        id="L5",
        title="A task that has ended stays as it is.",
        check=check_end,
        clauses=("TASK-STATUS", "TASK-RESULTS", "TASK-ERROR", "TASK-DURATION"),
        exposure="A task was seen again after it had been seen ended.",
        advice="Write down what an ended task is once; only its billing may follow.",
    ),
    Rule(
        id="L6",
        title="progress goes from 0 to 100, never back, and is 100 in a completed task alone.",
        check=check_progress,
        clauses=("RES-PROGRESS", "TASK-PROGRESS"),
        exposure="The progress of a task was seen.",
        advice="Keep the most that was shown, and 100 for the end.",
    ),
    Rule(
        id="L13",
        title="Looking at a task does not move it.",
        check=check_safety,
        ground=Ground.RFC,
        clauses=("TASK-READ", "BATCH-READ"),
        exposure="A task was read twice while the clock stood still.",
        advice="Let a task follow the time or its work, not the number of its readers; GET is safe (RFC 9110, 9.2.1).",
    ),
    Rule(
        id="L14",
        title="Of those that look at a task at once, none sees it go back: its history is linearizable.",
        check=check_concurrency,
        ground=Ground.ROB,
        clauses=("TASK-READ", "TASK-STATUS", "TASK-PROGRESS"),
        exposure="Looks at one task overlapped.",
        advice="Let all workers read one truth, and by one clock.",
    ),
)
"""The rules that hold one look against another."""
