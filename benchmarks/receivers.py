"""Receivers of callbacks that take next to no time: `python -m benchmarks.receivers [CA_FILE]`.

They speak TLS if they are given a file to write their CA to. What they do is in the path: /quick/7 is answered at once;
/hang/7 is not answered the first time, and at once the second. A line of JSON says on which port they listen. Once
standard input ends, another one says when each number came first: pairs of it and microseconds since the epoch.
"""

import asyncio
import json
import socket
import ssl
import sys
import time
from pathlib import Path
from typing import Final, cast

import uvloop

from mock_server.entrance.authority import Authority

HOST: Final = "hooks.example.com"
BACKLOG: Final = 4_096
ANSWER: Final = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Conversation(asyncio.Protocol):
    """One connection, for one request."""

    def __init__(self, arrivals: dict[bytes, int]) -> None:
        self._arrivals = arrivals
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what can be answered to."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer when the body is there, which is a JSON object."""
        self._buffer += data
        if not self._buffer.endswith(b"}"):
            return
        _, kind, number = self._buffer[: self._buffer.index(b" HTTP")].split(b"/")
        first = number not in self._arrivals
        self._arrivals.setdefault(number, time.time_ns() // 1_000)
        if kind == b"quick" or not first:
            assert self._transport is not None  # noqa: S101 - data comes on connections
            self._transport.write(ANSWER)
            self._transport.close()


async def serve(context: ssl.SSLContext | None) -> None:
    """Receive until standard input ends."""
    arrivals: dict[bytes, int] = {}
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Conversation(arrivals), sock=listening, ssl=context, backlog=BACKLOG)
    print(json.dumps({"port": listening.getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(json.dumps([(int(number), at) for number, at in arrivals.items()]))


if __name__ == "__main__":
    uvloop.run(serve(Authority(Path(sys.argv[1]), HOST).context() if sys.argv[1:] else None))
