"""What the dashboard tells of a task: its facts, what a client would see of it now, what its request was held to."""

from typing import Any

import msgspec

from mock_server.control.callbacks import show_callback
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import CallbackShown, Shape, TaskState
from mock_server.control.tasks import existing_task, show
from mock_server.core.plans import ReadsPlan, seen_at, unpack
from mock_server.core.tasks.timeline import observe
from mock_server.core.types import Instant, Status, Task
from mock_server.core.views import task_body
from mock_server.dashboard.checked import Checked, list_checked
from mock_server.links.results import LINK_LIFETIME


class TaskInspected(Shape, frozen=True):
    """All there is to say of a task.

    `seen` is the body that a query would get now; null while plans keep the task from being found. `link` is whether
    there is a result, its link `expired`, or `none`.
    """

    task: TaskState
    seen: Any
    checked: tuple[Checked, ...]
    callbacks: tuple[CallbackShown, ...]
    link: str


async def inspect_task(request: Request[Nothing, Nothing]) -> TaskInspected:
    """Tell all that is known of a task."""
    simulator = request.simulator
    universe, task = await existing_task(request)
    now, operation = universe.now(), simulator.creations.get(task.model)
    facts = show(simulator, task, now)
    callbacks = await simulator.store.callbacks(universe.name, task=task.id)
    return TaskInspected(
        task=facts,
        seen=_seen(task, now),
        checked=() if operation is None else list_checked(operation),
        callbacks=tuple(show_callback(record, facts.callback_url or "") for record in callbacks),
        link=_link(task, now),
    )


def _seen(task: Task, now: Instant) -> Any:
    """Return the body that shows a task now, as its plans have it; None if they have it not found yet."""
    at = seen_at(task.timeline.created_at, now, [plan for plan in unpack(task.plans) if isinstance(plan, ReadsPlan)])
    return None if at is None else msgspec.to_builtins(task_body(task, at, origin=task.origin))


def _link(task: Task, now: Instant) -> str:
    if observe(task.timeline, now).status is not Status.COMPLETED:
        return "none"
    return "good" if now < task.timeline.ends_at + LINK_LIFETIME else "expired"
