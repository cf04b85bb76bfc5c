"""Calls of `mock_server/control/tasks.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

from typing import Literal

from mock_server.client.call import Call
from mock_server.control.shapes.tasks import Failure, TaskChanged, TaskList, TaskQuery, TaskState


def list_tasks(
    *,
    account: str | None = None,
    status: Literal["pending", "processing", "completed", "failed", "cancelled"] | None = None,
) -> Call[TaskList]:
    """List the universe's tasks with all their facts.

    Which tasks are wanted.
    """
    return Call("GET", "/_mock/tasks", TaskList, query=TaskQuery(account=account, status=status))


def show_task(task: str) -> Call[TaskState]:
    """Show all facts of one task."""
    return Call("GET", "/_mock/tasks/{task}", TaskState, parts={"task": task})


def cancel_task(task: str) -> Call[TaskChanged]:
    """End a task as cancelled, now."""
    return Call("POST", "/_mock/tasks/{task}/cancel", TaskChanged, parts={"task": task})


def finish_task(task: str) -> Call[TaskChanged]:
    """End a task as completed, now."""
    return Call("POST", "/_mock/tasks/{task}/finish", TaskChanged, parts={"task": task})


def hold_task(task: str) -> Call[TaskChanged]:
    """Let a task stand still until it is released."""
    return Call("POST", "/_mock/tasks/{task}/hold", TaskChanged, parts={"task": task})


def release_task(task: str) -> Call[TaskChanged]:
    """Let a task that is held go on."""
    return Call("POST", "/_mock/tasks/{task}/release", TaskChanged, parts={"task": task})


def fail_task(task: str, *, code: str = "service_error") -> Call[TaskChanged]:
    """End a task as failed, now, with a code of the error-code page.

    How a task is to fail: a code of the error-code page.
    """
    return Call("POST", "/_mock/tasks/{task}/fail", TaskChanged, parts={"task": task}, body=Failure(code=code))
