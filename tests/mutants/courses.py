"""Servers whose tasks do not go on as they are to (L4 to L6, L8, L13, L14, L16)."""

from itertools import count
from typing import Any, Final

import msgspec

from mock_server.core.types import SECOND, Status
from tests.mutants.changes import put, shown, when
from tests.mutants.mutant import Mutant


def _count_on(original: Any) -> Any:
    """A look at a task under way moves it by one percent."""
    looks = count()

    def observe(*places: Any) -> Any:
        seen = original(*places)
        if seen.status is not Status.PROCESSING:
            return seen
        return msgspec.structs.replace(seen, progress=min(99, seen.progress + next(looks)))

    return observe


def _take_longer(original: Any) -> Any:
    """An ended task took a second longer each time that somebody looks."""
    looks = count()
    return lambda task: original(task) + next(looks)


def _lag_behind(original: Any) -> Any:
    """Every third look is answered by a worker that is behind."""
    looks = count()

    def shape(task: Any, now: int, **facts: Any) -> Any:
        behind = 30 * SECOND if next(looks) % 3 == 2 else 0
        return original(task, max(task.timeline.created_at, now - behind), **facts)

    return shape


def _step_back(original: Any) -> Any:
    """Each new task is created three seconds before the one before it."""
    known: dict[str, int] = {}

    def shape(task: Any, now: int, origin: str) -> Any:
        body = original(task, now, origin)
        return msgspec.structs.replace(body, created=body.created - 3 * known.setdefault(task.id, len(known)))

    return shape


MUTANTS: Final = (
    Mutant(
        id="back-to-the-queue",
        wrong="A task that is being worked on is shown as pending again.",
        probes=("life",),
        rules=("L4", "L14"),
        clauses=("TASK-STATUS",),
        told="then pending",
        answers=shown(lambda body: {**body, "status": "pending"} if 40 <= body["progress"] < 70 else body, "query"),
    ),
    Mutant(
        id="queued",
        wrong="There is a status of which no page knows.",
        probes=("life",),
        rules=("L4", "S1"),
        clauses=("TASK-STATUS", "RES-STATUS"),
        told="'queued'",
        answers=shown(when(put("status", "queued"), "pending")),
    ),
    Mutant(
        id="canceled",
        wrong="Cancelled tasks are shown by another word.",
        probes=("failure",),
        rules=("L4",),
        clauses=("TASK-CANCELLED",),
        told="'canceled'",
        answers=shown(when(put("status", "canceled"), "cancelled")),
    ),
    Mutant(
        id="never-done",
        wrong="What a completed task took grows from look to look.",
        probes=("life",),
        rules=("L5",),
        clauses=("TASK-DURATION",),
        told="other values of duration",
        patches={"mock_server.core.views._elapsed": _take_longer},
    ),
    Mutant(
        id="counting-down",
        wrong="progress falls while a task is worked on.",
        probes=("life",),
        rules=("L6",),
        clauses=("TASK-PROGRESS",),
        answers=shown(when(lambda body: {**body, "progress": 99 - body["progress"]}, "processing"), "query"),
    ),
    Mutant(
        id="done-too-early",
        wrong="progress is 100 from the beginning.",
        probes=("others",),
        rules=("L6",),
        clauses=("RES-PROGRESS", "TASK-PROGRESS"),
        told="less in any other",
        answers=shown(put("progress", 100)),
    ),
    Mutant(
        id="ninety-nine",
        wrong="A completed task has no more than 99 %.",
        probes=("life",),
        rules=("L6",),
        clauses=("TASK-PROGRESS",),
        told="100 in a completed task",
        answers=shown(when(put("progress", 99), "completed")),
    ),
    Mutant(
        id="never-nearer",
        wrong="The estimate does not shrink.",
        probes=("life",),
        rules=("L8",),
        clauses=("TASK-ETA", "RES-ETA"),
        answers=shown(when(put("task_info.estimated_time", 120), "processing"), "query"),
    ),
    Mutant(
        id="moved-by-looks",
        wrong="Looking at a task moves it.",
        probes=("life",),
        rules=("L13",),
        clauses=("TASK-READ", "BATCH-READ"),
        told="as no time has passed",
        patches={"mock_server.core.views.observe": _count_on},
    ),
    Mutant(
        id="worker-behind",
        wrong="One of three workers reads a copy that is half a minute old.",
        probes=("life",),
        rules=("L14",),
        clauses=("TASK-STATUS", "TASK-PROGRESS"),
        patches={"mock_server.operations.tasks.task_body": _lag_behind},
    ),
    Mutant(
        id="backward-clock",
        wrong="Each task is created before the one before it.",
        probes=("prices",),
        rules=("L16",),
        clauses=("RES-CREATED",),
        told="created is at least",
        patches={"mock_server.core.views._true_body": _step_back},
    ),
)
"""The servers whose tasks do not go on as they are to."""
