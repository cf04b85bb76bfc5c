"""From the first request to the video, as a client sees it; and the same again from the same seed."""

from pathlib import Path

import httpx2
import pytest

from mock_server.store import SqliteStore
from tests.serving import CREATE, Serve, Wall, bearer, create, example

pytestmark = pytest.mark.anyio


@pytest.mark.clauses("OP-CREATE", "OP-ASYNC", "TASK-READ", "TASK-RESULTS", "OP-LINK-24H")
async def test_from_request_to_video(client: httpx2.AsyncClient) -> None:
    """Create, poll every ten seconds of the universe's time, download."""
    task = await create(client)
    statuses = [task["status"]]
    while task["status"] in {"pending", "processing"}:
        await client.post("/_mock/clock", json={"advance": 10})
        task = (await client.get(f"/v1/tasks/{task['id']}")).json()
        statuses.append(task["status"])
    video = await client.get(task["results"][0])
    assert list(dict.fromkeys(statuses)) == ["pending", "processing", "completed"]
    assert video.status_code == 200
    assert video.content[4:8] == b"ftyp"


async def told(client: httpx2.AsyncClient, method: str, path: str, **request: object) -> tuple[object, ...]:
    """Send a request under a fixed name of the server, and return all of the answer but its date."""
    call = client.build_request(method, path, **request, headers={"host": "localhost"})  # type: ignore[arg-type]
    answer = await client.send(call)
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, headers, answer.content


async def story(client: httpx2.AsyncClient) -> list[tuple[object, ...]]:
    """Call everything that can be called, for better and for worse."""
    heard = [await told(client, "POST", CREATE, json=example(duration=seconds)) for seconds in (2, 10, 11)]
    ids = [row["id"] for row in (await client.get("/v1/tasks")).json()["data"]]
    for seconds in (0, 60, 90):
        heard.append(await told(client, "POST", "/_mock/clock", json={"advance": seconds}))
        heard += [await told(client, "GET", f"/v1/tasks/{task_id}") for task_id in [*ids, "task-unified-none"]]
        heard.append(await told(client, "POST", "/v1/tasks/batch", json={"task_ids": ids}))
        for path in ("/v1/tasks?page_size=1", "/v1/credits", "/v1/models", "/_mock/accounts", "/_mock/clock", "/none"):
            heard.append(await told(client, "GET", path))
            heard.append(await told(client, "DELETE", path))
    return heard


async def test_one_seed(serve: Serve) -> None:
    """Two fresh servers with one seed answer the same requests with the same bytes, request ids included."""
    first = await story(await serve(speed=0, seed="a"))
    second = await story(await serve(speed=0, seed="a"))
    assert first == second


async def test_another_seed(serve: Serve) -> None:
    """With another seed ids, names and luck are different."""
    first = await story(await serve(speed=0, seed="a"))
    second = await story(await serve(speed=0, seed="b"))
    assert not {content for _, _, content in first[:2]} & {content for _, _, content in second[:2]}
    assert first[0][1]["x-request-id"] != second[0][1]["x-request-id"]  # type: ignore[index]


async def test_a_restart_goes_on_where_it_was(serve: Serve, wall: Wall, tmp_path: Path) -> None:
    """A server on the same state file has the same tasks, money, keys, links and time, and never an id twice."""
    path = tmp_path / "state.db"
    key = {"idempotency-key": "once"}
    before = SqliteStore(path)
    client = await serve(store=before)
    task = (await client.post(CREATE, json=example(), headers=key)).json()
    await client.post("/_mock/clock", json={"mode": "frozen"})
    await client.post("/_mock/clock", json={"advance": 200})
    shown = await client.get(f"/v1/tasks/{task['id']}")
    await before.close()
    wall.advance(3_600)
    again = await serve(store=SqliteStore(path))
    read = await again.get(f"/v1/tasks/{task['id']}", headers={"host": str(client.base_url.netloc, "ascii")})
    assert read.content == shown.content
    assert (await again.get("/v1/credits")).json()["data"]["user"]["used_credits"] == 23.8
    replayed = await again.post(CREATE, json=example(), headers=key)
    assert replayed.headers["idempotency-replayed"] == "true"
    assert (await again.get(httpx2.URL(read.json()["results"][0]).path)).status_code == 200
    assert (await create(again))["id"] != task["id"]


async def test_no_id_twice_after_a_restart(serve: Serve, tmp_path: Path) -> None:
    """A server that forgot with which chance it refused a task draws again where an id is taken."""
    path = tmp_path / "state.db"
    before = SqliteStore(path)
    client = await serve(store=before, speed=0, credits=20)
    assert (await client.post(CREATE, json=example())).status_code == 402
    task = await create(client, duration=2)
    await before.close()
    again = await serve(store=SqliteStore(path), speed=0)
    answer = await again.post(CREATE, json=example(), headers=bearer("sk-other"))
    assert answer.json()["created"] == task["created"]
    assert answer.json()["id"] != task["id"]
