"""What a reader sees of a task, and which way it may have gone from one look to the next."""

from typing import Any

import msgspec

from mock_server.core.tasks.timeline import TRANSITIONS
from mock_server.core.types import Instant, Status, Task
from mock_server.core.views import task_body


def query(task: Task, now: Instant, *, origin: str | None = None) -> dict[str, Any]:
    """Return what a query shows, as it goes over the wire: links begin where the task was created, if not elsewhere."""
    shown = task_body(task, now, origin=origin or task.origin)
    body: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(shown))
    return body


def reachable(status: Status) -> set[Status]:
    """Close the table of transitions over the statuses that a reader may have missed."""
    return {status}.union(*map(reachable, TRANSITIONS[status]))
