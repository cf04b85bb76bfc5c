"""Reading a task: whose it is, how it moves, and what it shows at each stage."""

import httpx2
import msgspec
import pytest

from mock_server.core.tasks.timeline import RETENTION, end
from mock_server.core.types import SECOND, Status, Task, TaskError
from mock_server.store import SqliteStore
from tests.bodies import COMPLETED, FAILED
from tests.serving import START, Wall, bearer, create

pytestmark = pytest.mark.anyio


async def planned(facts: SqliteStore, task_id: str) -> Task:
    """Look up what the simulator has planned for a task."""
    task = await facts.task("default", task_id)
    assert task is not None
    return task


@pytest.mark.clauses("TASK-404", "TASK-READ")
@pytest.mark.parametrize("tail", ["1757169743-7cvnl5zw", "", "x", "%00", "%FF", "a" * 9_000, "1757169743-7CVNL5ZW "])
async def test_unknown_task(client: httpx2.AsyncClient, tail: str) -> None:
    """An id that has the form of one, and belongs to no task, is not found."""
    answer = await client.get(f"/v1/tasks/task-unified-{tail}")
    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "code": "task_not_found",
        "message": "The requested task could not be found",
        "type": "invalid_request_error",
    }


@pytest.mark.clauses("TASK-ID-FORM", "ERR-PARAM")
@pytest.mark.parametrize("task_id", ["1", "task-unified", "TASK-UNIFIED-1757169743-7cvnl5zw", "%20task-unified-1"])
async def test_id_of_another_form(client: httpx2.AsyncClient, task_id: str) -> None:
    """An id that does not start as ids do is a bad request."""
    answer = await client.get(f"/v1/tasks/{task_id}")
    assert answer.status_code == 400
    assert answer.headers["x-mock-clauses"] == "TASK-ID-FORM"
    assert answer.json()["error"] == {
        "code": "invalid_task_id",
        "message": "Invalid task ID format, must start with 'task-unified-'",
        "type": "invalid_request_error",
        "param": "task_id",
    }


@pytest.mark.clauses("TASK-403")
async def test_task_of_another_account(client: httpx2.AsyncClient) -> None:
    """A task is shown to the key that created it and to no other."""
    created = await create(client)
    answer = await client.get(f"/v1/tasks/{created['id']}", headers=bearer("sk-other"))
    assert answer.status_code == 403
    assert answer.json()["error"] == {
        "code": "permission_denied",
        "message": "You don't have permission to access this task",
        "type": "invalid_request_error",
    }


async def test_task_of_another_universe(client: httpx2.AsyncClient) -> None:
    """Nothing of one universe exists in another, not even to the same key."""
    created = await create(client)
    answer = await client.get(f"/v1/tasks/{created['id']}", headers={"x-mock-universe": "elsewhere"})
    assert answer.status_code == 404


async def test_retention(client: httpx2.AsyncClient, wall: Wall) -> None:
    """A task can be read for seven days."""
    created = await create(client)
    wall.advance_to(START + RETENTION - 1)
    assert (await client.get(f"/v1/tasks/{created['id']}")).status_code == 200
    wall.advance_to(START + RETENTION)
    assert (await client.get(f"/v1/tasks/{created['id']}")).status_code == 404


@pytest.mark.clauses("TASK-STATUS", "TASK-PROGRESS", "RES-STATUS", "RES-PROGRESS", "OP-ASYNC")
async def test_stages(client: httpx2.AsyncClient, facts: SqliteStore, wall: Wall) -> None:
    """A task changes at the microsecond that was planned, and no sooner."""
    task_id = (await create(client))["id"]
    timeline = (await planned(facts, task_id)).timeline
    seen = []
    for instant in (timeline.starts_at - 1, timeline.starts_at, timeline.ends_at - 1, timeline.ends_at):
        wall.advance_to(instant)
        body = (await client.get(f"/v1/tasks/{task_id}")).json()
        seen.append((body["status"], body["progress"]))
    assert seen == [("pending", 0), ("processing", 0), ("processing", 99), ("completed", 100)]


@pytest.mark.clauses("TASK-PROGRESS", "TASK-ETA", "RES-ETA")
async def test_progress_grows_and_the_estimate_shrinks(client: httpx2.AsyncClient, wall: Wall) -> None:
    """Read every second: progress never falls, the time left never grows and is never below one."""
    task_id = (await create(client))["id"]
    progress, estimates = [], []
    while (body := (await client.get(f"/v1/tasks/{task_id}")).json())["status"] != "completed":
        progress.append(body["progress"])
        estimates.append(body["task_info"]["estimated_time"])
        wall.advance(1)
    assert progress == sorted(progress)
    assert len(set(progress)) > 50
    assert estimates == sorted(estimates, reverse=True)
    assert estimates[0] == 120
    assert min(estimates) >= 1


@pytest.mark.clauses(
    "TASK-CREATED", "TASK-ID", "TASK-MODEL", "TASK-OBJECT", "TASK-TYPE", "TASK-CANCANCEL", "TASK-USAGE", "TASK-BILLING"
)
async def test_pending_is_what_create_showed(client: httpx2.AsyncClient) -> None:
    """Read at once, a task is what its creation answered with."""
    created = await create(client)
    assert (await client.get(f"/v1/tasks/{created['id']}")).json() == created


