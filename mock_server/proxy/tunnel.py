"""Two connections joined: what comes by one goes out by the other, and how one ends so does the other."""

import asyncio
from typing import cast

from mock_server.core.plans.wire import Manner
from mock_server.http.connection import hang_up


class End(asyncio.Protocol):
    """One of the two. What comes by it before it is joined to the other is kept until then.

    `other` is the other one, and `finished` is set once nothing more comes from this one.

    A FIN goes on as a FIN, and the way back stays open; a RST as a RST, once all that came before it has arrived.
    """

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.other: End | None = None
        self.finished = False
        self._early = b""
        self._ending: asyncio.Task[None] | None = None

    def join(self, other: "End") -> None:
        """Let what comes by each go out by the other from now on."""
        self.other, other.other = other, self
        for end in (self, other):
            end.catch_up()

    def catch_up(self) -> None:
        """Pass on what came early."""
        if self._early:
            self.data_received(self._early)
        if self.finished:
            self.eof_received()

    def abort(self) -> None:
        """End it at once."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what can be written to."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Pass bytes on."""
        if self.other is None:
            self._early += data
        else:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        """Pass on that nothing more comes; when both have said so, it is over."""
        self.finished = True
        other = self.other
        if other is None:
            return True
        if not other.transport.is_closing():
            other.transport.write_eof()
        if other.finished:
            self.transport.close()
            other.transport.close()
        return True

    def pause_writing(self) -> None:
        """Let the other side wait, which sends more than this one takes."""
        if self.other is not None and not self.other.transport.is_closing():
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """Let it go on."""
        if self.other is not None and not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        """End the other in the same manner."""
        other = self.other
        if other is not None and not other.transport.is_closing():
            manner: Manner = "close" if error is None else "reset"
            self._ending = asyncio.get_running_loop().create_task(hang_up(other.transport, manner))
