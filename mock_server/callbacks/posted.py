"""A callback as it is posted: its headers, and its body at once, in pieces, or cut off, as plans have it."""

from asyncio import sleep
from collections.abc import AsyncIterator
from functools import partial
from importlib.metadata import version
from typing import Final

import msgspec

from mock_server.core.frames import Frames, Pair, chunk, cut, left_out, pieces
from mock_server.core.plans import DisconnectPlan, Pause, Reply, Script, change_head, spoil
from mock_server.core.plans.wire import DelayPoint
from mock_server.core.sendings import Shaped
from mock_server.core.types import Instant
from mock_server.egress.posting import Body, HangUp

HEADERS: Final = {
    "content-type": "application/json",
    "user-agent": f"evolink-mock/{version('evolink-mock')}",
    "accept": "*/*",
}
"""What every callback carries besides its host and length; nothing of the client's key (CB-BODY)."""

_PIECES: Final = 8


def post(shaped: Shaped, script: Script, *, wall: Instant) -> tuple[tuple[Pair, ...], Body]:
    """Return the headers and the body that are sent; `wall` is real time."""
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
    return headers, partial(send, body=body, script=script)


async def send(head: bytes, *, body: bytes, script: Script) -> AsyncIterator[bytes]:
    """Yield a request in pieces when their time has come, which is within that of the attempt.

    Raises:
        HangUp: The connection is to be ended here.
    """
    frames = cut(Frames(head, body), script.disconnect)
    for at in ("before-work", "before-head"):
        await pause(script, at)
    async for piece in spread(frames.head, script, "in-head"):
        yield piece
    await pause(script, "before-body")
    async for piece in spread(frames.body, script, "in-body"):
        yield piece
    if script.disconnect is not None:
        raise HangUp(script.disconnect.how)


async def pause(script: Script, at: DelayPoint) -> None:
    """Wait as long as the script says at a point."""
    wanted = script.pause(at)
    if wanted is not None:
        await sleep(wanted.seconds)


async def spread(data: bytes, script: Script, at: DelayPoint) -> AsyncIterator[bytes]:
    """Yield bytes at once, or in pieces over the time that the script says: the first now, the last at its end."""
    wanted = script.pause(at) or Pause(at, 0, 1)
    cuts = list(pieces(data, wanted.pieces))
    for place, piece in enumerate(cuts):
        if place:
            await sleep(wanted.seconds / (len(cuts) - 1))
        yield piece
