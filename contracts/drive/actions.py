"""What a receiver can do to a request: answer it well, badly, slowly or not at all."""

import asyncio
import socket
import struct
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, Protocol

import msgspec

_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}
_NO_LINGER: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Action(Protocol):
    """What is done to one request. The connection is closed afterwards."""

    async def perform(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Do it to the request that has just been read."""
        ...


class Reply(msgspec.Struct, frozen=True):
    """Answers, `after` so many seconds."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}
    after: float = 0.0

    async def perform(self, _: StreamReader, writer: StreamWriter) -> None:
        """Answer."""
        await asyncio.sleep(self.after)
        writer.write(self.head + self.body)

    @property
    def head(self) -> bytes:
        """The answer up to its body."""
        headers = {"content-length": str(len(self.body)), "connection": "close", **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} {_PHRASES.get(self.status, '')}\r\n{lines}\r\n".encode("latin-1")


class Raw(msgspec.Struct, frozen=True):
    """Answers with these very bytes, HTTP or not."""

    data: bytes

    async def perform(self, _: StreamReader, writer: StreamWriter) -> None:
        """Write them."""
        writer.write(self.data)


class Dribble(msgspec.Struct, frozen=True):
    """Answers one byte at a time, with `every` so many seconds between them; the head at once if `head` is false."""

    reply: Reply = Reply(body=b"accepted")
    every: float = 0.05
    head: bool = True

    async def perform(self, _: StreamReader, writer: StreamWriter) -> None:
        """Answer slowly."""
        slow = self.reply.body
        if self.head:
            slow = self.reply.head + slow
        else:
            writer.write(self.reply.head)
        for byte in slow:
            await asyncio.sleep(self.every)
            writer.write(bytes([byte]))
            await writer.drain()


class Hang(msgspec.Struct, frozen=True):
    """Never answers; waits until the other side has had enough."""

    async def perform(self, reader: StreamReader, _: StreamWriter) -> None:
        """Wait."""
        await reader.read()


class Close(msgspec.Struct, frozen=True):
    """Closes the connection without an answer."""

    async def perform(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Leave the closing to the receiver."""


class Reset(msgspec.Struct, frozen=True):
    """Resets the connection."""

    async def perform(self, _: StreamReader, writer: StreamWriter) -> None:
        """Close the socket in the way that makes TCP say RST."""
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        writer.transport.abort()
