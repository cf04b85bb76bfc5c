"""What tells the dashboard that something has happened, by server-sent events: that it has, not what.

Each event is how things stand: the clock, and how far the journal has come. A listener that is slow is told less often,
and misses nothing, as it reads what it shows from where it stood; so nothing is ever queued for it. While nobody
listens, this does nothing at all.
"""

import asyncio
from contextlib import suppress
from typing import Final

import msgspec
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from mock_server.api.endpoint import error_answer, send_answer
from mock_server.control.access import check_access
from mock_server.control.clock import clock_facts
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import ClockState
from mock_server.control.waiting import unless_gone
from mock_server.core.errors import ApiError
from mock_server.core.keys import read_universe
from mock_server.http.request import read_query
from mock_server.simulator import Simulator
from mock_server.universes.universe import Universe

PAUSE_SECONDS: Final = 0.25
"""How much real time is between two events at least."""

QUIET_SECONDS: Final = 5.0
"""How long nothing is said when nothing happens; so the clocks of both sides stay together, and the way open."""

_HEADERS: Final = ((b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"))


class Moment(ClockState, frozen=True):
    """How a universe stands: its time, which journal it has and how far that has come, and how much has happened."""

    generation: int
    last: int
    changes: int


async def show_moment(request: Request[Nothing, Nothing]) -> Moment:
    """Show how the universe stands, for who cannot listen."""
    return moment(await request.universe())


def moment(universe: Universe) -> Moment:
    """Shape how a universe stands."""
    journal = universe.journal
    return Moment(**clock_facts(universe), generation=journal.generation, last=journal.last, changes=journal.changes)


class Events:
    """An ASGI app that tells one listener of a universe's changes until it goes away.

    The universe is named by the query, as a browser's listener cannot send headers.

    Args:
        simulator: Whose universes they are.
        pause: See `PAUSE_SECONDS`.
        quiet: See `QUIET_SECONDS`.
    """

    def __init__(self, simulator: Simulator, *, pause: float = PAUSE_SECONDS, quiet: float = QUIET_SECONDS) -> None:
        self._simulator = simulator
        self._pause = pause
        self._quiet = quiet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one listener."""
        try:
            check_access(scope["method"], dict(scope["headers"]), self._simulator)
            name = read_universe(None, read_query(scope).get("universe") or None)
        except ApiError as error:
            await send_answer(error_answer(error), scope, send)
            return
        await self._simulator.universes.open(name)
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS]})
        with suppress(ClientDisconnect):
            await unless_gone(self._tell(name, send), receive)

    async def _tell(self, name: str, send: Send) -> None:
        """Tell how things stand, again and again, for as long as the universe and the server are there."""
        universes = self._simulator.universes
        while (universe := await universes.find(name)) and not universes.dismissed:
            seen = universe.journal.changes
            await _send_event(send, b"moment", msgspec.json.encode(moment(universe)))
            await universe.journal.wait_change(seen, self._quiet)
            await asyncio.sleep(self._pause)
        await _send_event(send, b"bye" if universes.dismissed else b"gone", b"{}", more=False)


async def _send_event(send: Send, kind: bytes, data: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": b"event: %s\ndata: %s\n\n" % (kind, data), "more_body": more})
