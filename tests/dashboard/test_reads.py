"""What the dashboard reads besides the control API: lanes and their marks, a task, its result, how things stand."""

from typing import Any

import httpx2
import pytest

from mock_server.dashboard.lanes import LOOKED_AT, MOST_LOOSE
from tests.serving import CREATE, Serve, create, example

pytestmark = pytest.mark.anyio

LANES = "/_mock/dashboard/lanes"
CALLBACK = "https://hooks.example.com/done"


async def frozen(serve: Serve, **settings: Any) -> httpx2.AsyncClient:
    """Serve by a clock that stands still."""
    return await serve(speed=0.0, **settings)


async def test_lanes(serve: Serve) -> None:
    """Newest first, with polls and faults as marks, and the attempts at callbacks."""
    client = await frozen(serve)
    first, second = await create(client), await create(client, callback_url=CALLBACK)
    await client.get(f"/v1/tasks/{first['id']}")
    await client.post("/_mock/clock", json={"until": second["id"]})
    told = (await client.get(LANES)).json()
    assert (told["total"], [lane["id"] for lane in told["lanes"]]) == (2, [second["id"], first["id"]])
    assert [attempt["error"] for attempt in told["lanes"][0]["attempts"]] == [
        "offline: no route for https://hooks.example.com"
    ]
    assert told["lanes"][1]["attempts"] == []
    assert [(mark["method"], mark["task"]) for mark in told["marks"]] == [
        ("POST", first["id"]),
        ("POST", second["id"]),
        ("GET", first["id"]),
    ]
    assert told["last"] == 3


async def test_lanes_by_page_status_and_id(serve: Serve) -> None:
    """A page of those that are wanted, and how many there are."""
    client = await frozen(serve)
    names = [(await create(client))["id"] for _ in range(3)]
    await client.post(f"/_mock/tasks/{names[0]}/cancel")

    async def found(**wanted: int | str) -> tuple[int, list[str]]:
        told = (await client.get(LANES, params=wanted)).json()
        return told["total"], [lane["id"] for lane in told["lanes"]]

    assert await found(size=2) == (3, [names[2], names[1]])
    assert await found(size=2, page=2) == (3, [names[0]])
    assert await found(status="cancelled") == (1, [names[0]])
    assert await found(status="processing") == (2, [names[2], names[1]])
    assert await found(text=names[1][-6:]) == (1, [names[1]])
    assert await found(text="%") == (0, [])
    assert (await client.get(LANES, params={"size": 1_000})).status_code == 400


async def test_marks_beyond_what_was_seen(client: httpx2.AsyncClient) -> None:
    """Who says how far it has come gets the rest; who knows another journal gets all."""
    task = await create(client)
    told = (await client.get(LANES)).json()
    await client.get(f"/v1/tasks/{task['id']}")
    seen = {"after": told["last"], "generation": told["generation"]}
    assert [mark["method"] for mark in (await client.get(LANES, params=seen)).json()["marks"]] == ["GET"]
    other = {**seen, "generation": 1}
    assert len((await client.get(LANES, params=other)).json()["marks"]) == 2


async def test_what_a_plan_answers_is_on_the_lane_of_its_task(client: httpx2.AsyncClient) -> None:
    """A poll that never reached the task is a mark of it all the same, with the fault."""
    task = await create(client)
    plan = {"kind": "answer", "status": 429, "match": {"operation": "getTaskDetail"}}
    await client.post("/_mock/plans", json={"plans": [plan]})
    await client.get(f"/v1/tasks/{task['id']}")
    mark = (await client.get(LANES)).json()["marks"][-1]
    assert (mark["task"], mark["status"], len(mark["faults"])) == (task["id"], 429, 1)


async def test_refused_requests_are_loose_marks(client: httpx2.AsyncClient) -> None:
    """What was refused before there was a task is told of, but not without bound; what went well elsewhere is not."""
    await client.get("/v1/credits")
    for _ in range(MOST_LOOSE + 5):
        await client.post(CREATE, json=example(duration=99))
    marks = (await client.get(LANES)).json()["marks"]
    assert len(marks) == MOST_LOOSE
    assert {(mark["task"], mark["status"], *mark["clauses"]) for mark in marks} == {(None, 400, "DURATION-RANGE")}
    assert marks[-1]["number"] == MOST_LOOSE + 6 < LOOKED_AT


