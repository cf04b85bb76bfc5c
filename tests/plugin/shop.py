"""The client under test: it sends what a test has it send, and sees to nothing."""

from typing import Any

import httpx2

from contracts import Evolink

CREATE = "/v1/videos/generations"
BODY = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "A person dancing",
    "video_urls": ["https://example.com/a.mp4"],
}


def send(evolink: Evolink, method: str, path: str, **options: Any) -> httpx2.Response:
    """Send a request."""
    headers = {"authorization": f"Bearer {evolink.key}"}
    with httpx2.Client(base_url=evolink.url, headers=headers) as client:
        return client.request(method, path, **options)


def create(evolink: Evolink, **changes: Any) -> dict[str, Any]:
    """Create a task, and return the answer's body."""
    body: dict[str, Any] = send(evolink, "POST", CREATE, json={**BODY, **changes}).json()
    return body


def pay_twice(evolink: Evolink) -> None:
    """Lose the answer to a create, and create again, which is what the judge must see."""
    evolink.plan("disconnect on=create times=1")
    try:
        create(evolink)
    except httpx2.TransportError:
        create(evolink)


def status(evolink: Evolink, task: dict[str, Any]) -> str:
    """Ask for the status of a task."""
    return str(send(evolink, "GET", f"/v1/tasks/{task['id']}").json()["status"])
