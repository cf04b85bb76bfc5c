"""Crowds of tasks that share slots."""

from collections.abc import Sequence

import msgspec
from hypothesis import strategies as st

from mock_server.core.limits.queueing import Slots, arrange
from mock_server.core.types import NEVER, SECOND, Sending, Task

NOW = 1_757_169_743 * SECOND

limits = st.one_of(st.none(), st.integers(0, 3))

waits = st.one_of(st.integers(0, 5).map(lambda seconds: seconds * SECOND), st.just(NEVER))


def make(
    task: Task, number: int, *, account: str = "a", group: str = "default", queue: int = 0, run: int = 5, age: int = 0
) -> Task:
    """Return a task that was created so many seconds ago; its own queue time and its run are seconds too."""
    created = NOW - age * SECOND
    timeline = msgspec.structs.replace(
        task.timeline,
        created_at=created,
        starts_at=created + queue * SECOND,
        ends_at=created + (queue + run) * SECOND,
        run=5 * SECOND,
        estimate=10,
    )
    sendings = (Sending(timeline.ends_at), Sending(timeline.ends_at + SECOND, "stale"))
    name = f"task-unified-1757169743-{number:08d}"
    return msgspec.structs.replace(
        task, id=name, account=account, user_group=group, timeline=timeline, sendings=sendings
    )


def after(tasks: Sequence[Task], limits: Slots, now: int) -> list[Task]:
    """Return all of the tasks as they are once they are arranged."""
    moved = {task.id: task for task in arrange(tasks, limits, now=now)}
    return [moved.get(task.id, task) for task in tasks]
