"""What small clients are made of: the right way to do each thing, which the broken ones do otherwise."""

import time
from collections.abc import Callable
from typing import Any, Final

import httpx2

from contracts import Evolink
from tests.serving import CREATE

BODY: Final = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "A person dancing",
    "video_urls": ["https://example.com/a.mp4"],
}
TASKS: Final = "/v1/tasks"
ENDS: Final = ("completed", "failed", "cancelled")
DEADLINE: Final = 3_600.0
AGENT: Final = "small-client/1.0"

Task = dict[str, Any]


def connect(evolink: Evolink) -> httpx2.Client:
    """Return a client that has the address and the key."""
    headers = {"Authorization": f"Bearer {evolink.key}", "User-Agent": AGENT}
    return httpx2.Client(base_url=evolink.url, headers=headers)


def create(client: httpx2.Client, *, key: str | None = None, **changes: Any) -> Task:
    """Ask for a task once."""
    headers = {} if key is None else {"Idempotency-Key": key}
    task: Task = client.post(CREATE, json={**BODY, **changes}, headers=headers).raise_for_status().json()
    return task


def poll(client: httpx2.Client, task: str) -> Task:
    """Ask for a task's state once."""
    shown: Task = client.get(f"{TASKS}/{task}").raise_for_status().json()
    return shown


def follow(
    client: httpx2.Client,
    task: str,
    *,
    every: float = 10.0,
    ended: Callable[[Task], bool] = lambda task: task["status"] in ENDS,
    deadline: float = DEADLINE,
) -> Task:
    """Poll a task until its end, or until the deadline, after a sleep each time."""
    until = time.monotonic() + deadline
    while True:
        time.sleep(every)
        shown = poll(client, task)
        if ended(shown):
            return shown
        if time.monotonic() >= until:
            raise TimeoutError(task)
