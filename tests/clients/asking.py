"""What small clients have in common: how they ask, and nothing else."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any, Final

import httpx2

from contracts import Evolink

CREATE: Final = "/v1/videos/generations"
WANTED: Final = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "A cat that dances in the rain",
    "video_urls": ["https://example.com/a.mp4"],
}
_NO_CERTIFICATES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextmanager
def open_client(evolink: Evolink) -> Iterator[httpx2.Client]:
    """Open a client with the world's key, that follows no redirects and repeats nothing."""
    headers = {"authorization": f"Bearer {evolink.key}", "user-agent": "cat-client/1.0"}
    with httpx2.Client(base_url=evolink.url, headers=headers, verify=_NO_CERTIFICATES) as client:
        yield client


def create(client: httpx2.Client, **changes: Any) -> str:
    """Create a task, and return its id."""
    return str(client.post(CREATE, json={**WANTED, **changes}).json()["id"])


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
    with httpx2.Client(verify=_NO_CERTIFICATES, headers={"user-agent": "cat-client/1.0"}) as client:
        return client.get(link, headers=headers)
