"""The proxy itself: it takes a client's wish for a connection, notes it, and grants it or says why not."""

import asyncio
from collections import deque
from socket import socket
from typing import Final

from mock_server.core.http.urls import Origin
from mock_server.egress.egress import EgressError
from mock_server.egress.posting import reason_of
from mock_server.proxy.heads import HeadError, HeadReader, Wanted, refusal
from mock_server.proxy.tunnel import End
from mock_server.proxy.ways import Passage, Ways
from mock_server.universes.clock import wall_clock

HEAD_SECONDS: Final = 30.0
"""How long a client may take to say what it wants."""

CONNECT_SECONDS: Final = 20.0
"""How long connecting may take."""

MOST_PASSAGES: Final = 10_000
"""How many passages are kept: the last ones."""

FAREWELL_SECONDS: Final = 2.0
"""How long a client that is refused may go on sending; a close before that could take the answer away from it."""

FORBIDDEN: Final = 403
TIMEOUT: Final = 408
BAD_GATEWAY: Final = 502


class Proxy:
    """A proxy, by CONNECT and by requests that name their whole URL, for clients on this machine.

    Args:
        ways: Where it leads.
    """

    def __init__(self, ways: Ways) -> None:
        self.ways: Final = ways
        self.clients: Final[set[Client]] = set()
        self._passages: deque[Passage] = deque(maxlen=MOST_PASSAGES)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What clients wanted of it, in order; the last `MOST_PASSAGES`."""
        return tuple(self._passages)

    async def serve(self, listening: socket) -> asyncio.Server:
        """Serve on a socket from now on; who closes the server must call `stop` too."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: Client(self), sock=listening)

    def stop(self) -> None:
        """Hang up on everybody."""
        for client in self.clients:
            client.abort()
            if client.other is not None:
                client.other.abort()

    def note(self, origin: Origin) -> Passage:
        """Choose what becomes of a passage, and note it."""
        passage = Passage(wall_clock(), origin.host, origin.port, self.ways.choose(origin))
        self._passages.append(passage)
        return passage


class Client(End):
    """One connection of a client.

    Args:
        proxy: Whose client it is.
    """

    def __init__(self, proxy: Proxy) -> None:
        super().__init__()
        self._proxy = proxy
        self._reader: HeadReader | None = HeadReader()
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a wish, but not for ever."""
        super().connection_made(transport)
        self._proxy.clients.add(self)
        late = f"no whole request came within {HEAD_SECONDS:g} s"
        self._patience = asyncio.get_running_loop().call_later(HEAD_SECONDS, self._refuse, TIMEOUT, late)

    def connection_lost(self, error: Exception | None) -> None:
        """Let go of what was done for the client."""
        self._patience.cancel()
        self._proxy.clients.discard(self)
        if self._connecting is not None:
            self._connecting.cancel()
        super().connection_lost(error)

    def eof_received(self) -> bool:
        """Let a client go that has said all before it was joined to what it wants."""
        return self.other is not None and super().eof_received()

    def data_received(self, data: bytes) -> None:
        """Read the wish, and pass on what comes after it; what comes after a refusal goes nowhere."""
        if self._reader is None:
            if self.other is not None:
                super().data_received(data)
            return
        try:
            wanted = self._reader.feed(data)
        except HeadError as error:
            self._refuse(error.status, str(error))
            return
        if wanted is not None:
            self._grant(wanted)

    def _grant(self, wanted: Wanted) -> None:
        self._reader = None
        self._patience.cancel()
        if self._proxy.note(wanted.origin).way == "refused":
            self._refuse(FORBIDDEN, self._proxy.ways.refusal(wanted.origin))
            return
        self.transport.pause_reading()
        self._connecting = asyncio.get_running_loop().create_task(self._lead(wanted))

    def _refuse(self, status: int, reason: str) -> None:
        if self.transport.is_closing():
            return
        self._reader = None
        self._patience.cancel()
        self.transport.write(refusal(status, reason))
        self.transport.write_eof()
        self.transport.resume_reading()
        self._patience = asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self.abort)

    async def _lead(self, wanted: Wanted) -> None:
        """Connect, and join the two connections."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                other = await self._connect(wanted.origin)
        except TimeoutError:
            self._refuse(BAD_GATEWAY, f"no connection to {wanted.origin.authority} within {CONNECT_SECONDS:g} s")
        except (EgressError, OSError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else str(error)
            self._refuse(BAD_GATEWAY, f"no connection to {wanted.origin.authority}: {reason}")
        else:
            self._open(wanted, other)

    async def _connect(self, origin: Origin) -> End:
        """Connect to the first address of an origin that can be connected to."""
        *others, last = await self._proxy.ways.addresses(origin)
        loop = asyncio.get_running_loop()
        for address, port in others:
            try:
                return (await loop.create_connection(End, address, port))[1]
            except OSError:
                continue
        return (await loop.create_connection(End, *last))[1]

    def _open(self, wanted: Wanted, other: End) -> None:
        if self.transport.is_closing() or other.transport.is_closing():
            self.abort()
            other.abort()
            return
        self.transport.write(wanted.answer)
        other.transport.write(wanted.first)
        self.join(other)
        self.transport.resume_reading()
