"""A receiver that answers each callback as its URL tells: /2/... fails twice and then succeeds, /9/... never does."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Final

HOST: Final = "hooks.example.com"
"""The host that it stands for."""

SLOWEST: Final = 0.03
"""Seconds that an answer takes at most, so that there is an instant in which its sender can be killed."""


@dataclass
class Life:
    """What came while one process was running: the task and the answer of each callback, in order."""

    number: int = 0
    answers: list[tuple[str, int]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int, seconds: float) -> bool:
        """Wait until so many callbacks came; tell whether they did."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.answers) >= count, seconds)


class Script:
    """What is answered, over all lives: the failures that a URL asks for come first, whoever gets them.

    Args:
        seed: What the slowness of answers is made from.
    """

    def __init__(self, seed: int) -> None:
        self.lives: list[Life] = []
        self._dice = Random(seed)  # noqa: S311 - a seeded sequence, no secret
        self._came: Counter[str] = Counter()

    @contextmanager
    def receiving(self) -> Iterator[tuple[Life, str]]:
        """Receive for one more life, at an address of its own: what comes there was sent by that process.

        Yields the life and the route to the address. In the end everything that was sent has been counted.
        """
        life = Life(len(self.lives))
        self.lives.append(life)
        with _Server(self, life) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield life, f"https://{HOST}=http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()

    def answer(self, life: Life, path: str, task: str) -> tuple[int, float]:
        """Count a callback, and return the status to answer and the seconds to take for it."""
        with life.changed:
            failures = int(path.split("/")[1])
            status = 500 if self._came[task] < failures else 200
            self._came[task] += 1
            life.answers.append((task, status))
            life.changed.notify_all()
            return status, self._dice.uniform(0, SLOWEST)


class _Server(ThreadingHTTPServer):
    """One life's receiver; closing it waits for the answers that are under way."""

    request_queue_size = 256
    daemon_threads = False

    def __init__(self, script: Script, life: Life) -> None:
        self.script, self.life = script, life
        super().__init__(("127.0.0.1", 0), _Conversation)


class _Conversation(BaseHTTPRequestHandler):
    """One callback."""

    server: _Server

    def handle(self) -> None:
        """Serve one request, if it comes whole; its sender may have been killed amid it."""
        with suppress(OSError, json.JSONDecodeError):
            super().handle()

    def do_POST(self) -> None:
        """Answer as the script says."""
        task = json.loads(self.rfile.read(int(self.headers["content-length"])))["id"]
        status, seconds = self.server.script.answer(self.server.life, self.path, task)
        time.sleep(seconds)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
