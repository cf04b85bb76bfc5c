"""One loop that follows a task to its end."""

import random
import time
from urllib.parse import quote

import httpx

from .calling import call, may_pass
from .errors import ApiError, NotFound
from .reading import Task, read_task
from .waiting import pause, retry_after

FIRST, GROWTH, RAREST = 4.0, 1.3, 20.0
DEADLINE = 3600.0
NEW, MOST_EMPTY = 30.0, 3


class NotDone(Exception):
    """The deadline came before the end. The task may still be completed: ask for it again, and for no other one."""


class NoVideo(Exception):
    """The task has ended, and there is no video; the message has the task's own error."""


def look(client: httpx.Client, task: str) -> tuple[Task, float | None]:
    """Ask for a task once; return it, and for how many seconds the answer says to wait."""
    answer = call(client, client.build_request("GET", f"/v1/tasks/{quote(task, safe='')}"))
    return read_task(answer.json()), None if retry_after(answer) is None else pause(0, answer)


def follow(client: httpx.Client, task: Task, *, deadline: float = DEADLINE) -> Task:
    """Poll a task until it is completed, and return it with its results."""
    began, interval, told, empty = time.monotonic(), FIRST, None, 0
    while not task.ended or (task.status == "completed" and not task.results and empty < MOST_EMPTY):
        if time.monotonic() - began > deadline:
            raise NotDone(f"{task.id} is still {task.status!r} after {deadline:.0f} s")
        time.sleep(told or interval * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
        interval = min(interval * GROWTH, RAREST)
        try:
            task, told = look(client, task.id)
        except (ApiError, httpx.TransportError, ValueError) as trouble:
            new = isinstance(trouble, NotFound) and time.monotonic() - began < NEW
            if not new and not may_pass(trouble):
                raise
        empty += task.ended
    if not task.results:
        raise NoVideo(f"{task.id} is {task.status}: {task.error or 'no results'}")
    return task