@pytest.mark.clauses("TASK-CANCANCEL", "TASK-USAGE", "TASK-BILLING")
async def test_processing(client: httpx2.AsyncClient, facts: SqliteStore, wall: Wall) -> None:
    """Under way, only progress and the time left are different."""
    created = await create(client)
    timeline = (await planned(facts, created["id"])).timeline
    wall.advance_to(timeline.starts_at + (timeline.run + 1) // 2)
    body = (await client.get(f"/v1/tasks/{created['id']}")).json()
    left = body["task_info"]["estimated_time"]
    assert 50 < left < 80
    assert body == {
        **created,
        "status": "processing",
        "progress": 50,
        "task_info": {"can_cancel": True, "estimated_time": left},
    }


@pytest.mark.clauses(
    "TASK-RESULTS", "TASK-RESULT-DATA", "TASK-DURATION", "TASK-USAGE", "TASK-BILLING", "TASK-CANCANCEL", "TASK-ERROR",
    "BILL-OUT",
)  # fmt: skip
async def test_completed(client: httpx2.AsyncClient, facts: SqliteStore, wall: Wall) -> None:
    """Completed, it has results, what it cost in three currencies, and how long it took."""
    created = await create(client)
    task = await planned(facts, created["id"])
    wall.advance_to(task.timeline.ends_at)
    link = str(client.base_url).rstrip("/") + task.result
    assert (await client.get(f"/v1/tasks/{created['id']}")).json() == {
        **COMPLETED,
        "id": created["id"],
        "duration": (task.timeline.ends_at - START) // SECOND,
        "results": [link],
        "result_data": [{"url": link}],
    }


CANCELLED = "The request was cancelled.\nThe task was stopped before its end; create it again if it is still wanted."


@pytest.mark.clauses(
    "TASK-ERROR", "TASK-ERROR-CODE", "TASK-ERROR-MESSAGE", "TASK-ERROR-TYPE", "TASK-CANCELLED", "TERR-TYPE",
    "TERR-MESSAGE", "TERR-REQUEST-CANCELLED", "BILL-SUCCESS",
)  # fmt: skip
@pytest.mark.parametrize(
    ("outcome", "planned_error", "error"),
    [
        (
            Status.FAILED,
            TaskError("service_error", "Service error.\nTry again in a minute."),
            {"code": "service_error", "message": "Service error.\nTry again in a minute.", "type": "task_error"},
        ),
        (Status.CANCELLED, None, {"code": "request_cancelled", "message": CANCELLED, "type": "task_error"}),
    ],
    ids=["failed", "cancelled"],
)
async def test_without_result(
    client: httpx2.AsyncClient,
    facts: SqliteStore,
    wall: Wall,
    outcome: Status,
    planned_error: TaskError | None,
    error: dict[str, str],
) -> None:
    """Failed or cancelled, it says why, costs nothing and has no results."""
    created = await create(client)
    task = await planned(facts, created["id"])
    ending = end(task.timeline, now=task.timeline.starts_at + SECOND, outcome=outcome, error=planned_error)
    other = task.id[:-1] + ("0" if task.id[-1] != "0" else "1")
    await facts.create_task(msgspec.structs.replace(task, id=other, timeline=ending), opening=0)
    wall.advance_to(ending.ends_at)
    assert (await client.get(f"/v1/tasks/{other}")).json() == {
        **FAILED,
        "id": other,
        "status": outcome,
        "duration": (ending.ends_at - START) // SECOND,
        "error": error,
        "billing": {**FAILED["billing"], "refunded_at": body_time(ending.ends_at)},
    }
    money = (await client.get("/v1/credits")).json()["data"]["user"]
    assert money == {"remaining_credits": 1_000 - 23.8, "used_credits": 0}


def body_time(instant: int) -> str:
    """Write an instant of a test's first minute, 2025-09-06T14:42:23Z and later, as bodies do."""
    return f"2025-09-06T14:42:{23 + (instant - START) // SECOND}Z"


async def test_reading_changes_nothing(client: httpx2.AsyncClient, facts: SqliteStore, wall: Wall) -> None:
    """However often a task is read, it ends when it was planned to end."""
    task_id = (await create(client))["id"]
    before = await planned(facts, task_id)
    for _ in range(5):
        wall.advance(7)
        await client.get(f"/v1/tasks/{task_id}")
    assert await planned(facts, task_id) == before


async def test_an_ended_task_stays_as_it_is(client: httpx2.AsyncClient, wall: Wall) -> None:
    """The body of a task that has ended is the same ever after, byte for byte."""
    task_id = (await create(client))["id"]
    wall.advance(200)
    first = await client.get(f"/v1/tasks/{task_id}")
    wall.advance(5 * 24 * 3_600)
    second = await client.get(f"/v1/tasks/{task_id}")
    assert first.json()["status"] == "completed"
    assert second.content == first.content