async def test_a_task(serve: Serve) -> None:
    """Its facts, what a client would see now, what its request was held to, and its callbacks; no secrets."""
    client = await frozen(serve)
    task = await create(client, callback_url=f"{CALLBACK}?key=sk-very-secret", prompt="a secret")
    told = (await client.get(f"/_mock/dashboard/tasks/{task['id']}")).json()
    seen = (await client.get(f"/v1/tasks/{task['id']}")).json()
    assert told["seen"] == seen
    assert told["task"]["request"]["prompt"] == "(redacted: 8 characters)"
    assert "very-secret" not in str(told)
    assert told["callbacks"][0]["attempts"] == []
    held = {(each["field"], each["clause"]) for each in told["checked"]}
    assert {("", "OP-CREATE"), ("prompt", "PROMPT-MAX"), ("model_params.shot_type", "SHOT-VALUES")} <= held
    assert {("prompt", "PROMPT-REQ"), ("video_urls", "URLS-HTTP")} <= held
    assert told["link"] == "none"


async def test_a_task_that_plans_show_otherwise(serve: Serve) -> None:
    """What a client would see is what plans have it see: nothing, as long as they keep the task from being found."""
    client = await frozen(serve, scenarios=["not-found-yet"])
    task = await create(client)
    told = (await client.get(f"/_mock/dashboard/tasks/{task['id']}")).json()
    assert told["seen"] is None or told["seen"]["id"] == task["id"]
    assert told["task"]["status"] == "pending"


async def test_no_such_task(client: httpx2.AsyncClient) -> None:
    """It is said which universe was looked at."""
    answer = await client.get("/_mock/dashboard/tasks/task-unified-1-gone")
    assert answer.status_code == 404
    assert "no task task-unified-1-gone in the universe default" in answer.json()["error"]["message"]


async def test_a_result(serve: Serve) -> None:
    """It plays once the task is completed, by parts too, and leaves nothing in the journal; its link lasts a day."""
    client = await frozen(serve)
    task = await create(client)
    result, inspect = f"/_mock/dashboard/results/default/{task['id']}", f"/_mock/dashboard/tasks/{task['id']}"
    assert (await client.get(result)).status_code == 404
    await client.post("/_mock/clock", json={"until": task["id"]})
    assert (await client.get(inspect)).json()["link"] == "good"
    whole = await client.get(result)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    part = await client.get(result, headers={"range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, whole.content[:10])
    assert (await client.get("/_mock/journal")).json()["last"] == 1
    await client.post("/_mock/clock", json={"advance": "25h"})
    assert (await client.get(inspect)).json()["link"] == "expired"
    assert (await client.get(result)).status_code == 200


@pytest.mark.parametrize("path", ["nowhere/task-1", "default/task-unified-1-gone", "BAD/task-1"])
async def test_no_such_result(client: httpx2.AsyncClient, path: str) -> None:
    """Universe and task must be there, and be names."""
    await client.get("/v1/models")
    assert (await client.get(f"/_mock/dashboard/results/{path}")).status_code in {400, 404}


async def test_results_are_only_read(client: httpx2.AsyncClient) -> None:
    """Another method is refused with those that there are."""
    answer = await client.post("/_mock/dashboard/results/default/task-1")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_how_things_stand(serve: Serve) -> None:
    """The clock, and how much has happened: exchanges, and what was done by hand."""
    client = await frozen(serve)
    before = (await client.get("/_mock/dashboard/moment")).json()
    await create(client)
    await client.post("/_mock/clock", json={"advance": 5})
    after = (await client.get("/_mock/dashboard/moment")).json()
    assert (after["universe"], after["mode"], after["now"] - before["now"]) == ("default", "frozen", 5)
    assert (before["last"], after["last"], after["changes"] - before["changes"]) == (0, 1, 2)
