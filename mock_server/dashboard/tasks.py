"""What the page tells of one task: its facts, what a client would see of it now, and what its request was held to."""

from typing import Any

import msgspec

from mock_server.control.callbacks import show_delivery
from mock_server.control.errors import no_such_task
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import DeliveryShown, Shape, TaskState
from mock_server.control.tasks import show
from mock_server.core.plans import ReadsPlan, seen_at, unpack
from mock_server.core.timeline import observe
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
    callbacks: tuple[DeliveryShown, ...]
    link: str


async def inspect_task(request: Request[Nothing, Nothing]) -> TaskInspected:
    """Tell all that is known of a task."""
    universe, name, simulator = await request.universe(), request.path["task"], request.simulator
    task = await simulator.store.task(universe.name, name)
    if task is None:
        raise no_such_task(name, universe)
    now, operation = universe.now(), simulator.creations.get(task.model)
    facts = show(simulator, task, now)
    deliveries = await simulator.store.deliveries(universe.name, task=name)
    return TaskInspected(
        task=facts,
        seen=_seen(task, now),
        checked=() if operation is None else list_checked(operation),
        callbacks=tuple(show_delivery(record, facts.callback_url or "") for record in deliveries),
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
