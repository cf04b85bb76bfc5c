"""Make a video with httpx, and be sure of it: one task, one charge, one whole file, whatever happens on the way.

    EVOLINK_API_KEY=sk-... python client.py clip.mp4 --prompt "character1 dances" --video https://example.com/a.mp4

EVOLINK_BASE_URL leads elsewhere, to a simulator for instance. What came of it is printed as a line of JSON. Until the
file is there, clip.mp4.task.json has what is needed to go on with the task that is paid for, after whatever ended this.
"""

import argparse
import hashlib
import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from random import uniform
from typing import Any

import httpx

AGENT = "python-sync-example/1.0"
MODEL = "wan2.6-reference-video-flash"
TIMEOUT = httpx.Timeout(30, connect=10)
TRIES, FIRST_POLL, LONGEST_PAUSE, LONGEST_HINT, DEADLINE = 5, 4.0, 30.0, 3600.0, 1800.0
LARGEST_FILE, LONGEST_PROMPT = 2 * 1024**3, 1500

Json = dict[str, Any]


class VideoError(Exception):
    """There is no video. `status` is that of the answer, `code` the API's word for it, `pause` the wait it asks for."""

    def __init__(self, message: str, *, status: int | None = None, code: str | None = None, pause: float = 0) -> None:
        super().__init__(message)
        self.status, self.code, self.pause = status, code, pause


class BadRequest(VideoError):
    """The request is wrong."""


class Unauthorized(VideoError):
    """The key is wrong."""


class Forbidden(VideoError):
    """The key has no right to that."""


class OutOfCredits(VideoError):
    """The account cannot pay for the task: top it up."""


class NotFound(VideoError):
    """There is no such task, or a link leads nowhere any more."""


class GenerationFailed(VideoError):
    """The task has ended without a video."""


class TimedOut(VideoError):
    """The task has not ended by the deadline; it goes on, and so does this program when it is started again."""


class Passing(VideoError):
    """It may work another time."""


class RateLimited(Passing):
    """There were too many requests."""


class ServerTrouble(Passing):
    """The server could not answer."""


class Unreachable(Passing):
    """No answer came: nobody knows what became of the request."""


class Unreadable(Passing):
    """What came is not what it should be: no JSON, half a file, a page in the place of a video."""


ERRORS: dict[int, type[VideoError]] = {401: Unauthorized, 402: OutOfCredits, 403: Forbidden, 404: NotFound}
ERRORS |= {408: ServerTrouble, 410: NotFound, 425: ServerTrouble, 429: RateLimited}


class Ticket:
    """What is kept until the file is there: the request, its idempotency key, and the task as soon as it has an id."""

    def __init__(self, output: Path, request: Json) -> None:
        self.path = output.with_name(f"{output.name}.task.json")
        self.request, self.key, self.task = request, str(uuid.uuid4()), ""
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self.path.read_text("utf-8"))
            if kept["request"] == request:
                self.key, self.task = str(kept["key"]), str(kept["task"])

    def keep(self) -> None:
        """Write it down, so that a crash at any instant leaves the old state or the new one."""
        fresh = self.path.with_name(f"{self.path.name}.part")
        fresh.write_text(json.dumps({"request": self.request, "key": self.key, "task": self.task}), "utf-8")
        fresh.replace(self.path)


