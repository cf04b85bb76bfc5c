"""Tasks with all their facts, and what is done to one."""

from typing import Any, Literal

from mock_server.control.shapes.base import ErrorCode, Name, Shape
from mock_server.control.shapes.clock import AttemptMade


class LedgerEntry(Shape, frozen=True):
    """One line of a task's ledger."""

    kind: Literal["reserve", "charge", "release"]
    credits: float
    at: float


class TaskFacts(Shape, frozen=True):
    """How a task stands. Times that nothing has planned (a task that is held never ends) are null."""

    id: str
    model: str
    status: str
    progress: int
    held: bool
    created_at: float
    starts_at: float | None
    ends_at: float | None
    outcome: str
    error: str | None


class TaskState(TaskFacts, frozen=True):
    """All facts of a task. Times that nothing has planned (a task that is held never ends) are null."""

    account: str
    group: str
    waited: float
    ledger: tuple[LedgerEntry, ...]
    callback_url: str | None
    request: Any
    result: str


class TaskList(Shape, frozen=True):
    """Tasks of a universe, in the order in which they were created."""

    universe: str
    tasks: tuple[TaskState, ...]


class TaskQuery(Shape, frozen=True):
    """Which tasks are wanted."""

    account: Name | None = None
    status: Literal["pending", "processing", "completed", "failed", "cancelled"] | None = None


class Failure(Shape, frozen=True):
    """How a task is to fail: a code of the error-code page."""

    code: ErrorCode = "service_error"


class TaskChanged(Shape, frozen=True):
    """A task after a change by hand, and the attempts at its callback that were made at once."""

    task: TaskState
    callbacks: tuple[AttemptMade, ...]
