"""The server's side of connections in memory: the simulator's own protocol, with pipes in the place of a socket."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from functools import lru_cache
from typing import Final, TypeAlias

from contracts.drive.pipe_transport import PipeTransport
from contracts.drive.pipes import Line, Pipe, call_soon
from mock_server.core.plans.wire import Manner
from mock_server.core.types import SECOND, Instant
from mock_server.http.connection import CONNECTION, Connection
from mock_server.http.protocol import Protocol
from mock_server.universes.clock import Wall, wall_clock

_CLIENT: Final = ("127.0.0.1", 0)
"""From where every client seems to call."""


Passing: TypeAlias = Callable[[float], Awaitable[object]]
"""Told, on the server's loop, how many seconds have passed for a client; they are over for it when that returns."""


class ServerTransport(PipeTransport):
    """The server's side of a line.

    Args:
        loop: The server's.
        line: The connection.
        protocol: What serves it.
        passing: Told of the time that passes for the client; None if nobody wants to know.
        wall: Where the time comes from that answers are dated by.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        line: Line,
        protocol: asyncio.Protocol,
        passing: Passing | None = None,
        *,
        wall: Wall = wall_clock,
    ) -> None:
        known = {"sockname": (line.host, line.port), "peername": _CLIENT, "sslcontext": line.scheme == "https"}
        self.passing: Final = passing
        self.wall: Final = wall
        super().__init__(loop, line.to_server, line.to_client, protocol, known)

    def end(self, manner: Manner) -> None:
        """End what goes out, in a manner other than silence; but for half of the connection, that ends all of it."""
        self.go(lambda pipe: pipe.end("reset" if manner == "reset" else "closed"))
        if manner in {"close", "reset"}:
            self.close()


class PipedConnection(Connection):
    """A connection in memory. What would take its client's time takes none.

    Args:
        number: Which it is, from 1.
        transport: What its bytes go out by.
    """

    __slots__ = ("_loop", "_told", "_transport")

    def __init__(self, number: int, transport: ServerTransport) -> None:
        super().__init__(number, transport)
        self._loop = asyncio.get_running_loop()
        self._told = asyncio.Event()
        self._transport = transport

    def lose(self) -> None:
        """Let who waits go on, too."""
        super().lose()
        self._told.set()

    async def lost_within(self, seconds: float) -> bool:
        """Let so many seconds pass for the client; tell whether it is gone then.

        They pass at once when the client waits for its answer. One that does not is given the real time.
        """
        pipe, ends = self._transport.outgoing, self._loop.time() + seconds
        seen = pipe.clock
        self._told.clear()
        self._transport.go(lambda pipe: pipe.hold(seconds, lambda: call_soon(self._loop, self._told.set)))
        try:
            while not self.lost and await self._is_told(ends):
                await self._pass(pipe.clock - seen)
                seen = pipe.clock
                if not pipe.is_held:
                    break
        finally:
            self._transport.go(Pipe.release)
        return self.lost

    async def pause(self, seconds: float) -> None:
        """Let so many seconds pass for the client."""
        await self.lost_within(seconds)

    async def hang_up(self, manner: Manner) -> None:
        """End the connection in a manner, and return when it has ended."""
        if manner == "silence":
            await self.lost_within(math.inf)
        else:
            self._transport.end(manner)
        await super().hang_up("silence")

    async def _is_told(self, ends: float) -> bool:
        """Wait, until the loop's time of `ends` at most; tell whether time has passed or the client is gone."""
        try:
            async with asyncio.timeout_at(ends if math.isfinite(ends) else None):
                await self._told.wait()
        except TimeoutError:
            return False
        self._told.clear()
        return True

    async def _pass(self, seconds: float) -> None:
        """Let it be known that so many seconds have passed, and then let a client whose patience they ended go."""
        if seconds and self._transport.passing is not None:
            await self._transport.passing(seconds)
        self._transport.go(Pipe.excuse)


class HttpProtocol(Protocol):
    """HTTP as the simulator's own server speaks it, the Date of its answers included."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Make the connection one in memory."""
        super().connection_made(transport)
        assert isinstance(transport, ServerTransport)  # noqa: S101 - what it is used with
        self._wall = transport.wall
        self._connection = self.app_state[CONNECTION] = PipedConnection(int(self._connection.id), transport)

    def on_message_begin(self) -> None:
        """Date the answer, which live is done once in a second."""
        self.server_state.default_headers = dated(self._wall())
        super().on_message_begin()


def dated(now: Instant) -> list[tuple[bytes, bytes]]:
    """Return what the server itself says in the head of an answer that is given now."""
    return [(b"date", _date(now // SECOND))]


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()
