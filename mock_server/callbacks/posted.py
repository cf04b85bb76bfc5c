"""A callback as it is posted: its headers, and its body at once, in pieces, or cut off, as plans have it."""

from asyncio import sleep
from collections.abc import AsyncIterator
from functools import partial
from importlib.metadata import version
from typing import Final

import msgspec

from mock_server.core.callbacks.sendings import Shaped
from mock_server.core.plans import DisconnectPlan, Pause, Reply, Script, change_head, spoil
from mock_server.core.plans.frames import Frames, Pair, chunk, cut, left_out, spread
from mock_server.core.plans.wire import DelayPoint
from mock_server.core.types import Instant
from mock_server.egress.posting import Body, HangUp

HEADERS: Final = {
    "content-type": "application/json",
    "user-agent": f"evolink-mock/{version('evolink-mock')}",
    "accept": "*/*",
}
"""What every callback carries besides its host and length; nothing of the client's key (CB-BODY)."""

_PIECES: Final = 8


def make_post(shaped: Shaped, script: Script, *, wall: Instant) -> tuple[tuple[Pair, ...], Body]:
    """Return the headers and the body of what is posted; `wall` is real time."""
    reply = Reply(200, tuple({**HEADERS, **shaped.headers}.items()), shaped.body)
    reply = spoil(change_head(reply, script.heads, wall=wall), script.bodies)
    if shaped.slowly and script.pause("in-body") is None:
        script = msgspec.structs.replace(script, pauses=(*script.pauses, Pause("in-body", shaped.slowly, _PIECES)))
    said = {name for name, _ in reply.headers} | left_out(script)
    body, framing = reply.body, ("content-length", str(len(reply.body) if reply.length is None else reply.length))
    if shaped.chunked:
        body, framing = chunk(reply.body, _PIECES), ("transfer-encoding", "chunked")
    elif reply.length is None and framing[0] not in said and not script.pauses and script.disconnect is None:
        return reply.headers, body
    elif reply.length is not None and reply.length > len(body) and script.disconnect is None:
        script = msgspec.structs.replace(script, disconnect=DisconnectPlan(at="after-response"))
    headers = (*reply.headers, *(() if framing[0] in said else (framing,)))
    return headers, partial(_send, body=body, script=script)


async def _send(head: bytes, *, body: bytes, script: Script) -> AsyncIterator[bytes]:
    """Yield a request in pieces when their time has come, which is within that of the attempt.

    Raises:
        HangUp: The connection is to be ended here.
    """
    frames = cut(Frames(head, body), script.disconnect)
    for at in ("before-work", "before-head"):
        await _pause(script, at)
    async for piece in _timed(frames.head, script, "in-head"):
        yield piece
    await _pause(script, "before-body")
    async for piece in _timed(frames.body, script, "in-body"):
        yield piece
    if script.disconnect is not None:
        raise HangUp(script.disconnect.how)


async def _pause(script: Script, at: DelayPoint) -> None:
    """Wait as long as the script says at a point."""
    wanted = script.pause(at)
    if wanted is not None:
        await sleep(wanted.seconds)


async def _timed(data: bytes, script: Script, at: DelayPoint) -> AsyncIterator[bytes]:
    """Yield bytes when their time has come (see `spread`)."""
    for seconds, piece in spread(data, script, at):
        if seconds:
            await sleep(seconds)
        yield bytes(piece)
