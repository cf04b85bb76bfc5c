"""Pipes as a transport of asyncio, for servers and for clients that speak its protocols."""

import asyncio
import math
from collections.abc import Callable
from typing import Final

from contracts.drive.pipes import Pipe, call_soon

CHUNK: Final = 262_144
"""How many bytes are taken at once."""


class PipeTransport(asyncio.Transport):
    """asyncio's side of two pipes: what comes goes to a protocol, and what that writes goes out.

    What goes out in one turn of the loop, and how it ends, goes out as one: what the other side sees does not depend on
    which thread is faster.

    Args:
        loop: Where the protocol lives.
        incoming: What comes.
        outgoing: What goes out.
        protocol: Gets what comes.
        extra: What is known of the connection.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        incoming: Pipe,
        outgoing: Pipe,
        protocol: asyncio.Protocol,
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(extra)
        self.incoming: Final = incoming
        self.outgoing: Final = outgoing
        self._loop = loop
        self._protocol = protocol
        self._going: list[Callable[[Pipe], None]] = []
        self._closing = False
        self._paused = False
        protocol.connection_made(self)
        self._expect()

    @property
    def patience(self) -> float:
        """For how many seconds the protocol waits for what comes."""
        return math.inf

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes."""
        sent = bytes(data)
        self.go(lambda pipe: pipe.put(sent))

    def go(self, do: Callable[[Pipe], None]) -> None:
        """Do something to what goes out, at the end of this turn of the loop."""
        if not self._going:
            self._loop.call_soon(self._flush)
        self._going.append(do)

    def get_write_buffer_size(self) -> int:
        """Tell that nothing waits here: whatever is written has gone."""
        return 0

    def pause_reading(self) -> None:
        """Let what comes wait."""
        self._paused = True
        self.incoming.forget()

    def resume_reading(self) -> None:
        """Go on with what waited, in the next turn of the loop."""
        self._paused = False
        self._loop.call_soon(self._expect)

    def is_closing(self) -> bool:
        """Tell whether the connection has ended on this side."""
        return self._closing

    def close(self) -> None:
        """End the connection."""
        self.leave(None)

    def abort(self) -> None:
        """End the connection; nothing waits to go out, so this is no different from closing it."""
        self.leave(None)

    def leave(self, error: OSError | None) -> None:
        """End the connection, because of an error or without one."""
        if not self._closing:
            self._closing = True
            self.incoming.forget()
            self.go(lambda pipe: pipe.end("closed"))
            self._loop.call_soon(self._protocol.connection_lost, error)

    def fail(self, error: OSError) -> None:
        """Do what follows from an error in what comes."""
        self.leave(error)

    def _read(self) -> None:
        """Hand over what has come, once in each turn of the loop, as asyncio does."""
        if self._paused or self._closing:
            return
        try:
            data = self.incoming.take(CHUNK)
        except BlockingIOError:  # told twice
            self._expect()
        except OSError as error:
            self.fail(error)
        else:
            self._hand_over(data)

    def _hand_over(self, data: bytes) -> None:
        if data:
            self._protocol.data_received(data)
            self._expect()
        else:
            self._protocol.eof_received()
            self.close()

    def _flush(self) -> None:
        going, self._going = self._going, []
        with self.outgoing.lock:
            for do in going:
                do(self.outgoing)

    def _expect(self) -> None:
        if not self._paused and not self._closing:
            self.incoming.expect(lambda: call_soon(self._loop, self._read), self.patience)
