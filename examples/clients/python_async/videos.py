"""Making videos with httpx and asyncio: one task, one charge, one whole file for each, whatever happens on the way."""

import asyncio
import hashlib
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import uniform
from typing import Any

import httpx
from video_callbacks import News
from video_errors import (
    LONGEST_PAUSE,
    Forbidden,
    GenerationFailed,
    Json,
    NotFound,
    OutOfCredits,
    Passing,
    RateLimited,
    TimedOut,
    Unreachable,
    Unreadable,
    links_in,
    part,
    pause_after,
    problem_in,
    seconds_to_wait,
    tell,
)

TRIES, FIRST_POLL, DEADLINE, AT_ONCE = 5, 4.0, 1800.0, 4
LARGEST_FILE = 2 * 1024**3


class Ticket:
    """What is kept until the file is there: the request, its idempotency key, and the task as soon as it has an id."""

    def __init__(self, output: Path, request: Json) -> None:
        self.output, self.path = output, output.with_name(f"{output.name}.task.json")
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

    def __init__(self, api: httpx.AsyncClient, files: httpx.AsyncClient, news: News) -> None:
        self._api, self._files, self._news = api, files, news
        self._slots, self._resume_at = asyncio.Semaphore(AT_ONCE), 0.0
        self._broke: OutOfCredits | None = None

    async def make(self, ticket: Ticket) -> Json:
        """Make a video, and return what came of it."""
        if not ticket.task:
            ticket.keep()
            ticket.task = await self.create(ticket)
            ticket.keep()
        task = await self.follow(ticket.task)
        if task["status"] != "completed":
            ticket.path.unlink()
            error, cost = part(task, "error"), part(task, "billing").get("charged_credits")
            code = str(error.get("code") or task["status"])
            failure = GenerationFailed(f"{code}: {error.get('message')}", code=code)
            return {**tell(failure), "facts": {"code": code, "charged_credits": cost}}
        try:
            saved = await self.download(task, ticket.output)
        except (NotFound, Forbidden):  # links work for 24 hours: another look at the task shows fresh ones
            saved = await self.download(await self.follow(ticket.task), ticket.output)
        ticket.path.unlink()
        return {"outcome": "completed", "path": str(saved[0][0]), "sha256": saved[0][1]}

    async def create(self, ticket: Ticket) -> str:
        """Ask for a task, a few at a time, and return its id; when the credits have run out, ask for no more."""

        async def ask() -> str:
            if self._broke is not None:
                raise self._broke
            headers = {"Idempotency-Key": ticket.key}
            body, _ = await self._ask("POST", "/v1/videos/generations", json=ticket.request, headers=headers)
            if not isinstance(body.get("id"), str):
                raise Unreadable("the answer to the request for a task names none")
            return str(body["id"])

        async with self._slots:
            try:
                return await patiently(ask)
            except OutOfCredits as error:
                self._broke = error
                raise

    async def follow(self, task_id: str) -> Json:
        """Ask for a task until it has ended: less and less often, and at once when there is news of it."""
        until, usual, failures, last = time.monotonic() + DEADLINE, FIRST_POLL, 0, "nothing"
        pause = usual * uniform(1, 1.5)  # noqa: S311 - no secret
        while time.monotonic() < until:
            await self._wait(task_id, pause)
            try:
                task, hint = await self._ask("GET", f"/v1/tasks/{task_id}")
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
            pause = hint or usual * uniform(0.8, 1.2)  # noqa: S311 - no secret
        raise TimedOut(f"{task_id} had not ended after {DEADLINE:.0f} s; the last that was heard of it: {last}")

    async def _wait(self, task_id: str, seconds: float) -> None:
        """Wait so long, or until there is news."""
        news = self._news.expect(task_id)
        waits = [asyncio.create_task(asyncio.sleep(seconds)), asyncio.create_task(news.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        news.clear()

    async def download(self, task: Json, output: Path) -> list[tuple[Path, str]]:
        """Save all results in order, and return where they are, with their digests."""
        links = links_in(task)
        paths = [output, *(output.with_stem(f"{output.stem}-{number}") for number in range(2, len(links) + 1))]
        return [
            (path, await patiently(partial(self._save, link, path))) for link, path in zip(links, paths, strict=True)
        ]

    async def _save(self, link: str, path: Path) -> str:
        """Save a file under its name only when all of it is there; return its digest."""
        fresh, digest, size, head = path.with_name(f"{path.name}.part"), hashlib.sha256(), 0, b""
        try:
            async with self._files.stream("GET", link) as response:
                if not response.is_success:
                    raise problem_in(response)
                with fresh.open("wb") as file:
                    async for piece in response.aiter_bytes(65_536):
                        head, size = head or piece[:12], size + len(piece)
                        if head[4:8] != b"ftyp" or size > LARGEST_FILE:
                            raise Unreadable(f"{response.headers.get('content-type')} is no MP4 video to be taken")
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

    async def _ask(self, method: str, path: str, **options: Any) -> tuple[Json, float]:
        """Send one request, unless all are to wait; return the answer's body, and for how many seconds to wait."""
        while time.monotonic() < self._resume_at:  # noqa: ASYNC110 - the others wait by the clock, for no event
            await asyncio.sleep(self._resume_at - time.monotonic() + uniform(0, 1))  # noqa: S311 - no secret
        try:
            response = await self._api.request(method, path, **options)
        except httpx.RequestError as error:
            raise Unreachable(f"{method} {path}: no answer: {error!r}") from error
        if not response.is_success:
            problem = problem_in(response)
            if isinstance(problem, RateLimited):  # the limit is that of the key, so all wait
                self._resume_at = max(self._resume_at, time.monotonic() + problem.pause)
            raise problem
        with suppress(ValueError):
            body = response.json()
            if isinstance(body, dict):
                return body, seconds_to_wait(response)
        raise Unreadable(f"{method} {path}: the answer is no JSON object", status=response.status_code)


async def patiently(do: Callable[[], Awaitable[str]]) -> str:
    """Do something, and again if what goes wrong may pass."""
    for attempt in range(1, TRIES):
        try:
            return await do()
        except Passing as error:
            await asyncio.sleep(pause_after(error, attempt))
    return await do()
