"""The time of a test's universe: it stands still until a test, or a client that sleeps, moves it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final, Literal, TypeAlias, TypeVar, get_args

from anyio import to_thread

from mock_server.client.methods import Methods
from mock_server.control.shapes import ClockChanged, TaskState

T = TypeVar("T")

GivenTask: TypeAlias = str | Mapping[str, Any] | TaskState
"""A task: its id, the API's body of it, or one of `evolink.tasks`."""

Reached: TypeAlias = Literal["processing", "completed", "failed", "cancelled"]
"""What a task can be moved to by time alone."""

_REACHED: Final = get_args(Reached)


class VirtualClock:
    """A frozen clock, and the ways to move it.

    Each way runs what falls due, in order and to its end, callbacks and their retries included, and returns the clock
    as it is then with the attempts that were made (`ClockChanged.callbacks`).

    A plain method waits for all of that on the thread that calls it. A coroutine whose own loop serves those callbacks
    would wait for itself; for it, each way has a twin to be awaited: `advance_async`, `until_async`, `step_async`.

    Args:
        control: What moves it.
    """

    def __init__(self, control: Methods) -> None:
        self._control = control

    @property
    def now(self) -> float:
        """The universe's time, in seconds since the epoch."""
        return self._control.show_clock().now

    def advance(self, by: str | float | timedelta) -> ClockChanged:
        """Let time pass: seconds, a timedelta, or a text such as 90s, 1.5h, 24h or 7d.

        Raises:
            ControlError: It is no such length of time.
        """
        return self._control.change_clock(advance=by.total_seconds() if isinstance(by, timedelta) else by)

    def step(self, events: int = 1) -> ClockChanged:
        """Let time pass until so many things have happened: a task starts or ends, or a callback is due."""
        return self._control.change_clock(step=events)

    def until(self, task: GivenTask, status: Reached | None = None) -> ClockChanged:
        """Let time pass until a task has this status; without one, until it has ended.

        Raises:
            AssertionError: It will not come to that: it ends otherwise, or has passed it.
            ControlError: There is no such task, or it does not end by itself.
            ValueError: There is no such status.
        """
        if status is not None and status not in _REACHED:
            raise ValueError(f"until: expected a status of {', '.join(_REACHED)}, got {status!r}")
        found = self._control.show_task(_id_of(task))
        if status == "processing":
            return self._until_it_starts(found)
        if status is not None and found.outcome != status and found.ends_at is not None:
            why = f" ({found.error})" if found.error else ""
            raise AssertionError(f"{found.id} will not be {status}: it ends as {found.outcome}{why}")
        return self._control.change_clock(until=found.id)

    async def advance_async(self, by: str | float | timedelta) -> ClockChanged:
        """Do as `advance`, while the loop goes on."""
        return await _aside(partial(self.advance, by))

    async def step_async(self, events: int = 1) -> ClockChanged:
        """Do as `step`, while the loop goes on."""
        return await _aside(partial(self.step, events))

    async def until_async(self, task: GivenTask, status: Reached | None = None) -> ClockChanged:
        """Do as `until`, while the loop goes on."""
        return await _aside(partial(self.until, task, status))

    def _until_it_starts(self, task: TaskState) -> ClockChanged:
        if task.status == "processing":
            return self._control.change_clock(advance=0)
        if task.status != "pending":
            raise AssertionError(f"{task.id} will not be processing: it is {task.status}")
        if task.starts_at is None or task.held:
            raise AssertionError(f"{task.id} will not be processing: it is held, or finds no slot")
        return self._control.change_clock(set=task.starts_at)


def _id_of(task: GivenTask) -> str:
    if isinstance(task, TaskState):
        return task.id
    return str(task["id"]) if isinstance(task, Mapping) else task


async def _aside(work: Callable[[], T]) -> T:
    """Do something on another thread."""
    return await to_thread.run_sync(work)
