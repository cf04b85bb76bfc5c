"""Clients that are put to the proof: a careful one, and others that differ from it in one thing."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx2

from contracts import Evolink
from tests.clients.small import BODY, ENDS, TASKS, connect
from tests.serving import CREATE

TRIES: Final = 4
EVERY: Final = 15.0
DEADLINE: Final = 600.0

Client = Callable[[Evolink, Path], object]


class Nothing(Exception):
    """There is no video."""


class Ticket:
    """What a client keeps in its directory."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "ticket.json"
        self.kept: dict[str, str] = {}
        with suppress(OSError):
            self.kept = json.loads(self._path.read_text("utf-8"))

    def keep(self, **facts: str) -> None:
        """Write something down."""
        self.kept |= facts
        self._path.write_text(json.dumps(self.kept), "utf-8")


def ask(send: Callable[[], httpx2.Response], *, until: float) -> httpx2.Response:
    """Ask until there is an answer that can be used."""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(2.0 ** (attempt + 1))
        if time.monotonic() > until:
            break
        with suppress(httpx2.TransportError, ValueError):
            answer = send()
            if answer.status_code in {400, 401, 402}:
                break
            if answer.is_success and (answer.headers["content-type"].startswith("video/") or answer.json()):
                return answer
    raise Nothing("there was no answer")


def make(evolink: Evolink, directory: Path, *, keyed: bool, remembers: bool) -> None:
    """Make a video: the create has a key or not, and a restart goes on with what was written down or not."""
    ticket, until = Ticket(directory), time.monotonic() + DEADLINE
    if not ticket.kept or not remembers:
        ticket.keep(key=str(uuid4()))
    headers = {"Idempotency-Key": ticket.kept["key"]} if keyed else {}
    with connect(evolink) as client, httpx2.Client() as files:
        if "task" not in ticket.kept or not remembers:
            created = ask(partial(client.post, CREATE, json=BODY, headers=headers), until=until)
            ticket.keep(task=created.json()["id"])
        task = follow(client, ticket.kept["task"], until=until)
        for link in task["results"]:
            ask(partial(files.get, link), until=until)


def follow(client: httpx2.Client, task: str, *, until: float) -> dict[str, Any]:
    """Poll a task to its end."""
    while time.monotonic() < until:
        time.sleep(EVERY)
        shown: dict[str, Any] = ask(partial(client.get, f"{TASKS}/{task}"), until=until).json()
        if shown["status"] in ENDS:
            return shown
    raise Nothing(f"{task} takes too long")


careful: Final[Client] = partial(make, keyed=True, remembers=True)
"""Asks with a key, and goes on after a restart with the task that it has."""

pays_twice: Final[Client] = partial(make, keyed=False, remembers=True)
"""Asks again without a key when an answer is lost."""

forgets: Final[Client] = partial(make, keyed=True, remembers=False)
"""Forgets its key and its task when it is started again."""
