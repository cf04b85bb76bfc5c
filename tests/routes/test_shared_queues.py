"""Slots of several servers on one state file, and over a restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mock_server.app import create_app
from mock_server.core.tasks.timeline import observe
from mock_server.core.types import Status
from mock_server.settings import Settings
from mock_server.store import SqliteStore
from tests.routes.queues import control, create_many, limit, lives, statuses
from tests.running import started
from tests.serving import CREATE, Serve, Wall, bearer, create, example

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]


async def test_two_servers_of_one_file(serve: Serve, wall: Wall, tmp_path: Path) -> None:
    """Limits that are set by one server hold for the other, and tasks of both wait for each other."""
    one, other = [await serve(store=SqliteStore(tmp_path / "state.db")) for _ in range(2)]
    await limit(one, slots=1)
    names = [(await create(client))["id"] for client in (other, one, other)]
    shown = (await control(one, "GET", "tasks"))["tasks"]
    assert [task["id"] for task in shown] == names
    assert [task["starts_at"] for task in shown[1:]] == [task["ends_at"] for task in shown[:-1]]
    wall.advance(10)
    await control(one, "POST", f"tasks/{names[0]}/cancel")
    assert await statuses(other) == ["cancelled", "processing", "pending"]
    await limit(other)
    assert await statuses(one) == ["cancelled", "processing", "processing"]


@asynccontextmanager
async def living(path: Path, wall: Wall, **settings: Any) -> AsyncIterator[tuple[httpx2.AsyncClient, SqliteStore]]:
    """Serve on a state file for as long as the block lasts."""
    store = SqliteStore(path)
    app = create_app(Settings(speed=1.0, **settings), store=store, wall=wall)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(base_url="http://127.0.0.1:8765", transport=transport, headers=bearer()) as client,
    ):
        yield client, store


async def test_slots_over_a_restart(wall: Wall, tmp_path: Path) -> None:
    """Who waits goes on waiting after a restart, and moves up as planned; limits of a universe's own are kept."""
    path = tmp_path / "state.db"
    async with living(path, wall, slots=1) as (client, store):
        await create_many(client, 3)
        planned = await lives(store)
    async with living(path, wall, slots=1) as (client, store):
        assert await lives(store) == planned
        wall.advance_to(planned[1].starts_at)
        assert await statuses(client) == ["completed", "processing", "pending"]
        await limit(client, slots=2)
    async with living(path, wall, slots=1) as (client, store):
        assert await statuses(client) == ["completed", "processing", "processing"]
        assert (await control(client, "GET", "limits"))["slots"] == 2


@pytest.mark.parametrize(
    ("slots", "seen"), [(None, [Status.PROCESSING] * 3), (1, [Status.PROCESSING, Status.PENDING, Status.PENDING])]
)
async def test_a_restart_with_other_limits(wall: Wall, tmp_path: Path, slots: int | None, seen: list[Status]) -> None:
    """From its start on a server lets tasks wait as it limits them, not as the one before it did."""
    path = tmp_path / "state.db"
    async with living(path, wall, slots=0) as (client, _):
        await create_many(client, 3)
        wall.advance(10)
    async with living(path, wall, slots=slots) as (client, store):
        assert [observe(life, wall()).status for life in await lives(store)] == seen


def test_two_processes_of_one_file(tmp_path: Path) -> None:
    """Two programs on a state file have the same slots and the same buckets, whichever of them a request comes to."""
    options = ("--state", str(tmp_path / "state.db"), "--speed", "0")
    with started(*options) as one, started(*options) as other, one.client() as first, other.client() as second:
        assert first.put("/_mock/limits", json={"slots": 1, "requests_per_minute": 4}).status_code == 200
        names = [client.post(CREATE, json=example()).json()["id"] for client in (first, second)]
        assert second.post("/_mock/clock", json={"advance": 10}).status_code == 200
        seen = [task["status"] for task in first.get("/_mock/tasks").json()["tasks"]]
        assert seen == ["processing", "pending"]
        assert first.post(f"/_mock/tasks/{names[0]}/cancel").status_code == 200
        assert second.get(f"/v1/tasks/{names[1]}").json()["status"] == "processing"
        statuses_of_both = [client.get("/v1/tasks").status_code for client in (first, second) * 2]
        assert statuses_of_both == [200, 429, 429, 429]
