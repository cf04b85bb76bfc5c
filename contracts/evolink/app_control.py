"""The control API of an app in this process: the same operations by the same paths, without a connection."""

import asyncio
from typing import Any, Final, TypeVar
from urllib.parse import unquote

from anyio.from_thread import BlockingPortal
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Scope

from contracts.report.history import ClockMove
from mock_server.client.call import Call
from mock_server.client.methods import Methods
from mock_server.control.shapes import ClockChange, ClockChanged, ClockState
from mock_server.core.keys import DEFAULT_UNIVERSE
from mock_server.core.types import SECOND, Instant
from mock_server.universes.clock import wall_clock

Shown = TypeVar("Shown")

PATIENCE: Final = 1.0
"""After so many real seconds a move of the clock is taken to wait for the client that waits for it."""

_HOST: Final = "127.0.0.1"
"""Whom a control request must name."""


class ClientTime:
    """Real time as a client has it whose sleeps take none: `passed` are the microseconds that it was moved on by."""

    def __init__(self) -> None:
        self.passed = 0

    def __call__(self) -> Instant:
        """Return the time, in microseconds since the epoch."""
        return wall_clock() + self.passed


class AppControl(Methods):
    """What `mock_server.Control` does, for an app in this process, called on any thread but that of the app.

    The clock is moved by one at a time. `now` is the universe's time as it was last told, in seconds since the epoch,
    and `moves` are the ways that the clock was moved.

    Args:
        app: The app.
        portal: The way to the loop on which it runs.
        client_time: Told how far a clock was moved that stands still otherwise.
    """

    def __init__(self, app: Starlette, portal: BlockingPortal, client_time: ClientTime | None = None) -> None:
        self.now = 0.0
        self.moves: list[ClockMove] = []
        self._client_time = client_time or ClientTime()
        self._frozen = False
        self._app = app
        self._portal = portal
        self._moving = asyncio.Lock()
        self._mover: asyncio.Task[Any] | None = None
        self._stopped = False

    def _send(self, call: Call[Shown]) -> Shown:
        return self._portal.call(self.ask, call)

    async def ask(self, call: Call[Shown]) -> Shown:
        """Make a call, on the app's own loop."""
        if not isinstance(call.body, ClockChange):
            return await self._answer(call)
        async with self._moving:
            return await self._move(call, _said(call.body))

    async def move_to(self, when: float, *, by: str) -> None:
        """Move the clock to an instant that is to come, or to a callback before it; `by` says what moves it.

        Whoever the callback wakes acts before time goes on. Called on the app's own loop.
        """
        async with self._moving:
            if when > self.now and not self._stopped:
                change = ClockChange(set=await self._next_stop(when))
                await self._move(Call("POST", "/_mock/clock", ClockChanged, body=change), by)

    async def pass_time(self, seconds: float) -> None:
        """Move the clock by what a plan let pass for a client, on the app's own loop.

        A move that is under way ends first; where it waits for the client, as for a receiver that asks the API, that is
        all the time that passes.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                await self._moving.acquire()
        except TimeoutError:
            return
        try:
            await self._move(Call("POST", "/_mock/clock", ClockChanged, body=ClockChange(advance=seconds)), "delay")
        finally:
            self._moving.release()

    async def stop(self) -> None:
        """Give up a move that is under way, and let no sleep begin another; on the app's own loop."""
        self._stopped = True
        if self._mover is not None:
            self._mover.cancel()
        async with self._moving:
            return

    async def _next_stop(self, when: float) -> float:
        """Return when the next callback is due, if that is on the way to an instant; otherwise the instant."""
        universe = await self._app.state.universes.open(DEFAULT_UNIVERSE)
        due_at = await self._app.state.callbacks.next_due(universe)
        return due_at / SECOND if due_at is not None and self.now < due_at / SECOND < when else when

    async def _move(self, call: Call[Shown], by: str) -> Shown:
        at, frozen, self._mover = self.now, self._frozen, asyncio.current_task()
        try:
            answer = await self._answer(call)
        finally:
            self._mover = None
        self.moves.append(ClockMove(at=at, to=self.now, by=by))
        if frozen and self._frozen:
            self._client_time.passed += round((self.now - at) * SECOND)
        return answer

    async def _answer(self, call: Call[Shown]) -> Shown:
        answer = call.read(*await _exchange(self._app, call))
        if isinstance(answer, ClockState):
            self.now, self._frozen = answer.now, not answer.rate
        return answer


def _said(change: ClockChange) -> str:
    """Say what a change of a clock is: its way, and how far."""
    (way, value), *_ = ((way, value) for way in change.__struct_fields__ if (value := getattr(change, way)) is not None)
    return f"{way} {value}"


async def _exchange(app: ASGIApp, call: Call[Any]) -> tuple[int, bytes]:
    """Have an app answer a call; return the status and the body."""
    status, body = 0, bytearray()
    requests = [{"type": "http.request", "body": call.content() or b""}]

    async def receive() -> Message:
        if not requests:
            await asyncio.Event().wait()  # who asks again waits for the client to leave, which it does not
        return requests.pop()

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        body.extend(message.get("body", b""))

    await app(_scope(call), receive, send)
    return status, bytes(body)


def _scope(call: Call[Any]) -> Scope:
    path, _, query = call.url("").partition("?")
    headers = {"host": _HOST, **call.headers(None)}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": call.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (_HOST, 0),
        "server": (_HOST, 80),
    }
