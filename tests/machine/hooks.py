"""A receiver of callbacks that answers as their URLs say, in this process or on a port, and keeps what came."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import msgspec

from mock_server.core.http.urls import WebUrl
from mock_server.egress.answer import Answer
from mock_server.egress.egress import EgressError

ORIGIN: Final = "https://hooks.example.com"
CUT: Final = "the connection was closed without an answer"

WORDS: Final = ("200", "204", "500", "500.503", "302", "404.cut", "cut", "500.500.500", "500.cut.404.500")
"""What the first part of a callback URL's path says of the answers: the first, the second ..., and then 200."""


class Came(msgspec.Struct, frozen=True):
    """One attempt that came, and the status that it was answered with; None if the connection was closed instead."""

    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    status: int | None


class Hooks:
    """Answers attempts, and keeps them until they are taken."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._came: list[Came] = []
        self._lock = threading.Lock()

    def take(self) -> list[Came]:
        """Return what came since this was last called."""
        with self._lock:
            came, self._came = self._came, []
        return came

    def answer(self, path: str, headers: Any, body: bytes) -> int | None:
        """Keep an attempt, and return the status that it gets; None if it gets none."""
        with self._lock:
            words = path.split("/")[1].split(".")
            place = self._seen[path]
            self._seen[path] += 1
            word = words[place] if place < len(words) else "200"
            status = None if word == "cut" else int(word)
            self._came.append(Came(path, tuple(headers), body, status))
            return status

    async def deliver(self, url: WebUrl, body: Any, headers: Any) -> Answer:
        """Take a request in place of a connection."""
        status = self.answer(url.target, headers.items() if hasattr(headers, "items") else headers, body)
        if status is None:
            raise EgressError(CUT)
        return Answer(status, 0)

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Listen on a port of 127.0.0.1, and yield the route that leads there."""
        hooks = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = hooks.answer(self.path, self.headers.items(), body)
                self.close_connection = True
                if status is not None:
                    self.send_response(status)
                    self.send_header("content-length", "0")
                    self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
            thread.start()
            try:
                yield f"{ORIGIN}=http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()
