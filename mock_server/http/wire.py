"""How the answer to one request goes out as a script wants it: late, in pieces, in broken frames, or not at all.

What ASGI can say is said by ASGI, and works with every server. The rest is written onto the connection itself, byte by
byte, which takes our own server (`protocol.py`) and ends the connection. Where there is none, it is raised as a
`WireFault`: in a client's own process, for the client's side to make of it what its library would; under another
server it ends as any error of an app does there, with a line in the log and 500. Provisional answers (102) alone, which
clients pass over, are then left out.

What the server itself says in the head of an answer (`date`, `x-request-id`) is among what plans can change. A request
whose client has left is carried out all the same; what would be sent then is not, and is not journalled as sent.
"""

from asyncio import sleep
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from starlette.types import Scope, Send

from mock_server.core.plans import Reply, Script, change_head, spoil
from mock_server.core.plans.frames import (
    Frames,
    add_headers,
    cut,
    frame,
    is_bodiless,
    is_bytewise,
    provisional,
    read_head,
    spread,
)
from mock_server.core.plans.wire import DelayPoint, Manner
from mock_server.core.types import Instant
from mock_server.http.bodies import PORTION
from mock_server.http.connection import CONNECTION, Connection, heed_end
from mock_server.journal.exchange import END, EXCHANGE, Exchange


class WireFault(Exception):
    """What would be seen on the wire, where there is no wire.

    Args:
        sent: The bytes that the client would receive, from the first status line on.
        manner: How the connection would end after them.
    """

    def __init__(self, sent: bytes, manner: Manner) -> None:
        super().__init__(
            f"a plan sends {len(sent)} bytes and ends the connection ({manner}); "
            "that takes the server of evolink-mock, or a client that expects it"
        )
        self.sent = sent
        self.manner = manner


