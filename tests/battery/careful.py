"""A client that does everything, and nothing wrong: it uploads, creates, polls, takes callbacks, and fetches."""

import json
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import partial
from threading import Thread
from typing import Any, Final, TypeVar
from uuid import uuid4

import httpx2
from starlette.types import Receive, Scope, Send

from contracts import Evolink
from contracts.battery.scenario import Scenario
from tests.clients.small import ENDS
from tests.files.uploading import MP4

HOOK: Final = "https://hooks.example.com/videos"
AGENT: Final = "careful-client/1.0"
UPLOADS: Final = "https://files-api.evolink.ai/api/v1/files/upload/stream"
_WORK: Final = {
    "model": "wan2.6-reference-video-flash",
    "duration": 5,
    "quality": "720p",
    "aspect_ratio": "16:9",
    "generate_audio": True,
    "model_params": {"shot_type": "single"},
    "video_urls": ["https://example.com/a.mp4"],
}
_TRIES: Final = 5
_HOUR: Final = 3_600.0
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
Made = TypeVar("Made")


class Refused(Exception):
    """The API said no; `pause` is for how many seconds it asks to wait if it may say yes later."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__(f"{answer.status_code} {answer.text[:200]}")
        self.status = answer.status_code
        self.passing = self.status in _PASSING
        self.pause = seconds_to_wait(answer)


class Garbled(Exception):
    """What came is not what it should be."""


def seconds_to_wait(answer: httpx2.Response) -> float:
    """Read Retry-After; 0 if there is none that asks for a second."""
    text = answer.headers.get("retry-after", "")
    with suppress(ValueError, KeyError):
        if text.isdecimal():
            return float(text) if float(text) >= 1 else 0.0
        wait = parsedate_to_datetime(text).timestamp() - parsedate_to_datetime(answer.headers["date"]).timestamp()
        return max(0.0, wait)
    return 0.0


class CarefulClient:
    """Makes videos.

    Args:
        evolink: Where the API is.
        subject: What its videos are about.
        receives: Whether it takes callbacks.
        uploads: Whether it uploads its reference.
        work: What it asks for, but for the prompt.
    """

    def __init__(
        self, evolink: Evolink, *, subject: str, receives: bool, uploads: bool, work: Mapping[str, Any] = _WORK
    ) -> None:
        self._subject = subject
        self._work = work
        self._evolink = evolink
        self._receives, self._uploads = receives, uploads
        headers = {"Authorization": f"Bearer {evolink.key}", "User-Agent": AGENT, "Accept": "application/json"}
        self._api = httpx2.Client(base_url=evolink.url, headers=headers, timeout=20)
        self._files = httpx2.Client(headers={"User-Agent": AGENT}, follow_redirects=True, timeout=20)

    def make(self, number: int) -> None:
        """Make videos side by side, and report what came of each."""
        if self._receives:
            self._evolink.deliver_to(self._take)
        wanted = [self._want(place) for place in range(number)]
        with self._api, self._files:
            tasks = [(body, self._create(body)) for body in wanted]
            threads = [Thread(target=self._finish, args=(body, task)) for body, task in tasks if task]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def _want(self, place: int) -> dict[str, Any]:
        hook = {"callback_url": HOOK} if self._receives else {}
        return {
            **self._work,
            **hook,
            "prompt": f"{self._subject}, take {place}",
        }

    def _create(self, body: dict[str, Any]) -> dict[str, Any] | None:
        headers = {"Idempotency-Key": str(uuid4())}
        try:
            if self._uploads:
                body["video_urls"] = [self._patiently(self._upload)]
            task = self._patiently(lambda: self._ask("POST", "/v1/videos/generations", json=body, headers=headers))
        except (Refused, Garbled, httpx2.TransportError) as error:
            self._evolink.report("error", error=f"{type(error).__name__} {getattr(error, 'status', '')}", wanted=body)
            return None
        return task

    def _upload(self) -> str:
        answer = self._ask("POST", UPLOADS, files={"file": ("cat.mp4", MP4)}, data={"upload_path": "cats"})
        if not answer.get("success"):
            raise Garbled(str(answer))
        return str(answer["data"]["file_url"])

    def _finish(self, body: dict[str, Any], created: dict[str, Any]) -> None:
        about: dict[str, Any] = {"task": created["id"], "wanted": body}
        about["facts"] = {"budget": 1_000, "estimated_credits": created["usage"]["credits_reserved"]}
        try:
            task = self._follow(created)
            if task["status"] == "completed":
                for link in task["results"]:
                    self._patiently(partial(self._fetch, link))
        except (Refused, Garbled, httpx2.TransportError, TimeoutError) as error:
            outcome: Any = "timeout" if isinstance(error, TimeoutError) else "error"
            self._evolink.report(
                outcome, error=f"{type(error).__name__} {getattr(error, 'status', '')}", message=str(error), **about
            )
            return
        if task["status"] == "completed":
            self._evolink.report("completed", path=f"{created['id']}.mp4", **about)
        else:
            about["facts"]["charged_credits"] = 0
            self._evolink.report("failed", error=str(task.get("error", {}).get("code")), **about)

    def _follow(self, created: dict[str, Any]) -> dict[str, Any]:
        """Wait for the callback, if there is to be one, and poll."""
        name, failures, empty, last = created["id"], 0, 0, ""
        until, every = time.monotonic() + _HOUR, 5.0
        time.sleep(4 if not self._receives else 150)
        while time.monotonic() < until:
            pause = every * random.uniform(0.85, 1.15)  # noqa: S311 - nothing is secret here
            every = min(every * 1.25, 20)
            try:
                task, hint = self._ask_hinted("GET", f"/v1/tasks/{name}")
                failures, pause, last = 0, hint or pause, task["status"]
                empty += task["status"] == "completed" and not task.get("results")
                if task["status"] in ENDS and (task["status"] != "completed" or task.get("results")):
                    return task
                if empty > 2:
                    raise Garbled(f"{name} is completed, and has no results")
            except (Refused, httpx2.TransportError, json.JSONDecodeError) as error:
                failures += 1
                if failures > _TRIES or not self._may_pass(error):
                    raise
                pause = self._pause(error, failures)
            time.sleep(pause)
        raise TimeoutError(f"{name} has not ended in an hour, and was {last}")

    def _may_pass(self, error: Exception) -> bool:
        return not isinstance(error, Refused) or error.status == 404 or (error.passing and error.pause <= _HOUR)

    def _pause(self, error: Exception, failures: int) -> float:
        told = error.pause if isinstance(error, Refused) else 0.0
        return told * 1.02 if told else 2.0**failures

    def _patiently(self, do: Callable[[], Made]) -> Made:
        for attempt in range(1, _TRIES):
            try:
                return do()
            except (Refused, Garbled, httpx2.TransportError, json.JSONDecodeError) as error:
                if isinstance(error, Refused) and not (error.passing and error.pause <= _HOUR):
                    raise
                time.sleep(self._pause(error, attempt))
        return do()

    def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        return self._ask_hinted(method, path, **options)[0]

    def _ask_hinted(self, method: str, path: str, **options: Any) -> tuple[dict[str, Any], float]:
        answer = self._api.request(method, path, **options)
        if answer.status_code == 307:
            answer = self._api.request(method, answer.headers["location"], **options)
        if not answer.is_success:
            raise Refused(answer)
        return answer.json(), seconds_to_wait(answer)

    def _fetch(self, link: str) -> None:
        """Fetch a file; what is missing of one that broke off is asked for alone."""
        kept = b""
        for _ in range(_TRIES):
            headers = {"Range": f"bytes={len(kept)}-"} if kept else {}
            with suppress(httpx2.RemoteProtocolError), self._files.stream("GET", link, headers=headers) as answer:
                if answer.status_code == 416:
                    kept = b""
                    continue
                self._check_file(answer)
                kept = kept if answer.status_code == 206 else b""
                for piece in answer.iter_raw():
                    kept += piece
                return
            time.sleep(1)
        raise Garbled(link)

    @staticmethod
    def _check_file(answer: httpx2.Response) -> None:
        if not answer.is_success:
            answer.read()
            raise Refused(answer)
        if not answer.headers["content-type"].startswith("video/"):
            raise Garbled(answer.headers["content-type"])

    async def _take(self, _: Scope, receive: Receive, send: Send) -> None:
        """Take a callback: believe nothing of it, and remember that there is something to ask for."""
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        try:
            status = 200 if json.loads(body)["id"] else 400
        except (ValueError, KeyError, TypeError):
            status = 400
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


def make_videos(evolink: Evolink, scenario: Scenario, *, work: Mapping[str, Any] = _WORK) -> None:
    """Make as many videos as a scenario asks for, with what it needs."""
    client = CarefulClient(
        evolink,
        subject=f"A cat in {scenario.name}",
        receives="callback" in scenario.needs,
        uploads="upload" in scenario.needs,
        work=work,
    )
    client.make(scenario.asks)
