"""What the control API tells of tasks, and what a hand does to one."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from mock_server.control.clock import attempt_made
from mock_server.control.errors import Conflict, no_such_task
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import Failure, LedgerEntry, TaskChanged, TaskList, TaskQuery, TaskState
from mock_server.core.errors import InvalidRequest
from mock_server.core.tasks import steering
from mock_server.core.tasks.billing import credits_number, entries
from mock_server.core.tasks.errors import TASK_ERRORS
from mock_server.core.tasks.timeline import IllegalTransition, observe
from mock_server.core.types import SECOND, Instant, Task
from mock_server.journal.shown import redact
from mock_server.simulator import Simulator
from mock_server.universes.clock import LATEST
from mock_server.universes.universe import Universe

Change: TypeAlias = Callable[[Task, Instant], Task]
"""What is done to a task at an instant."""


async def list_tasks(request: Request[Nothing, TaskQuery]) -> TaskList:
    """List the universe's tasks with all their facts."""
    universe, wanted = await request.universe(), request.query
    now = universe.now()
    found = await request.simulator.store.tasks_of(universe.name, account=wanted.account)
    shown = (show(request.simulator, task, now) for task in found)
    chosen = tuple(task for task in shown if wanted.status in {None, task.status})
    return TaskList(universe=universe.name, tasks=chosen)


async def show_task(request: Request[Nothing, Nothing]) -> TaskState:
    """Show all facts of one task."""
    universe, task = await existing_task(request)
    return show(request.simulator, task, universe.now())


async def cancel_task(request: Request[Nothing, Nothing]) -> TaskChanged:
    """End a task as cancelled, now."""
    return await _change(request, lambda task, now: steering.cancel(task, now=now))


async def finish_task(request: Request[Nothing, Nothing]) -> TaskChanged:
    """End a task as completed, now."""
    return await _change(request, lambda task, now: steering.finish(task, now=now))


async def hold_task(request: Request[Nothing, Nothing]) -> TaskChanged:
    """Let a task stand still until it is released."""
    return await _change(request, lambda task, now: steering.hold(task, now=now))


async def release_task(request: Request[Nothing, Nothing]) -> TaskChanged:
    """Let a task that is held go on."""
    return await _change(request, lambda task, now: steering.release(task, now=now))


async def fail_task(request: Request[Failure, Nothing]) -> TaskChanged:
    """End a task as failed, now, with a code of the error-code page."""
    error = TASK_ERRORS.get(request.body.code)
    if error is None:
        known = ", ".join(TASK_ERRORS)
        raise InvalidRequest(f"code: expected one of {known}, got {request.body.code!r}", param="code")
    return await _change(request, lambda task, now: steering.fail(task, error, now=now))


async def existing_task(request: Request[Any, Any]) -> tuple[Universe, Task]:
    """Return the task that the path names, and its universe.

    Raises:
        NotFound: There is none of that name.
    """
    universe, name = await request.universe(), request.path["task"]
    task = await request.simulator.store.task(universe.name, name)
    if task is None:
        raise no_such_task(name, universe)
    return universe, task


def show(simulator: Simulator, task: Task, now: Instant) -> TaskState:
    """Shape a task with all its facts."""
    asked = shown_request(simulator, task)
    return TaskState(
        **task_facts(task, now),
        account=task.account,
        group=task.user_group,
        waited=task.timeline.waited / SECOND,
        ledger=tuple(
            LedgerEntry(kind=entry.kind.value, credits=credits_number(entry.amount), at=entry.at / SECOND)
            for entry in entries(task, now)
        ),
        callback_url=asked.get("callback_url"),
        request=asked,
        result=task.result,
    )


def task_facts(task: Task, now: Instant) -> dict[str, Any]:
    """Return what the shapes of a task have in common."""
    timeline, seen = task.timeline, observe(task.timeline, now)
    return {
        "id": task.id,
        "model": task.model,
        "status": seen.status,
        "progress": seen.progress,
        "held": timeline.hold is not None,
        "created_at": timeline.created_at / SECOND,
        "starts_at": _show_instant(timeline.starts_at),
        "ends_at": _show_instant(timeline.ends_at),
        "outcome": timeline.outcome,
        "error": None if timeline.error is None else timeline.error.code,
    }


def shown_request(simulator: Simulator, task: Task) -> Mapping[str, Any]:
    """Return the request that a task was created by, without its secrets unless the journal shows them."""
    request: Mapping[str, Any] = msgspec.json.decode(task.request)
    if simulator.settings.journal_secrets:
        return request
    return redact(request, simulator.contract, model=task.model)


async def _change(request: Request[Failure, Nothing] | Request[Nothing, Nothing], change: Change) -> TaskChanged:
    universe, simulator, name = await request.universe(), request.simulator, request.path["task"]
    now, slots = universe.now(), simulator.limits(universe).slots
    try:
        task = await simulator.store.change_task(
            universe.name, name, lambda task: change(task, now), now=now, slots=slots
        )
    except IllegalTransition as error:
        raise Conflict(str(error)) from error
    if task is None:
        raise no_such_task(name, universe)
    made = await simulator.callbacks.catch_up(universe)
    return TaskChanged(
        task=show(simulator, task, universe.now()), callbacks=tuple(attempt_made(attempt) for attempt in made)
    )


def _show_instant(at: Instant) -> float | None:
    """Return an instant in seconds; None if nothing has planned it."""
    return None if at > LATEST else at / SECOND
