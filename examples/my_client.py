"""A small client of the video API, as an application might have one; test_my_client.py shows how it is tested."""

import time
import uuid
from typing import Any

import httpx2

MODEL = "wan2.6-reference-video-flash"
MAY_PASS = {429, 500, 502, 503, 504}
TRIES = 4
PATIENCE_SECONDS = 15 * 60


class OutOfCredits(Exception):
    """The account cannot pay for the task."""


class GenerationFailed(Exception):
    """The task has ended without a video; the message is the code of its error."""


class LinkExpired(Exception):
    """The link to the video works no longer."""


class Videos:
    """Makes videos: creates a task, follows it, downloads the result."""

    def __init__(self, key: str, url: str = "https://api.evolink.ai") -> None:
        self._http = httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30)

    def make(self, prompt: str, reference: str) -> str:
        """Return the link to a new video."""
        return self.follow(self.create(prompt, reference))

    def create(self, prompt: str, reference: str, callback_url: str | None = None) -> str:
        """Create a task, once, however often the request has to be sent, and return its id."""
        request = {"model": MODEL, "prompt": prompt, "video_urls": [reference]}
        if callback_url is not None:
            request["callback_url"] = callback_url
        once = {"Idempotency-Key": str(uuid.uuid4())}
        return str(self._call("POST", "/v1/videos/generations", json=request, headers=once)["id"])

    def follow(self, task_id: str) -> str:
        """Ask for a task until it has ended, less and less often, and return the link to its video."""
        pause, deadline = 2.0, time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            task = self._call("GET", f"/v1/tasks/{task_id}")
            if task["status"] == "completed":
                return str(task["results"][0])
            if task["status"] in {"failed", "cancelled"}:
                raise GenerationFailed(task["error"]["code"])
            time.sleep(pause)
            pause = min(pause * 1.5, 15.0)
        raise TimeoutError(f"{task_id} has not ended in {PATIENCE_SECONDS} seconds")

    def download(self, link: str) -> bytes:
        """Return the video behind a link."""
        answer = self._http.get(link)
        if answer.status_code == httpx2.codes.FORBIDDEN:
            raise LinkExpired(link)
        return answer.raise_for_status().content

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Send a request, and again if it may pass; wait as long as the API says."""
        for attempt in range(TRIES):
            try:
                answer = self._http.request(method, path, **options)
            except httpx2.TransportError:
                if attempt == TRIES - 1:
                    raise
                time.sleep(2**attempt)
                continue
            if answer.status_code == httpx2.codes.PAYMENT_REQUIRED:
                raise OutOfCredits(answer.json()["error"]["message"])
            if answer.status_code not in MAY_PASS or attempt == TRIES - 1:
                break
            time.sleep(float(answer.headers.get("Retry-After", 2**attempt)))
        body: dict[str, Any] = answer.raise_for_status().json()
        return body