class Videos:
    """Makes videos. The key goes to the API alone: files are fetched by a client that does not have it."""

    def __init__(self, api: httpx.Client, files: httpx.Client) -> None:
        self._api, self._files = api, files

    def create(self, request: Json, key: str) -> str:
        """Ask for a task, and return its id; however often the request is sent with one key, there is one task."""
        body, _ = self._ask("POST", "/v1/videos/generations", json=request, headers={"Idempotency-Key": key})
        if not isinstance(body.get("id"), str):
            raise Unreadable("the answer to the request for a task names none")
        return str(body["id"])

    def follow(self, task_id: str) -> Json:
        """Ask for a task until it has ended, less and less often; what fails meanwhile does not end it."""
        until, pause, usual, failures, last = time.monotonic() + DEADLINE, FIRST_POLL, FIRST_POLL, 0, "nothing"
        while time.monotonic() < until:
            time.sleep(pause)
            try:
                task, hint = self._ask("GET", f"/v1/tasks/{task_id}")
                if task.get("status") == "completed" and not links_in(task):
                    raise Unreadable(f"{task_id} is completed, but has no results")
            except (Passing, NotFound) as error:  # a new task may be unknown for a moment
                failures, last = failures + 1, str(error)
                if failures == TRIES and isinstance(error, NotFound | Unreadable):
                    raise
                pause = pause_after(error, failures)
                continue
            if task.get("status") in {"completed", "failed", "cancelled"}:
                return task
            failures, last, usual = 0, f"the status {task.get('status')!r}", min(usual * 1.25, LONGEST_PAUSE)
            pause = hint or usual * uniform(0.85, 1.15)  # noqa: S311 - no secret
        raise TimedOut(f"{task_id} had not ended after {DEADLINE:.0f} s; the last that was heard of it: {last}")

    def download(self, task: Json, output: Path) -> list[tuple[Path, str]]:
        """Save all results in order, and return where they are, with their digests."""
        links = links_in(task)
        paths = [output, *(output.with_stem(f"{output.stem}-{number}") for number in range(2, len(links) + 1))]
        return [(path, patiently(partial(self._save, link, path))) for link, path in zip(links, paths, strict=True)]

    def _save(self, link: str, path: Path) -> str:
        """Save a file under its name only when all of it is there; return its digest."""
        fresh, digest, size, head = path.with_name(f"{path.name}.part"), hashlib.sha256(), 0, b""
        try:
            with (
                self._files.stream("GET", link, headers={"Accept-Encoding": "identity"}) as response,
                fresh.open("wb") as file,
            ):
                if not response.is_success:
                    raise problem_in(response)
                for piece in response.iter_bytes(65_536):
                    head, size = head or piece[:12], size + len(piece)
                    if head[4:8] != b"ftyp" or size > LARGEST_FILE:
                        raise Unreadable(f"{response.headers.get('content-type')} is no MP4 video that can be taken")
                    digest.update(piece)
                    file.write(piece)
            if not head or response.headers.get("content-length", str(size)) != str(size):
                raise Unreadable(f"the file is not whole: {size} bytes came")
            fresh.replace(path)
        except httpx.RequestError as error:
            raise Unreachable(f"the download broke off: {error!r}") from error
        finally:
            fresh.unlink(missing_ok=True)
        return digest.hexdigest()

    def _ask(self, method: str, path: str, **options: Any) -> tuple[Json, float]:
        """Send one request; return the body of the answer, and for how many seconds it asks to wait."""
        try:
            response = self._api.request(method, path, **options)
        except httpx.RequestError as error:
            raise Unreachable(f"{method} {path}: no answer: {error!r}") from error
        if not response.is_success:
            raise problem_in(response)
        with suppress(ValueError):
            body = response.json()
            if isinstance(body, dict):
                return body, seconds_to_wait(response)
        raise Unreadable(f"{method} {path}: the answer is no JSON object", status=response.status_code)


def patiently(do: Callable[[], str]) -> str:
    """Do something, and again if what goes wrong may pass."""
    for attempt in range(1, TRIES):
        try:
            return do()
        except Passing as error:
            time.sleep(pause_after(error, attempt))
    return do()


def pause_after(error: VideoError, attempt: int) -> float:
    """Return for how many seconds to wait: as long as the server says, else longer each time, and never in step."""
    if error.pause > LONGEST_HINT:
        raise VideoError(f"{error}; it is to be tried in {error.pause:.0f} s", status=error.status, code=error.code)
    return error.pause * 1.05 or min(2.0**attempt, LONGEST_PAUSE) * uniform(0.85, 1.15)  # noqa: S311 - no secret


