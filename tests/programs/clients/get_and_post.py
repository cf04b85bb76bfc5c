"""Makes a video by requests, httpx or httpx2, and writes it into a file."""

import os
import sys
import time
from importlib import import_module
from pathlib import Path

API = "https://api.evolink.ai"
HEADERS = {"Authorization": f"Bearer {os.environ['EVOLINK_API_KEY']}"}
WANTED = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "character1 dances on a roof",
    "video_urls": ["https://example.com/dancer.mp4"],
}

library = import_module(sys.argv[1])
answer = library.post(f"{API}/v1/videos/generations", json=WANTED, headers=HEADERS, timeout=30)
answer.raise_for_status()
task = answer.json()
while task["status"] not in {"completed", "failed", "cancelled"}:
    time.sleep(0.05)
    task = library.get(f"{API}/v1/tasks/{task['id']}", headers=HEADERS, timeout=30).json()
Path("video.mp4").write_bytes(library.get(task["results"][0], timeout=30).content)
print(task["id"], task["status"])  # noqa: T201 - a program that prints
