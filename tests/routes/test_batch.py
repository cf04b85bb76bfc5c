"""Several tasks at once."""

from typing import Any

import httpx2
import pytest

from mock_server.core.tasks.timeline import RETENTION
from tests.bodies import invalid_request
from tests.serving import CREATE, START, Wall, bearer, create, example

pytestmark = pytest.mark.anyio

BATCH = "/v1/tasks/batch"


async def read(client: httpx2.AsyncClient, *task_ids: str) -> list[dict[str, Any]]:
    """Return the tasks of a batch."""
    answer = await client.post(BATCH, json={"task_ids": task_ids})
    assert answer.status_code == 200, answer.text
    tasks: list[dict[str, Any]] = answer.json()["data"]
    return tasks


@pytest.mark.clauses("BATCH-READ", "BATCH-BODY")
async def test_tasks_as_the_query_shows_them(client: httpx2.AsyncClient, wall: Wall) -> None:
    """Each task has the body of the task query, in the order asked for, whatever its stage."""
    first = await create(client)
    wall.advance(200)
    second = await create(client)
    tasks = await read(client, second["id"], first["id"])
    assert tasks == [(await client.get(f"/v1/tasks/{task['id']}")).json() for task in (second, first)]
    assert [task["status"] for task in tasks] == ["pending", "completed"]


@pytest.mark.clauses("BATCH-OMITS")
async def test_left_out(client: httpx2.AsyncClient) -> None:
    """What is unknown, misspelt or somebody else's is left out; what is asked for twice comes once."""
    mine = (await create(client))["id"]
    theirs = (await client.post(CREATE, json=example(), headers=bearer("sk-other"))).json()["id"]
    ids = [mine, theirs, "task-unified-1757169743-00000000", "nonsense", "", "\x00", mine]
    assert [task["id"] for task in await read(client, *ids)] == [mine]


@pytest.mark.clauses("BATCH-COUNT")
async def test_fifty(client: httpx2.AsyncClient) -> None:
    """Fifty ids are read."""
    mine = (await create(client))["id"]
    assert len(await read(client, *(f"task-unified-{number}" for number in range(49)), mine)) == 1


@pytest.mark.clauses("BATCH-IDS", "BATCH-COUNT")
@pytest.mark.parametrize(
    ("body", "param", "clause", "message"),
    [
        ({}, "task_ids", "BATCH-IDS", "task_ids is required"),
        ({"task_ids": []}, "task_ids", "BATCH-COUNT", "task_ids must have at least 1 item (has 0)"),
        ({"task_ids": ["a"] * 51}, "task_ids", "BATCH-COUNT", "task_ids must have at most 50 items (has 51)"),
        ({"task_ids": "a"}, "task_ids", "BATCH-IDS", 'task_ids must be an array, got "a"'),
        ({"task_ids": ["a", 1]}, "task_ids[1]", "BATCH-IDS", "task_ids[1] must be a string, got 1"),
        ({"task_ids": None}, "task_ids", "BATCH-IDS", "task_ids must be an array"),
    ],
    ids=["no ids", "none", "fifty-one", "a string", "a number", "null"],
)
async def test_refused(client: httpx2.AsyncClient, body: dict[str, Any], param: str, clause: str, message: str) -> None:
    """A list out of bounds is told with its clause."""
    answer = await client.post(BATCH, json=body)
    assert answer.status_code == 400
    assert answer.headers["x-mock-clauses"] == clause
    assert answer.json()["error"] == invalid_request(message, param)


@pytest.mark.clauses("BATCH-IDS")
async def test_a_body_must_be_an_object(client: httpx2.AsyncClient) -> None:
    """A bare list of ids is refused as such, without a field to blame."""
    answer = await client.post(BATCH, json=["task-unified-1"])
    assert answer.json()["error"]["message"] == "Invalid request parameters: the request body must be an object"
    assert "param" not in answer.json()["error"]


async def test_retention(client: httpx2.AsyncClient, wall: Wall) -> None:
    """A task is left out when it can no longer be read."""
    mine = (await create(client))["id"]
    wall.advance_to(START + RETENTION - 1)
    assert len(await read(client, mine)) == 1
    wall.advance_to(START + RETENTION)
    assert await read(client, mine) == []
