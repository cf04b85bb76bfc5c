"""What small clients have in common that ask in plain ways: what they are answered is theirs to look at."""

from time import sleep
from typing import Any

import httpx2

from tests.clients.small import AGENT, BODY
from tests.serving import CREATE


def create(client: httpx2.Client, **changes: Any) -> str:
    """Create a task, and return its id."""
    return str(client.post(CREATE, json={**BODY, **changes}).json()["id"])


def poll(client: httpx2.Client, task: str) -> dict[str, Any]:
    """Ask for a task's state."""
    body: dict[str, Any] = client.get(f"/v1/tasks/{task}").json()
    return body


def complete(client: httpx2.Client, **changes: Any) -> tuple[str, str]:
    """Create a task, wait until it is completed, and return its id and the link of its result."""
    task = create(client, **changes)
    while True:
        sleep(10)
        body = poll(client, task)
        if body["status"] == "completed":
            return task, body["results"][0]


def fetch(link: str, **headers: str) -> httpx2.Response:
    """Fetch a result without the key."""
    with httpx2.Client(headers={"user-agent": AGENT}) as client:
        return client.get(link, headers=headers)
