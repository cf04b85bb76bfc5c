"""The list of tasks: filters, pages, order."""

import httpx2
import pytest

from mock_server.core.tasks.timeline import RETENTION
from tests.bodies import invalid_request
from tests.serving import START, Serve, Wall, bearer, create

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]


async def listed(client: httpx2.AsyncClient, query: str = "") -> list[str]:
    """Return the ids on a page."""
    answer = await client.get(f"/v1/tasks?{query}")
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["data"]]


@pytest.mark.clauses("LIST-READ", "LIST-BODY")
async def test_empty(client: httpx2.AsyncClient) -> None:
    """An account without tasks has an empty first page."""
    body = (await client.get("/v1/tasks")).json()
    assert body == {"object": "list", "data": [], "total": 0, "page": 1, "page_size": 20}


@pytest.mark.clauses("LIST-ITEM")
async def test_rows(client: httpx2.AsyncClient, wall: Wall) -> None:
    """A row is a summary: no links, no money but what was used, and what has ended says how long it took."""
    created = await create(client)
    row = {
        "id": created["id"],
        "model": created["model"],
        "type": "video",
        "status": "pending",
        "progress": 0,
        "created_at": START // 1_000_000,
        "has_results": False,
        "result_count": 0,
        "has_error": False,
    }
    assert (await client.get("/v1/tasks")).json()["data"] == [row]
    wall.advance(200)
    ended = (await client.get("/v1/tasks")).json()["data"][0]
    duration = (await client.get(f"/v1/tasks/{created['id']}")).json()["duration"]
    assert ended == {
        **row,
        "status": "completed",
        "progress": 100,
        "has_results": True,
        "result_count": 1,
        "duration": duration,
        "credits_used": 23.8,
    }


@pytest.mark.clauses("LIST-ORDER", "LIST-PAGE", "LIST-PAGE-SIZE", "LIST-BODY")
async def test_pages(client: httpx2.AsyncClient, wall: Wall) -> None:
    """Pages cut the list, newest first, without loss and without overlap; past the end they are empty."""
    ids = []
    for number in range(7):
        ids.append((await create(client))["id"])
        wall.advance(number % 2)
    ids.reverse()
    assert await listed(client) == ids
    assert [await listed(client, f"page={page}&page_size=3") for page in (1, 2, 3, 4)] == [
        ids[:3],
        ids[3:6],
        ids[6:],
        [],
    ]
    last = (await client.get("/v1/tasks?page=4&page_size=3")).json()
    assert (last["total"], last["page"], last["page_size"]) == (7, 4, 3)


@pytest.mark.clauses("LIST-PAGE", "LIST-PAGE-SIZE")
async def test_default_page_size(serve: Serve) -> None:
    """A page has twenty rows, unless up to fifty are asked for."""
    client = await serve(credits=10_000)
    for _ in range(52):
        await create(client)
    assert len(await listed(client)) == 20
    assert len(await listed(client, "page_size=50")) == 50
    assert len(await listed(client, "page=1000000000")) == 0


@pytest.mark.clauses("LIST-STATUS")
async def test_status(client: httpx2.AsyncClient, wall: Wall) -> None:
    """`processing` means every task that has not ended; the others mean themselves."""
    done = (await create(client))["id"]
    wall.advance(200)
    going = (await create(client))["id"]
    assert await listed(client, "status=processing") == [going]
    assert await listed(client, "status=completed") == [done]
    assert await listed(client, "status=failed") == []
    assert await listed(client, "status=cancelled") == []


@pytest.mark.clauses("LIST-TYPE", "LIST-MODEL")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("type=video", 1),
        ("type=image", 0),
        ("type=audio", 0),
        ("model=wan2.6-reference-video-flash", 1),
        ("model=wan2.6", 0),
        ("model=", 0),
        ("model=%00", 0),
        ("model=%ED%A0%80", 0),
        ("type=video&model=wan2.6-reference-video-flash&status=processing", 1),
        ("order=asc&limit=0", 1),
        ("status=failed&status=processing", 1),
    ],
)
async def test_filters(client: httpx2.AsyncClient, query: str, count: int) -> None:
    """Filters combine; what is not documented is ignored; of a name that stands twice the last value counts."""
    await create(client)
    assert len(await listed(client, query)) == count


@pytest.mark.clauses("LIST-STATUS", "LIST-TYPE", "LIST-PAGE", "LIST-PAGE-SIZE")
@pytest.mark.parametrize(
    ("query", "param", "message"),
    [
        ("page=0", "page", "page must be at least 1, got 0"),
        ("page=-1", "page", "page must be at least 1, got -1"),
        ("page=1000000001", "page", "page must be at most 1000000000, got 1000000001"),
        ("page=1e3", "page", 'page must be an integer, got "1e3"'),
        ("page=", "page", 'page must be an integer, got ""'),
        ("page=%FF", "page", 'page must be an integer, got "\N{REPLACEMENT CHARACTER}"'),
        ("page=%2B1", "page", 'page must be an integer, got "+1"'),
        ("page=1.0", "page", 'page must be an integer, got "1.0"'),
        ("page_size=0", "page_size", "page_size must be at least 1, got 0"),
        ("page_size=51", "page_size", "page_size must be at most 50, got 51"),
        ("type=text", "type", 'type must be one of image, video, audio, got "text"'),
        ("status=", "status", 'status must be one of processing, completed, failed, cancelled, got ""'),
        ("status=pending", "status", 'status must be one of processing, completed, failed, cancelled, got "pending"'),
        ("page=0&page_size=0", "page", "page must be at least 1, got 0; page_size must be at least 1, got 0"),
    ],
)
async def test_refused(client: httpx2.AsyncClient, query: str, param: str, message: str) -> None:
    """A value out of bounds is told with its name and its rule."""
    answer = await client.get(f"/v1/tasks?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"] == invalid_request(message, param)


async def test_only_the_callers_tasks(client: httpx2.AsyncClient) -> None:
    """A list shows the tasks of the key that asks."""
    await create(client)
    answer = await client.get("/v1/tasks", headers=bearer("sk-other"))
    assert answer.json()["total"] == 0


async def test_retention(client: httpx2.AsyncClient, wall: Wall) -> None:
    """A task leaves the list when it can no longer be read."""
    await create(client)
    wall.advance_to(START + RETENTION - 1)
    assert len(await listed(client)) == 1
    wall.advance_to(START + RETENTION)
    assert await listed(client) == []
