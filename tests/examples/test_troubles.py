import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TypeAlias

import pytest

from tests.examples.conftest import Run

pytestmark = pytest.mark.uncounted

Answer: TypeAlias = tuple[int, dict[str, str], object]
"""A status, headers, and a body: text, or what is written as JSON."""

CREATED: Answer = (200, {}, {"id": "task-unified-1757169743-7cvnl5zw", "status": "pending", "progress": 0})
BUSY: Answer = (429, {"Retry-After": "0"}, {"error": {"code": "rate_limit_exceeded", "message": "Too many requests"}})
BROKEN: Answer = (503, {"Retry-After": "0"}, "<html>no channel</html>")
FAILED: Answer = (
    200,
    {},
    {
        "id": "task-unified-1757169743-7cvnl5zw",
        "status": "failed",
        "progress": 0,
        "error": {"code": "content_policy_violation", "message": "Content policy violation.\nChange the prompt."},
    },
)


class Scripted(ThreadingHTTPServer):
    """A server that gives the answers of a script, one a request, and keeps the requests' methods and keys."""

    def __init__(self, *script: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.script = iter(script)
        self.seen: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    """One request of a scripted server."""

    server: Scripted

    def do_GET(self) -> None:
        """Give the next answer."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.seen.append((self.command, self.headers["Idempotency-Key"]))
        status, headers, body = next(self.server.script)
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the library's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@contextmanager
def scripted(*script: Answer) -> Iterator[Scripted]:
    """Serve a script."""
    with Scripted(*script) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def test_a_busy_server_is_asked_again_with_the_same_idempotency_key(example: Run) -> None:
    """Retry-After is honoured, and what is sent again cannot be paid for twice; a failed task ends in its error."""
    with scripted(BUSY, CREATED, BROKEN, FAILED) as server:
        ended = example(server.url, "sk-test")
    methods, keys = zip(*server.seen, strict=True)
    assert methods == ("POST", "POST", "GET", "GET")
    assert keys[0] is not None
    assert len(keys[0]) >= 16
    assert keys[1] == keys[0]
    assert ended.returncode == 1
    assert ended.stdout == "created task-unified-1757169743-7cvnl5zw\n"
    assert ended.stderr.endswith("failed: content_policy_violation: Content policy violation.\nChange the prompt.\n")


@pytest.mark.slow
def test_a_server_that_stays_broken_is_given_up(example: Run, tmp_path: Path) -> None:
    """After four tries the answer is shown, even one that is not the API's."""
    with scripted(BROKEN, BROKEN, BROKEN, BROKEN) as server:
        ended = example(server.url, "sk-test")
    assert len(server.seen) == 4
    assert ended.returncode == 1
    assert "no channel" in ended.stderr
    assert list(tmp_path.iterdir()) == []