class Wire:
    """The way out for the answer to one request.

    Args:
        scope: The request, as ASGI has it.
        send: The server's side of what goes out.
    """

    def __init__(self, scope: Scope, send: Send) -> None:
        self._head_only = scope["method"] == "HEAD"
        self._send = send
        self._exchange: Exchange = scope[EXCHANGE]
        self._end: Callable[[Exchange], None] = scope[END]
        connection = scope.get("state", {}).get(CONNECTION)
        self._connection: Connection | None = connection if isinstance(connection, Connection) else None

    async def perform(self, script: Script, make: Callable[[], Awaitable[Reply]]) -> None:
        """Do what a script says: wait, have the answer made, and send it.

        Raises:
            WireFault: It takes a connection, and there is none.
        """
        await self._pause(script)
        await self.put(await make(), script)

    def change(self, reply: Reply, script: Script, *, wall: Instant) -> Reply:
        """Return an answer with what the server says in its head, changed as a script wants it; `wall` is real time."""
        own = () if self._connection is None else self._connection.take_headers()
        own = (*own, (b"x-request-id", self._exchange.id.encode()))
        named = {name for name, _ in reply.headers}
        texts = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in own)
        headers = (*(pair for pair in texts if pair[0] not in named), *reply.headers)
        reply = change_head(msgspec.structs.replace(reply, headers=headers), script.heads, wall=wall)
        reply = add_headers(spoil(reply, script.bodies), script.framing)
        self._exchange.named = True
        return reply

    async def put(self, reply: Reply, script: Script) -> None:
        """Send an answer as the script has it.

        Raises:
            WireFault: It takes a connection, and there is none.
        """
        if is_bytewise(reply, script):
            await self._put_bytes(reply, script)
        else:
            await self._put_messages(reply, script)

    async def _put_messages(self, reply: Reply, script: Script) -> None:
        """Send an answer by ASGI."""
        if not await self._wait(script, "before-head"):
            return
        if self._connection is not None:
            await self._connection.write(provisional(script.framing))
        await self._send({"type": "http.response.start", "status": reply.status, "headers": _headers(reply, script)})
        if not await self._wait(script, "before-body"):
            return
        body = b"" if self._head_only or is_bodiless(reply.status) else reply.body
        left = len(body)
        async for piece in self._spread(body, script, "in-body"):
            left -= len(piece)
            await self._send({"type": "http.response.body", "body": piece, "more_body": left > 0})
            if len(piece) == PORTION:
                await heed_end()
        if not body:
            await self._send({"type": "http.response.body", "body": b""})

    async def _put_bytes(self, reply: Reply, script: Script) -> None:
        """Send an answer byte by byte, and end the connection."""
        frames = cut(frame(reply, script, head_only=self._head_only), script.disconnect)
        manner: Manner = "close" if script.disconnect is None else script.disconnect.how
        if self._connection is None:
            self._exchange.take_answer(frames.body)
            self._finish(frames.head)
            raise WireFault(frames.early + frames.head + frames.body, manner)
        self._connection.take()
        await self._write(self._connection, frames, script)
        await self._connection.hang_up(manner)

    async def _write(self, connection: Connection, frames: Frames, script: Script) -> None:
        """Write an answer, as long as the client is there; before its last byte goes, all is in the journal."""
        sent, size = 0, len(frames.head) + len(frames.body)
        async for piece in self._stream(connection, frames, script):
            sent += len(piece)
            if sent > len(frames.head):
                self._exchange.take_answer(piece)
            if sent == size:
                self._finish(frames.head)
            await connection.write(piece)
            if len(piece) == PORTION and sent < size:
                await heed_end()
        if not self._exchange.ended:
            self._finish(frames.head[:sent])

    async def _stream(self, connection: Connection, frames: Frames, script: Script) -> AsyncIterator[bytes]:
        """Yield an answer in pieces when their time has come."""
        if not await self._wait(script, "before-head"):
            return
        await connection.write(frames.early)
        async for piece in self._spread(frames.head, script, "in-head"):
            yield piece
        if not await self._wait(script, "before-body"):
            return
        async for piece in self._spread(frames.body, script, "in-body"):
            yield piece

    async def _spread(self, data: bytes, script: Script, at: DelayPoint) -> AsyncIterator[bytes]:
        """Yield bytes when their time has come (see `spread`), as long as the client is there."""
        for seconds, piece in spread(data, script, at):
            if seconds and not await self._stay(seconds):
                return
            for start in range(0, len(piece), PORTION):
                if self._gone:
                    return
                yield bytes(piece[start : start + PORTION])

    async def _wait(self, script: Script, at: DelayPoint) -> bool:
        """Wait as long as the script says at a point; tell whether the client is still there."""
        wanted = script.pause(at)
        return not self._gone if wanted is None else await self._stay(wanted.seconds)

    async def _pause(self, script: Script) -> None:
        """Wait as long as the script says before the work, which is then done whoever waits for it."""
        wanted = script.pause("before-work")
        if wanted is not None:
            await (sleep if self._connection is None else self._connection.pause)(wanted.seconds)

    async def _stay(self, seconds: float) -> bool:
        """Wait, but not for a client that is gone; tell whether it is there."""
        if self._connection is not None:
            return not await self._connection.lost_within(seconds)
        await sleep(seconds)
        return True

    @property
    def _gone(self) -> bool:
        return self._connection is not None and self._connection.lost

    def _finish(self, head: bytes) -> None:
        """Close the exchange of an answer of which so much of the head was sent."""
        self._exchange.status, self._exchange.answer_headers = read_head(head)
        self._end(self._exchange)


def _headers(reply: Reply, script: Script) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer by ASGI: with its length, unless it is to be sent in chunks or has no body."""
    chunked = script.framing is not None and script.framing.fault == "chunked"
    length = () if chunked or is_bodiless(reply.status) else (("content-length", str(len(reply.body))),)
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (*reply.headers, *length)]
