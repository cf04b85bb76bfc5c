"""One request on a connection of its own.

A general client is made for many requests on few connections. What callbacks need is the opposite, and there httpcore2
2.16 spends 300 us of CPU on each: 5,000 that fall due in one second would keep one and a half cores busy. Here each
takes 60 us (uvloop). Nor is there a pool, a redirect, a cookie or a proxy that would have to be switched off.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Final, TypeAlias, TypeVar, cast

import msgspec

from mock_server.core.http.urls import WebUrl
from mock_server.core.plans.wire import Manner
from mock_server.egress.answer import Answer, AnswerError, AnswerReader
from mock_server.http.connection import hang_up

LONGEST_ANSWER: Final = 1_048_576
"""How many bytes of an answer are read. If its head is among them, the rest does not matter."""

Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""What is said in the head of a request; of its framing what is not to be as usual."""

Body: TypeAlias = bytes | Callable[[bytes], AsyncIterator[bytes]]
"""What is sent: a body, or what makes of the head all that goes out, in pieces as they come; it may raise `HangUp`."""


class Tls(msgspec.Struct, frozen=True):
    """What a connection trusts, and the name that it asks for and that the certificate must have."""

    context: ssl.SSLContext
    name: str


class HangUp(Exception):
    """The connection is to be ended here, in a manner, as a plan wants it."""

    def __init__(self, manner: Manner) -> None:
        super().__init__("cut off by a plan")
        self.manner = manner


class Connection(asyncio.Protocol):
    """A connection that is used for one request; `connect` opens it, `close` must be called."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._outcome: asyncio.Future[Answer | Exception] = loop.create_future()
        self._closed: asyncio.Future[None] = loop.create_future()
        self._reader = AnswerReader()
        self._taken = 0

    async def post(self, url: WebUrl, headers: Headers, body: Body) -> Answer:
        """Send a request, and return what is answered. It need not be sent to its end for that.

        Raises:
            AnswerError: No whole answer came back.
            OSError: The connection broke.
        """
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        if isinstance(body, bytes):
            self._transport.write(write_head(url, (*pairs, ("content-length", str(len(body))))) + body)
        else:
            await self._post_pieces(body(write_head(url, pairs)))
        return await self._answered()

    async def _answered(self) -> Answer:
        outcome = await self._outcome
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def close(self) -> None:
        """Hang up at once, without waiting for a farewell from the other side."""
        self._transport.abort()
        await self._closed

    async def _post_pieces(self, pieces: AsyncIterator[bytes]) -> None:
        try:
            async for piece in pieces:
                if self._outcome.done():
                    return
                self._transport.write(piece)
        except HangUp as planned:
            await hang_up(self._transport, planned.manner)
            if planned.manner in ("close", "reset"):
                raise AnswerError(str(planned)) from planned

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what can be written to."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._taken += len(data)
        self._read(data)
        if self._taken > LONGEST_ANSWER:
            self._end(self._answer() if self._reader.status else AnswerError("the head of the answer has no end"))

    def connection_lost(self, error: Exception | None) -> None:
        """Take what has come for the answer, if that can be the whole."""
        if error is None:
            self._read(b"")
        self._end(error or AnswerError("the connection was closed before the answer was whole"))
        if not self._closed.done():  # whoever waited for it may have been cancelled
            self._closed.set_result(None)

    def _read(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
        except AnswerError as error:
            self._end(error)
        if self._reader.whole:
            self._end(self._answer())

    def _answer(self) -> Answer:
        return Answer(self._reader.status, self._reader.size)

    def _end(self, outcome: Answer | Exception) -> None:
        if not self._outcome.done():
            self._outcome.set_result(outcome)


Made = TypeVar("Made", bound=Connection)


async def connect(address: str, port: int, tls: Tls | None, make: Callable[[], Made]) -> Made:
    """Connect to an address, and return what `make` makes for the connection.

    Raises:
        OSError: That cannot be done, or the certificate is not trusted.
    """
    _, connection = await asyncio.get_running_loop().create_connection(
        make,
        address,
        port,
        ssl=None if tls is None else tls.context,
        server_hostname=None if tls is None else tls.name,
    )
    return connection


def write_head(url: WebUrl, headers: Iterable[tuple[str, str]], *, method: str = "POST") -> bytes:
    """Write the head of a request."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = f"{method} {url.target} HTTP/1.1\r\nhost: {url.origin.authority}\r\n{lines}connection: close\r\n\r\n"
    return head.encode("latin-1")


def reason_of(error: OSError) -> str:
    """Say why there was no connection, or why it broke, without an address or a library's name in it."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"the certificate is not trusted: {error.verify_message.rstrip('.')}"
        case ssl.SSLError():
            reason = getattr(error, "reason", None) or "no reason given"
            return f"the TLS connection failed: {reason.replace('_', ' ').lower()}"
        case socket.gaierror():
            return "the name cannot be resolved"
        case ConnectionRefusedError():
            return "the connection was refused"
        case ConnectionError():
            return "the connection was reset"
        case _:
            return (os.strerror(error.errno) if error.errno else type(error).__name__).lower()
