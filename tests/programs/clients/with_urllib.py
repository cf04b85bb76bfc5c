"""Makes a video with nothing but Python, and writes it into a file."""

import json
import os
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

API = "https://api.evolink.ai"
WANTED = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "character1 dances on a roof",
    "video_urls": ["https://example.com/dancer.mp4"],
}


def ask(path: str, body: Any = None) -> Any:
    """Ask the API."""
    headers = {"Authorization": f"Bearer {os.environ['EVOLINK_API_KEY']}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{API}{path}", data, headers), timeout=30) as answer:  # noqa: S310 - https, as is seen
        return json.load(answer)


task = ask("/v1/videos/generations", WANTED)
while task["status"] not in {"completed", "failed", "cancelled"}:
    time.sleep(0.05)
    task = ask(f"/v1/tasks/{task['id']}")
with urlopen(task["results"][0], timeout=30) as video:  # noqa: S310 - the same
    Path("video.mp4").write_bytes(video.read())
print(task["id"], task["status"])  # noqa: T201 - a program that prints
