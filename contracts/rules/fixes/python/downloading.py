"""Results on disk: whole, videos, each in a file of its own, fetched as soon as the task has ended."""

import time
from pathlib import Path
from urllib.parse import quote

import httpx

from .calling import MAY_PASS
from .connecting import connect_elsewhere
from .following import look
from .reading import Task
from .waiting import pause

MOST_ATTEMPTS = 4
GONE = {403, 404, 410}


class LinkGone(Exception):
    """The link leads nowhere: it works for 24 hours."""


class NoVideoThere(Exception):
    """What the link leads to is no video."""


def save(client: httpx.Client, task: Task, folder: Path) -> list[Path]:
    """Fetch all results of a task; if a link leads nowhere, look at the task once more, and then give up."""
    paths = [folder / f"{quote(task.id, safe='')}-{place}.mp4" for place in range(len(task.results))]
    with connect_elsewhere() as other:
        try:
            return [fetch_file(other, link, path) for link, path in zip(task.results, paths, strict=True)]
        except LinkGone:
            task, _ = look(client, task.id)
            return [fetch_file(other, link, path) for link, path in zip(task.results, paths, strict=True)]


def fetch_file(client: httpx.Client, link: str, path: Path) -> Path:
    """Fetch a file under another name, and rename it when all of it is there."""
    part = path.with_suffix(".part")
    attempt = 0
    while True:
        attempt += 1
        answer = None
        try:
            with client.stream("GET", link) as answer:
                check_kind(answer)
                with part.open("wb") as file:
                    file.writelines(answer.iter_bytes())
            return part.rename(path)
        except httpx.HTTPError:  # httpx raises one as well if less comes than Content-Length says
            passes = answer is None or answer.is_success or answer.status_code in MAY_PASS
            if attempt == MOST_ATTEMPTS or not passes:
                raise
        time.sleep(pause(attempt, answer))


def check_kind(answer: httpx.Response) -> None:
    """Raise an error if an answer is no video."""
    if answer.status_code in GONE:
        raise LinkGone(f"{answer.status_code} for {answer.url.host}")
    answer.raise_for_status()
    if not answer.headers.get("content-type", "").startswith(("video/", "application/octet-stream")):
        raise NoVideoThere(answer.headers.get("content-type", "no Content-Type"))
