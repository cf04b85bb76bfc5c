"""Tasks that wait for slots."""

from typing import Any

import httpx2

from mock_server.core.types import Timeline
from mock_server.store import SqliteStore
from tests.serving import create


async def create_many(client: httpx2.AsyncClient, number: int, **changes: Any) -> list[str]:
    """Create tasks one after the other, and return their ids."""
    return [(await create(client, **changes))["id"] for _ in range(number)]


async def control(client: httpx2.AsyncClient, method: str, path: str, body: object = None) -> dict[str, Any]:
    """Call the control API."""
    answer = await client.request(method, f"/_mock/{path}", json=body)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def limit(client: httpx2.AsyncClient, **limits: object) -> None:
    """Set the limits of the client's universe."""
    await control(client, "PUT", "limits", limits)


async def lives(store: SqliteStore) -> list[Timeline]:
    """Return how all tasks are planned now, in the order of their creation."""
    return [task.timeline for task in await store.tasks_of("default")]


async def statuses(client: httpx2.AsyncClient) -> list[str]:
    """Return what a reader sees of all tasks, in the order of their creation."""
    return [task["status"] for task in (await control(client, "GET", "tasks"))["tasks"]]
