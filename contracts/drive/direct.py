"""The short way to the simulator: a request that no plan strikes is asked of the app, instead of written and read.

What a client and the journal see is the same either way; only the time is not that it takes. So whatever could look
different by bytes goes by bytes: what a plan may strike, bodies that are not at hand, long answers, and headers that an
HTTP library would refuse to send.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from contracts.drive.pipes import Tell
from contracts.drive.serving import ServerTransport, dated

PLANNING: Final = "planning"
"""Where an app's state has what tells whether a plan may strike; an app without it is always called by bytes."""

_PATHS: Final = b"/v1/"
"""What the paths start with whose answers are short and come at once."""

_METHODS: Final = frozenset({b"GET", b"HEAD", b"POST"})
_OF_THE_WIRE: Final = frozenset({b"expect", b"upgrade", b"transfer-encoding"})
_NAME: Final = re.compile(rb"[a-z0-9-]+")
_VALUE: Final = re.compile(rb"[!-~](?:[ -~]*[!-~])?")
_KEPT: Final = b"keep-alive"
_PHRASES: Final = {status.value: status.phrase.encode() for status in HTTPStatus}

logger = logging.getLogger("uvicorn.error")


class Question:
    """A request that is asked of the app. `status` is None as long as it has no answer; `tell` is called at the end.

    Args:
        method: Its method.
        target: Path and query.
        headers: Its headers, the names in lower case.
        body: All of its body.
    """

    __slots__ = ("_asked", "_wall", "body", "content", "headers", "method", "status", "target", "tell", "told")

    def __init__(self, method: bytes, target: bytes, headers: Mapping[bytes, bytes], body: bytes) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.status: int | None = None
        self.told: list[tuple[bytes, bytes]] = []
        self.content = b""
        self.tell: Tell = _ignore
        self._asked = False

    @property
    def phrase(self) -> bytes:
        """What the first line of the answer says of its status."""
        return _PHRASES.get(self.status or 0, b"")

    async def answer_by(self, app: ASGIApp, state: State, protocol: HttpToolsProtocol) -> None:
        """Have an app answer, as if the request had come by the connection of a protocol; if no plan may strike it."""
        assert isinstance(protocol.transport, ServerTransport)  # noqa: S101 - what serves connections in memory
        self._wall = protocol.transport.wall
        planning = getattr(state, PLANNING, None)
        if planning is not None and not await planning.may_strike(self.headers, self.body):
            try:
                await app(self._scope(protocol), self._receive, self._send)
            except Exception:
                logger.exception("Exception in ASGI application\n")
                protocol.transport.close()
        self.finish()

    def finish(self, *_: object) -> None:
        """Tell, once, that there is an answer, or will be none."""
        tell, self.tell = self.tell, _ignore
        tell()

    def _scope(self, protocol: HttpToolsProtocol) -> Scope:
        """Return the request as the protocol would have it."""
        path, _, query = self.target.partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": protocol.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "server": protocol.server,
            "client": protocol.client,
            "scheme": protocol.scheme,
            "root_path": protocol.root_path,
            "headers": list(self.headers.items()),
            "state": protocol.app_state.copy(),
            "method": self.method.decode(),
            "path": unquote(path.decode()),
            "raw_path": path,
            "query_string": query,
        }

    async def _receive(self) -> Message:
        """Let the body in; then nothing more comes."""
        if self._asked:
            await asyncio.get_running_loop().create_future()
        self._asked = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def _send(self, message: Message) -> None:
        """Keep a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.told = [*dated(self._wall()), *message["headers"]]
        else:
            self.content += message.get("body", b"")


class Content:
    """The body of an answer, as httpx's cores have it.

    Args:
        data: All of it.
        closed: Called when it is no longer needed.
    """

    __slots__ = ("_closed", "_data")

    def __init__(self, data: bytes, closed: Callable[[], object]) -> None:
        self._data = data
        self._closed = closed

    def __iter__(self) -> Iterator[bytes]:
        """Yield it, if there is any."""
        if self._data:
            yield self._data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield it, if there is any."""
        if self._data:
            yield self._data

    def close(self) -> None:
        """Tell that it is not needed any more."""
        self._closed()

    async def aclose(self) -> None:
        """Tell the same."""
        self._closed()


def _ignore() -> None:
    """Do nothing."""


def read_question(request: Any) -> Question | None:
    """Return a request of httpx's core as a question; None if it has to go by bytes."""
    target: bytes = request.url.target
    if not target.startswith(_PATHS) or request.method not in _METHODS or "trace" in request.extensions:
        return None
    headers = {name.lower(): value for name, value in request.headers}
    if len(headers) != len(request.headers) or not _OF_THE_WIRE.isdisjoint(headers) or b"host" not in headers:
        return None
    if headers.get(b"connection", _KEPT) != _KEPT or not all(map(_is_plain, headers.items())):
        return None
    body = b"".join(request.stream) if type(request.stream).__name__ == "ByteStream" else None
    if body is None or headers.get(b"content-length", b"0") != b"%d" % len(body):
        return None
    return Question(request.method, target, headers, body)


def _is_plain(header: tuple[bytes, bytes]) -> bool:
    return _NAME.fullmatch(header[0]) is not None and _VALUE.fullmatch(header[1]) is not None
