"""Make a video with httpx2: create a task, follow it to its end, download the result.

    EVOLINK_API_KEY=sk-... python python_httpx2.py [FILE]

Against a simulator: EVOLINK_BASE_URL=http://127.0.0.1:8765 EVOLINK_API_KEY=sk-mock-default EVOLINK_POLL_SECONDS=1
"""

import os
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx2

BASE_URL = os.environ.get("EVOLINK_BASE_URL", "https://api.evolink.ai")
API_KEY = os.environ.get("EVOLINK_API_KEY") or sys.exit("set EVOLINK_API_KEY to your key")
REQUEST = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "character1 dances on a roof at dusk",
    "video_urls": ["https://example.com/dancer.mp4"],
    "duration": 5,
}
POLL_SECONDS = float(os.environ.get("EVOLINK_POLL_SECONDS", "8"))
DEADLINE_SECONDS = 15 * 60
TRIES = 4
MAY_PASS = {429, 500, 502, 503, 504}


def main() -> None:
    """Create, follow, download."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "video.mp4")
    with httpx2.Client(base_url=BASE_URL, headers={"Authorization": f"Bearer {API_KEY}"}, timeout=30) as client:
        # One key for one wish: however often the request is sent, one task is created and paid for.
        once = {"Idempotency-Key": str(uuid.uuid4())}
        created = call(client, "POST", "/v1/videos/generations", json=REQUEST, headers=once)
        print("created", created["id"])
        task = follow(client, created["id"])
    if task["status"] != "completed":
        sys.exit(f"{task['status']}: {task['error']['code']}: {task['error']['message']}")
    print("result", task["results"][0])
    download(task["results"][0], target)
    print("saved", target)


def follow(client: httpx2.Client, task_id: str) -> dict[str, Any]:
    """Ask for a task until it has ended."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        task = call(client, "GET", f"/v1/tasks/{task_id}")
        if task["status"] not in {"pending", "processing"}:
            return task
        if time.monotonic() > deadline:
            sys.exit(f"{task_id} is still {task['status']} at {task['progress']} %; ask again later")
        print(f"{task['status']} {task['progress']} %")
        time.sleep(POLL_SECONDS)


def call(client: httpx2.Client, method: str, path: str, **options: Any) -> dict[str, Any]:
    """Send a request, and again what may pass; end the program with the API's own words on any other error."""
    for attempt in range(1, TRIES + 1):
        try:
            response = client.request(method, path, **options)
        except httpx2.TransportError as error:
            problem, pause = f"no answer: {error}", 2**attempt
        else:
            if response.is_success:
                body: dict[str, Any] = response.json()
                return body
            problem, pause = explain(response), pause_seconds(response, attempt)
            if response.status_code not in MAY_PASS:
                break
        if attempt < TRIES:
            time.sleep(pause)
    sys.exit(f"{method} {path}: {problem}")


def explain(response: httpx2.Response) -> str:
    """Read the error of an answer; one that does not come from the API has another form."""
    try:
        error = response.json()["error"]
        return f"{response.status_code} {error['code']}: {error['message']}"
    except (ValueError, KeyError, TypeError):
        return f"{response.status_code} {response.text[:200]}"


def pause_seconds(response: httpx2.Response, attempt: int) -> int:
    """Return how long to wait: as long as the server says, else longer each time."""
    told = response.headers.get("Retry-After", "")
    return int(told) if told.isdigit() else 2**attempt


def download(link: str, target: Path) -> None:
    """Save a result. Links need no key, so none is sent; they hold for 24 hours."""
    with httpx2.stream("GET", link, timeout=60, follow_redirects=True) as response:
        if not response.is_success:
            sys.exit(f"GET {link}: {response.status_code}")
        with target.open("wb") as file:
            for part in response.iter_bytes():
                file.write(part)


if __name__ == "__main__":
    main()
