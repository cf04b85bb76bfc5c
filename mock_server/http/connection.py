"""Connections as this server tells them apart, and how one ends: each has a number and counts what came by it."""

import asyncio
import os
import socket
import struct
from asyncio import Transport, sleep
from collections import deque
from collections.abc import Sequence
from typing import Any, Final, Protocol, TypeAlias

from mock_server.core.plans.wire import Manner

CONNECTION: Final = "mock_server.http.connection"
"""Where the connection is found in the state of an ASGI scope, if the server is ours (`protocol.py`)."""

Pairs: TypeAlias = Sequence[tuple[bytes, bytes]]

_LOOK_AGAIN_SECONDS: Final = 0.001
_MOST_WAITING: Final = 65_536
_LINGER: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Cycle(Protocol):
    """A request and its answer, as uvicorn keeps them."""

    default_headers: list[tuple[bytes, bytes]]
    disconnected: bool
    message_event: asyncio.Event
    response_complete: bool


class Connection:
    """One client's connection. `requests` is how many have come by it; `taken` is set once no more are served.

    Args:
        number: Which of this server it is, from 1.
        transport: What its bytes go out by.
    """

    __slots__ = ("_cycles", "_lost", "_quiet", "_stopping", "id", "requests", "taken", "transport")

    def __init__(self, number: int, transport: Transport) -> None:
        self.id = str(number)
        self.requests = 0
        self.taken = False
        self.transport = transport
        self._cycles: deque[Cycle] = deque()
        self._lost = asyncio.Event()
        self._quiet = False
        self._stopping = False

    @property
    def lost(self) -> bool:
        """Whether the connection has ended."""
        return self._lost.is_set()

    def begin(self, cycle: Cycle) -> None:
        """Expect an answer to a request that came: now, or when those before it have been answered."""
        self._forget_answered()
        self._cycles.append(cycle)

    def take_headers(self) -> Pairs:
        """Return what the server would add to the head of the answer that is next, and keep it from doing so."""
        self._forget_answered()
        if not self._cycles:
            return ()
        headers, self._cycles[0].default_headers = self._cycles[0].default_headers, []
        return headers

    def take(self) -> None:
        """Serve nothing more on it; what the client still sends is read, so that its end is seen, and thrown away."""
        self.taken = True
        self.transport.resume_reading()

    def lose(self) -> None:
        """Note that the connection has ended, and let each request that came by it know."""
        for cycle in self._cycles:
            cycle.disconnected = True
            cycle.message_event.set()
        self._cycles.clear()
        self._lost.set()

    def stop(self) -> None:
        """End the connection, because the server does, if nothing more is going to be sent; now, or once that is so."""
        self._stopping = True
        self._end_if_quiet()

    async def lost_within(self, seconds: float) -> bool:
        """Wait so many seconds, but not for a client that is gone; tell whether it is."""
        self.transport.resume_reading()  # uvicorn does not read while requests wait, and sees no end then
        try:
            async with asyncio.timeout(seconds):
                await self._lost.wait()
        except TimeoutError:
            return False
        return True

    async def pause(self, seconds: float) -> None:
        """Wait so many seconds, whether the client waits or not."""
        await sleep(seconds)

    async def write(self, data: bytes) -> None:
        """Write bytes, as fast as they go out, also on a connection that is closing as the client says no more."""
        self.transport.write(data)
        while self.transport.get_write_buffer_size() > _MOST_WAITING and not self.lost:  # noqa: ASYNC110 - no event
            await sleep(_LOOK_AGAIN_SECONDS)

    async def hang_up(self, manner: Manner) -> None:
        """End the connection in a manner, and return when it has ended."""
        if not self.lost:
            await hang_up(self.transport, manner)
        self._quiet = True
        self._end_if_quiet()
        await self._lost.wait()

    def _forget_answered(self) -> None:
        while self._cycles and self._cycles[0].response_complete:
            self._cycles.popleft()

    def _end_if_quiet(self) -> None:
        if self._quiet and self._stopping:
            self.transport.abort()


async def hang_up(transport: Transport, manner: Manner) -> None:
    """End a connection in a manner, once all has gone out; before a RST, once the other side has it.

    A half-closed connection says FIN without a farewell of TLS, which knows no half.
    """
    await drain(transport)
    bound = transport.get_extra_info("socket")
    while manner == "reset" and not transport.is_closing() and unacknowledged(bound):  # noqa: ASYNC110 - no event
        await sleep(_LOOK_AGAIN_SECONDS)
    if manner == "close" or transport.is_closing():
        transport.close()
    elif manner == "reset":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        transport.abort()
    elif manner == "half-close":
        with bound.dup() as same:
            same.shutdown(socket.SHUT_WR)


async def drain(transport: Transport) -> None:
    """Wait until all has gone out; where the connection is closing, that is seen to already."""
    while transport.get_write_buffer_size() and not transport.is_closing():  # noqa: ASYNC110 - it has no event
        await sleep(_LOOK_AGAIN_SECONDS)


async def heed_end() -> None:
    """Let it be told if what was written last met the connection's end.

    That is told in the loop's next turn, and until then all that is written goes nowhere without waiting for anything.
    """
    await sleep(0)


def unacknowledged(bound: Any) -> int:
    """Return how many bytes that a socket has sent have not arrived; 0 where the system does not tell."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
        import termios  # noqa: PLC0415 - the same

        (number,) = struct.unpack("i", fcntl.ioctl(bound.fileno(), termios.TIOCOUTQ, bytes(4)))
    except (ImportError, OSError):
        return 0
    return int(number)
