"""What the caller reads of tasks: one, a page of them, or several."""

import msgspec

from mock_server.api.endpoint import Answer
from mock_server.calls.call import Call
from mock_server.core.errors import InvalidTaskId, TaskAccessDenied, TaskNotFound
from mock_server.core.ids import TASK_PREFIX
from mock_server.core.plans import FAITHFUL, ReadsPlan, seen_at, unpack
from mock_server.core.tasks.timeline import RETENTION
from mock_server.core.types import Instant, Task
from mock_server.core.validation import refuse
from mock_server.core.views import task_body, task_row
from mock_server.simulator import Simulator
from mock_server.store.protocol import TaskFilter


async def get_task(simulator: Simulator, call: Call) -> Answer:
    """Show a task of the caller's (RES-STATUS)."""
    name = call.path_parameters["task_id"]
    if not name.startswith(TASK_PREFIX):
        raise InvalidTaskId(param="task_id", clauses=("TASK-ID-FORM",))
    call.exchange.task = name
    now = call.universe.now()
    task = await simulator.store.task(call.universe.name, name)
    if task is None or now >= task.timeline.created_at + RETENTION:
        raise TaskNotFound
    if task.account != call.caller.account:
        raise TaskAccessDenied
    seen = _seen_at(call, task, now)
    if seen is None:
        raise TaskNotFound
    return Answer(task_body(task, seen, origin=simulator.link_origin(call)))


async def list_tasks(simulator: Simulator, call: Call) -> Answer:
    """Show a page of the caller's tasks, newest first (LIST-ORDER)."""
    operation = simulator.operations["listTasks"]
    refuse(operation.query_violations(call.query))
    wanted = msgspec.convert(operation.query_values(call.query), TaskFilter)
    now = call.universe.now()
    page = await simulator.store.list_tasks(call.caller.account, wanted, now=now, since=now - RETENTION)
    return Answer(
        {
            "object": "list",
            "data": [task_row(task, seen) for task in page.tasks if (seen := _seen_at(call, task, now)) is not None],
            "total": page.total,
            "page": wanted.page,
            "page_size": wanted.page_size,
        }
    )


async def batch_get_tasks(simulator: Simulator, call: Call) -> Answer:
    """Show several of the caller's tasks; ids that are unknown or somebody else's are left out (BATCH-OMITS)."""
    body = call.json()
    refuse(simulator.operations["batchGetTasks"].request_violations(body))
    now = call.universe.now()
    tasks = await simulator.store.tasks(call.universe.name, tuple(dict.fromkeys(body["task_ids"])))
    visible = (
        task for task in tasks if task.account == call.caller.account and now < task.timeline.created_at + RETENTION
    )
    seen = ((task, _seen_at(call, task, now)) for task in visible)
    origin = simulator.link_origin(call)
    return Answer({"data": [task_body(task, at, origin=origin) for task, at in seen if at is not None]})


def _seen_at(call: Call, task: Task, now: Instant) -> Instant | None:
    """Return the instant as of which a task is shown: now, unless plans say otherwise; None if it is not known yet."""
    if not task.plans and call.script is FAITHFUL:
        return now
    kept = (plan for plan in unpack(task.plans) if isinstance(plan, ReadsPlan))
    return seen_at(task.timeline.created_at, now, (*call.script.reads, *kept))
