"""The simulator in three ways: in this process, as a program, and as several programs on one state file."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Protocol, Self, TypeAlias

import httpx2
import msgspec

from mock_server.app import create_app
from mock_server.core.http.urls import Origin
from mock_server.egress.egress import Egress
from mock_server.settings import Settings
from mock_server.store import SqliteStore
from tests.machine.hooks import Hooks
from tests.running import started
from tests.serving import Wall

CREDITS: Final = 150
"""What each account opens with: enough for some tasks."""


Fault: TypeAlias = Callable[[str, Any], None]
"""Changes an answer's body; the path comes first."""


class Server(Protocol):
    """A server that can be begun anew without losing anything. Any client of it will do."""

    hooks: Hooks

    @property
    def clients(self) -> Sequence[httpx2.Client]:
        """Clients, one for each process that serves."""
        ...

    def restart(self) -> None:
        """Stop what serves, and begin it anew with the same state."""
        ...


class _Transport(httpx2.BaseTransport):
    """Calls an app on a loop that runs only meanwhile."""

    def __init__(self, app: Any, loop: asyncio.AbstractEventLoop, fault: Fault | None) -> None:
        self._loop = loop
        self._fault = fault
        self._inner = httpx2.ASGITransport(app=app)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Let the app answer."""
        return self._loop.run_until_complete(self._answer(request))

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._inner.handle_async_request(request)
        content = await answer.aread()
        if self._fault is not None and content:
            body = msgspec.json.decode(content)
            self._fault(request.url.path, body)
            content = msgspec.json.encode(body)
        headers = [(name, value) for name, value in answer.headers.multi_items() if name != "content-length"]
        return httpx2.Response(answer.status_code, headers=headers, content=content)


class InProcessServer:
    """The app on a loop of its own, with a state file in a folder; `fault` changes what it answers."""

    def __init__(self, folder: Path, *, fault: Fault | None = None) -> None:
        self.hooks = Hooks()
        self._folder = folder
        self._fault = fault

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._serve()
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()
        self._loop.close()

    @property
    def clients(self) -> Sequence[httpx2.Client]:
        """The one client."""
        return (self._client,)

    def restart(self) -> None:
        """Close the app and its store, and open both anew."""
        self._resources.close()
        self._serve()

    def _serve(self) -> None:
        with ExitStack() as stack:
            egress = Egress({})
            stack.enter_context(egress.leading(Origin("https", "hooks.example.com", 443), self.hooks.deliver))
            settings = Settings(
                speed=0.0, credits=CREDITS, videos="packaged", files_directory=str(self._folder / "files")
            )
            store = SqliteStore(self._folder / "state.db")
            app = create_app(settings, store=store, wall=Wall(), egress=egress)
            life = app.router.lifespan_context(app)
            self._loop.run_until_complete(life.__aenter__())
            stack.callback(lambda: self._loop.run_until_complete(life.__aexit__(None, None, None)))
            transport = _Transport(app, self._loop, self._fault)
            self._client = stack.enter_context(httpx2.Client(transport=transport, base_url="http://127.0.0.1:8765"))
            self._resources = stack.pop_all()


class LiveServer:
    """Programs on one state file, and a receiver on a port."""

    def __init__(self, folder: Path, *, processes: int) -> None:
        self.hooks = Hooks()
        self._folder = folder
        self._processes = processes

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._route = stack.enter_context(self.hooks.listening())
            self._serve()
            stack.callback(self._stop)
            self._resources = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    @property
    def clients(self) -> Sequence[httpx2.Client]:
        """A client of each program."""
        return self._clients

    def restart(self) -> None:
        """End all programs, and begin as many."""
        self._stop()
        self._serve()

    def _stop(self) -> None:
        self._programs.close()

    def _serve(self) -> None:
        state, place = str(self._folder / "state.db"), ("--callback-route", self._route)
        options = ("--speed", "0", "--credits", str(CREDITS), "--videos", "packaged", "--state", state, *place)
        with ExitStack() as stack:
            programs = [stack.enter_context(started(*options)) for _ in range(self._processes)]
            self._clients = tuple(stack.enter_context(program.client()) for program in programs)
            self._programs = stack.pop_all()