def seconds_to_wait(response: httpx.Response) -> float:
    """Read Retry-After, seconds or a date; 0 if it says nothing that can be read, or less than a second."""
    text = response.headers.get("retry-after", "")
    with suppress(ValueError, TypeError):
        now = response.headers.get("date")
        start = parsedate_to_datetime(now).timestamp() if now else time.time()
        seconds = float(text) if text.isdecimal() else parsedate_to_datetime(text).timestamp() - start
        return seconds if seconds >= 1 else 0.0
    return 0.0


def problem_in(response: httpx.Response) -> VideoError:
    """Return the error that an answer tells, by its status; whatever else is in it may be missing."""
    status, told = response.status_code, Json()
    with suppress(ValueError, httpx.StreamError):
        told = part(response.json(), "error")
    message = f"{status}: {told.get('message') or response.reason_phrase}"
    kind = ERRORS.get(status, ServerTrouble if response.is_server_error else BadRequest)
    return kind(message, status=status, code=str(told.get("code") or status), pause=seconds_to_wait(response))


def part(body: Any, name: str) -> Json:
    """Return an object within a body; an empty one if there is none."""
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def links_in(task: Json) -> list[str]:
    """Return the links to the videos."""
    found = task.get("results")
    return [link for link in found if isinstance(link, str)] if isinstance(found, list) else []


def make(videos: Videos, ticket: Ticket, output: Path) -> Json:
    """Make a video, and return what came of it."""
    if not ticket.task:
        ticket.keep()
        ticket.task = patiently(partial(videos.create, ticket.request, ticket.key))
        ticket.keep()
    task = videos.follow(ticket.task)
    if task["status"] != "completed":
        ticket.path.unlink()
        error, cost = part(task, "error"), part(task, "billing").get("charged_credits")
        code = str(error.get("code") or task["status"])
        failure = GenerationFailed(f"{code}: {error.get('message')}", code=code)
        return {**tell(failure), "facts": {"code": code, "charged_credits": cost}}
    try:
        saved = videos.download(task, output)
    except (NotFound, Forbidden):  # links work for 24 hours: another look at the task shows fresh ones
        saved = videos.download(videos.follow(ticket.task), output)
    ticket.path.unlink()
    return {"outcome": "completed", "path": str(saved[0][0]), "sha256": saved[0][1]}


def tell(error: BaseException) -> Json:
    """Return the outcome that an error is."""
    outcome = "failed" if isinstance(error, GenerationFailed) else "timeout" if isinstance(error, TimedOut) else "error"
    facts = {name: getattr(error, name) for name in ("status", "code") if getattr(error, name, None)}
    return {"outcome": outcome, "error": type(error).__name__, "message": str(error), "facts": facts}


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; 0 if there is a video in the end."""
    parser = argparse.ArgumentParser(description="Make a video.")
    parser.add_argument("output", type=Path, help="where to put it")
    parser.add_argument("--prompt", required=True, help="what is to be seen, at most 1500 characters")
    parser.add_argument("--video", action="append", required=True, metavar="URL", help="a reference video, up to three")
    asked, key = parser.parse_args(arguments), os.environ.get("EVOLINK_API_KEY")
    if not key or len(asked.prompt) > LONGEST_PROMPT:
        parser.error(f"set EVOLINK_API_KEY, and give a prompt of {LONGEST_PROMPT} characters at most")
    ticket = Ticket(asked.output, {"model": MODEL, "prompt": asked.prompt, "video_urls": asked.video})
    url, agent = os.environ.get("EVOLINK_BASE_URL", "https://api.evolink.ai"), {"User-Agent": AGENT}
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json", **agent}
    try:
        with (
            httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT) as api,
            httpx.Client(headers=agent, timeout=TIMEOUT, follow_redirects=True, max_redirects=5) as files,
        ):
            came = make(Videos(api, files), ticket, asked.output)
    except (VideoError, OSError, KeyboardInterrupt) as error:
        came = tell(error)
    print(json.dumps({**came, "task": ticket.task or None, "wanted": ticket.request}), flush=True)
    return 0 if came["outcome"] == "completed" else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a kill is told like Ctrl-C
    sys.exit(main())
