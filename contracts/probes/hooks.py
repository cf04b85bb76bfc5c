"""Where callbacks are listened for: each URL answers as it is told to, and what comes is recorded.

It is a real server, which speaks HTTP, or HTTPS if it is given a certificate. What tells its sender where it is (a
route of a simulator, a tunnel) is not its own affair: it knows the origin that callback URLs begin with.
"""

import socket
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, Final
from uuid import uuid4

from contracts.recording.exchange import Exchange
from contracts.recording.happenings import GAVE_UP, Listener
from contracts.recording.recorder import Recorder

SILENCE: Final = 0
"""In the place of a status: no answer, until the sender has had enough."""

_REDIRECT: Final = range(300, 400)


class Hooks:
    """Callback URLs of one origin, and what came there.

    Args:
        origin: What they begin with: https, a host, and a port if it is not the usual one.
        trusted: Whether a sender must accept the certificate.
        internal: Whether the host leads to an internal address.
    """

    def __init__(self, origin: str, *, trusted: bool = True, internal: bool = False) -> None:
        self.listener: Final = Listener(origin=origin, trusted=trusted, internal=internal)
        self._plans: dict[str, list[int]] = {}
        self._received: defaultdict[str, list[Exchange]] = defaultdict(list)
        self._recorder: Recorder | None = None
        self._lock = threading.Lock()

    def tell(self, recorder: Recorder) -> None:
        """Record with this one what comes from now on."""
        self._recorder = recorder

    def url(self, *answers: int) -> str:
        """Return a new callback URL that answers with these statuses, one after the other, and then with 200."""
        path = f"/{uuid4().hex}"
        self._plans[path] = list(answers)
        return f"{self.listener.origin}{path}"

    def received(self, url: str) -> int:
        """Return how many requests at a callback URL have been answered, or given up."""
        return len(self._received[url])

    def take(self, handler: "_Handler") -> None:
        """Receive one request and answer it."""
        recorder = self._recorder
        if recorder is None:
            handler.answer(404, {})
            return
        begun = recorder.begin()
        body = handler.read_body()
        with self._lock:
            plan = self._plans.get(handler.path, [])
            status = plan.pop(0) if plan else 200
        answered = {"location": f"{self.listener.origin}/elsewhere"} if status in _REDIRECT else {}
        sent = status != SILENCE and handler.answer(status, answered)
        if status == SILENCE:
            handler.wait_for_end()
        url = f"{self.listener.origin}{handler.path}"
        received = recorder.receive(
            begun,
            method=handler.command,
            url=url,
            request_headers=tuple(handler.headers.items()),
            request_body=body,
            status=status if sent else None,
            response_headers=tuple(answered.items()),
            error=None if sent else GAVE_UP,
        )
        self._received[url].append(received)

    @contextmanager
    def listening(self, place: socket.socket, context: ssl.SSLContext | None = None) -> Iterator[str]:
        """Listen at a place of `open_place`, and yield where: `http://127.0.0.1:PORT`, or https with a certificate."""
        with _Server(place) as server:
            server.hooks = self
            server.context = context
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="receiver", daemon=True)
            thread.start()
            try:
                host, port = place.getsockname()[:2]
                name = f"[{host}]" if ":" in host else host
                yield f"{'http' if context is None else 'https'}://{name}:{port}"
            finally:
                server.shutdown()
                thread.join()


def open_place(host: str, port: int) -> socket.socket:
    """Return a socket for `Hooks.listening`, at any free port if it is 0.

    Raises:
        OSError: The address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=64)


class _Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    hooks: Hooks
    context: ssl.SSLContext | None

    def __init__(self, place: socket.socket) -> None:
        super().__init__(place.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()  # one of its own, which nobody knows
        self.socket = place

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands, on the connection's own thread, and serve it."""
        if self.context is None:
            super().finish_request(request, client_address)
            return
        with self.context.wrap_socket(request, server_side=True) as safe:
            super().finish_request(safe, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let go of a connection that broke off: its sender is who is judged, by what came."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        """Take a request, of whatever method."""
        self.close_connection = True
        self.server.hooks.take(self)

    do_GET = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - the same

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def read_body(self) -> bytes:
        """Return the request's body, however it is framed."""
        if "chunked" not in self.headers.get("transfer-encoding", "").lower():
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        return body

    def answer(self, status: int, headers: dict[str, str]) -> bool:
        """Answer without a body; tell whether the sender was still there."""
        try:
            self.send_response(status)
            for name, value in {**headers, "content-length": "0", "connection": "close"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.flush()
        except OSError:
            return False
        return True

    def wait_for_end(self) -> None:
        """Wait until the sender hangs up."""
        with suppress(OSError):
            while self.connection.recv(1_024):
                pass
