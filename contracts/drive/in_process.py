"""The simulator in a client's own process, without a port: every URL leads to it, and what goes wrong is real.

    with InProcess(create_app()) as simulator:
        client = httpx2.Client(transport=simulator.httpx2_transport(), base_url="https://api.evolink.ai")
        client.get("/v1/credits", headers={"authorization": "Bearer sk-test"})

The client's library speaks HTTP over a connection in memory with the very protocol that serves live, so whatever goes
wrong becomes the exception that the library has for it. Only nobody's patience is tried: where nothing more will come,
the client's time is over at once.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import uvicorn
from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from contracts.drive.httpx_backends import NO_CERTIFICATES, AsyncBackend, Backend, reconnect
from contracts.drive.pipes import Line, call_soon
from contracts.drive.serving import HttpProtocol, Passing, ServerTransport
from mock_server.universes.clock import Wall, wall_clock

if TYPE_CHECKING:
    import httpx
    import httpx2

    from contracts.drive.aiohttp_connector import InProcessConnector
    from contracts.drive.direct import Question
    from contracts.drive.requests_adapter import InProcessAdapter


class InProcess:
    """Serves an app to clients in this process, while it is used as a context manager.

    With `with` the app has an event loop on a thread of its own, and any client can call it. With `async with` it lives
    on the loop that runs; then a client that is not asynchronous has to be called on another thread. Either way the app
    knows one loop only. Each client has connections of its own, and closes them as it closes others.

    Args:
        app: What serves, whatever the scheme and the host of a URL.
        passing: Awaited on the app's loop with the seconds that a plan let pass for a client, before that goes on;
            so whoever has a virtual clock can move it. It must not wait for a client.
        wall: Where the time comes from that answers are dated by: that of the clients.
    """

    def __init__(self, app: Starlette, *, passing: Passing | None = None, wall: Wall = wall_clock) -> None:
        self._app = app
        self._wall = wall
        self._passing = passing
        self._config = uvicorn.Config(
            self._serve, http=HttpProtocol, ws="none", interface="asgi3", log_config=None, access_log=False
        )
        self._serving: tuple[asyncio.AbstractEventLoop, int] | None = None
        self._server = ServerState()
        self._state: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Start the app on a thread of its own."""
        with ExitStack() as stack:
            portal = stack.enter_context(start_blocking_portal("asyncio"))
            stack.enter_context(portal.wrap_async_context_manager(self._running()))
            self._resources = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the app, hanging up on whoever is still connected."""
        self._resources.close()

    async def __aenter__(self) -> Self:
        """Start the app on the loop that runs."""
        self._async_resources = AsyncExitStack()
        await self._async_resources.enter_async_context(self._running())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the app, hanging up on whoever is still connected."""
        await self._async_resources.aclose()

    def httpx2_transport(self) -> "httpx2.HTTPTransport":
        """Return what an `httpx2.Client` takes as its transport."""
        import httpcore2  # noqa: PLC0415 - who does not use it does not wait for it
        import httpx2  # noqa: PLC0415 - the same

        return reconnect(httpx2.HTTPTransport(verify=NO_CERTIFICATES), Backend(self.connect, httpcore2))

    def httpx2_async_transport(self) -> "httpx2.AsyncHTTPTransport":
        """Return what an `httpx2.AsyncClient` takes as its transport."""
        import httpcore2  # noqa: PLC0415 - the same
        import httpx2  # noqa: PLC0415 - the same

        return reconnect(httpx2.AsyncHTTPTransport(verify=NO_CERTIFICATES), AsyncBackend(self.connect, httpcore2))

    def httpx_transport(self) -> "httpx.HTTPTransport":
        """Return what an `httpx.Client` takes as its transport."""
        import httpcore  # noqa: PLC0415 - the same
        import httpx  # noqa: PLC0415 - the same

        return reconnect(httpx.HTTPTransport(verify=NO_CERTIFICATES), Backend(self.connect, httpcore))

    def httpx_async_transport(self) -> "httpx.AsyncHTTPTransport":
        """Return what an `httpx.AsyncClient` takes as its transport."""
        import httpcore  # noqa: PLC0415 - the same
        import httpx  # noqa: PLC0415 - the same

        return reconnect(httpx.AsyncHTTPTransport(verify=NO_CERTIFICATES), AsyncBackend(self.connect, httpcore))

    def requests_adapter(self) -> "InProcessAdapter":
        """Return what a `requests.Session` mounts for https:// and http://."""
        from contracts.drive.requests_adapter import InProcessAdapter  # noqa: PLC0415 - the same

        return InProcessAdapter(self.connect)

    def aiohttp_connector(self) -> "InProcessConnector":
        """Return what an `aiohttp.ClientSession` takes as its connector, on the loop on which the session runs."""
        from contracts.drive.aiohttp_connector import InProcessConnector  # noqa: PLC0415 - the same

        return InProcessConnector(self.connect)

    def connect(self, scheme: str, host: str, port: int) -> Line:
        """Open a connection.

        Raises:
            RuntimeError: The app is not being served.
        """
        if self._serving is None:
            raise RuntimeError("the simulator is not being served: call it within `with InProcess(app) as simulator:`")
        loop, thread = self._serving
        line = Line(scheme, host, port, server=thread)
        call_soon(loop, partial(self._accept, loop, line))
        return line

    def ask(self, line: Line, question: "Question") -> None:
        """Have a question answered that is not written on its connection.

        It has no answer where the connection is needed for it (see `direct.py`).
        """
        if self._serving is None:
            question.finish()
        else:
            call_soon(self._serving[0], partial(self._answer, line, question))

    def _answer(self, line: Line, question: "Question") -> None:
        """Begin to answer a question, if anything still is."""
        if self._serving is None or line.protocol is None:
            question.finish()
            return
        task = self._serving[0].create_task(question.answer_by(self._serve, self._app.state, line.protocol))
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)
        task.add_done_callback(question.finish)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, until it is answered or the app stops."""
        with suppress(asyncio.CancelledError):
            await self._app(scope, receive, send)

    def _accept(self, loop: asyncio.AbstractEventLoop, line: Line) -> None:
        """Have a connection served, if anything still is."""
        if self._serving is None:
            line.to_client.end("closed")
            return
        line.protocol = HttpProtocol(self._config, self._server, self._state)
        ServerTransport(loop, line, line.protocol, self._passing, wall=self._wall)

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        """Run the app's lifespan, and let connections in during it."""
        async with self._app.router.lifespan_context(self._app) as state:
            self._server, self._state = ServerState(), dict(state or {})
            self._serving = asyncio.get_running_loop(), threading.get_ident()
            try:
                yield
            finally:
                self._serving = None
                await self._hang_up()

    async def _hang_up(self) -> None:
        for connection in list(self._server.connections):
            connection.transport.close()
        tasks = list(self._server.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
