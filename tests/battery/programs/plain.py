# ruff: noqa: S310 - it asks the API
"""Makes a video with the standard library, at the API's real address; arguments say what it does wrong.

python plain.py [retries-without-key] [hurries] [goes-on] [leaves-late]
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

API = "https://api.evolink.ai"
WRONGS = frozenset(sys.argv[1:])
REQUEST = {
    "model": "wan2.6-reference-video-flash",
    "prompt": os.environ["EVOLINK_PROMPT"],
    "video_urls": ["https://example.com/a.mp4"],
}
AGENT = {"User-Agent": "plain/1.0"}
HEADERS = {**AGENT, "Authorization": f"Bearer {os.environ['EVOLINK_API_KEY']}", "Content-Type": "application/json"}


def ask(path: str, *, body: object = None, **headers: str) -> Any:
    """Ask the API, and once more if that goes wrong."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, data, {**HEADERS, **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code < 429:
            raise
        time.sleep(1 if "hurries" in WRONGS else float(error.headers.get("Retry-After", 1)))
    except OSError:
        time.sleep(0.5)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def main() -> None:
    """Make a video."""
    key = {} if "retries-without-key" in WRONGS else {"Idempotency-Key": str(uuid.uuid4())}
    task = ask("/v1/videos/generations", body=REQUEST, **key)
    ends = {"completed", "failed"} if "goes-on" in WRONGS else {"completed", "failed", "cancelled"}
    for _ in range(6):
        time.sleep(1.2)
        task = ask(f"/v1/tasks/{task['id']}")
        if task["status"] in ends:
            break
    for link in task.get("results") or ():
        with urllib.request.urlopen(urllib.request.Request(link, headers=AGENT), timeout=10) as answer:
            answer.read()
    sys.stdout.write(
        json.dumps({"outcome": "completed" if task["status"] == "completed" else "failed", "task": task["id"]})
    )


main()
