"""The server's side of connections in memory: the simulator's own protocol, with pipes in the place of a socket."""

import asyncio
import math
from asyncio import FIRST_COMPLETED
from email.utils import formatdate
from typing import Final

from contracts.drive.pipe_transport import PipeTransport
from contracts.drive.pipes import Line, Pipe, call_soon
from mock_server.connection import CONNECTION, Connection
from mock_server.core.plans.wire import Manner
from mock_server.protocol import Protocol

_CLIENT: Final = ("127.0.0.1", 0)
"""From where every client seems to call."""


class ServerTransport(PipeTransport):
    """The server's side of a line.

    Args:
        loop: The server's.
        line: The connection.
        protocol: What serves it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, line: Line, protocol: asyncio.Protocol) -> None:
        known = {"sockname": (line.host, line.port), "peername": _CLIENT, "sslcontext": line.scheme == "https"}
        super().__init__(loop, line.to_server, line.to_client, protocol, known)

    def end(self, manner: Manner) -> None:
        """End what goes out, in a manner; but for a silence and for half of the connection, that ends all of it."""
        if manner == "silence":
            self.go(lambda pipe: pipe.hold(math.inf))
        else:
            self.go(lambda pipe: pipe.end("reset" if manner == "reset" else "closed"))
        if manner in {"close", "reset"}:
            self.close()


class PipedConnection(Connection):
    """A connection in memory. What would take its client's time takes none.

    Args:
        number: Which it is, from 1.
        transport: What its bytes go out by.
    """

    __slots__ = ("_transport",)

    def __init__(self, number: int, transport: ServerTransport) -> None:
        super().__init__(number, transport)
        self._transport = transport

    async def lost_within(self, seconds: float) -> bool:
        """Let so many seconds pass for the client; tell whether it is gone then.

        They pass at once when the client waits for its answer. One that does not is given the real time.
        """
        loop, passed = asyncio.get_running_loop(), asyncio.Event()
        self._transport.go(lambda pipe: pipe.hold(seconds, lambda: call_soon(loop, passed.set)))
        waits = [loop.create_task(event.wait()) for event in (passed, self._lost)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=FIRST_COMPLETED)
        finally:
            self._transport.go(Pipe.release)
            for wait in waits:
                wait.cancel()
        return self.lost

    async def pause(self, seconds: float) -> None:
        """Let so many seconds pass for the client."""
        await self.lost_within(seconds)

    async def hang_up(self, manner: Manner) -> None:
        """End the connection in a manner, and return when it has ended."""
        self._transport.end(manner)
        await super().hang_up("silence")


class HttpProtocol(Protocol):
    """HTTP as the simulator's own server speaks it, the Date of its answers included."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Make the connection one in memory."""
        super().connection_made(transport)
        assert isinstance(transport, ServerTransport)  # noqa: S101 - what it is used with
        self._connection = self.app_state[CONNECTION] = PipedConnection(int(self._connection.id), transport)

    def on_message_begin(self) -> None:
        """Date the answer, which live is done once in a second."""
        self.server_state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
        super().on_message_begin()
