"""A callback on its way into an app: its bytes, read as a server reads them."""

from asyncio import Event
from collections.abc import AsyncIterator, Mapping
from typing import Final

import httptools

from mock_server.core.callbacks.retry import ATTEMPT_SECONDS
from mock_server.core.http.urls import WebUrl
from mock_server.core.plans.wire import Manner
from mock_server.egress.egress import EgressError, EgressTimeout
from mock_server.egress.posting import Body, HangUp, Headers, write_head

CLOSED: Final = "the connection was closed before the answer was whole"
LATE: Final = f"no whole answer within {ATTEMPT_SECONDS} s"


class MalformedRequest(Exception):
    """What came is no HTTP request. A server answers it by itself, with 400."""


class RequestReader:
    """Reads one request as it comes.

    `headers` have their names in lower case, `body` is what came of the body, `begun` and `whole` tell whether the head
    and all of it have come, and `malformed` that it is framed wrongly.
    """

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.begun = self.whole = self.malformed = False
        self._parser = httptools.HttpRequestParser(self)

    def feed(self, piece: bytes) -> None:
        """Take what has come."""
        try:
            self._parser.feed_data(piece)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.malformed = not self.whole

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Know what is asked for."""
        self.begun = True

    def on_body(self, body: bytes) -> None:
        """Take more of the body."""
        self.body += body

    def on_message_complete(self) -> None:
        """Be done."""
        self.whole = True


class Incoming(RequestReader):
    """Reads a request by itself: `body` is what nobody has read yet.

    `headers` are there once `read_head` has returned. `silent` is set when somebody waits for more and nothing will
    come.

    Args:
        url: What it is posted to.
        body: The bytes, or what makes of the head all that is sent, in pieces as they come.
        headers: What is sent besides host and connection, and besides the length of bytes.
    """

    def __init__(self, url: WebUrl, body: Body, headers: Headers) -> None:
        super().__init__()
        self.silent = Event()
        self._pieces = _send(url, body, headers)
        self._ended: Manner | None = None

    @property
    def heard(self) -> bool:
        """Whether all of it has come, and has been read."""
        return self.whole and not self.body

    @property
    def cut(self) -> bool:
        """Whether the connection has ended before the request was whole."""
        return not self.whole and (self.malformed or self._ended in {"close", "reset", "half-close"})

    async def read_head(self) -> None:
        """Read until it is known what is asked for.

        Raises:
            MalformedRequest: It is no request.
            EgressTimeout: Nothing more comes.
            EgressError: It was cut off before that.
        """
        while not self.begun and self._ended is None and not self.malformed:
            await self._read()
        if not self.begun:
            self._refuse()
            raise EgressTimeout(LATE) if self._ended == "silence" else EgressError(CLOSED)

    async def read_body(self) -> bytes:
        """Return what comes next of the body; nothing if it has ended, or was cut off."""
        while not (self.body or self.whole or self.cut):
            if self._ended is not None:
                self.silent.set()
                await Event().wait()
            await self._read()
        body, self.body = self.body, b""
        return body

    async def finish(self) -> None:
        """Let all of it be sent.

        Raises:
            MalformedRequest: It is framed wrongly.
            EgressError: It was cut off, so that nobody hears the answer.
        """
        while self._ended is None and not self.malformed:
            await self._read()
        self._refuse()

    def _refuse(self) -> None:
        if self.malformed:
            raise MalformedRequest
        if self._ended in {"close", "reset"}:
            raise EgressError("cut off by a plan")

    async def _read(self) -> None:
        try:
            piece = await anext(self._pieces)
        except StopAsyncIteration:
            self._ended = "silence"
        except HangUp as planned:
            self._ended = planned.manner
        else:
            self.feed(piece)


async def _send(url: WebUrl, body: Body, headers: Headers) -> AsyncIterator[bytes]:
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    if isinstance(body, bytes):
        yield write_head(url, (*pairs, ("content-length", str(len(body))))) + body
        return
    async for piece in body(write_head(url, pairs)):
        yield piece
