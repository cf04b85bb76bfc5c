"""A server for tests, subprocesses and other languages: an app on a thread of its own, on free ports of 127.0.0.1.

    with LiveServer(create_app()).running() as url:
        subprocess.run(["node", "client.mjs"], env={**os.environ, **client_environment(url, key="sk-test")})

It takes some milliseconds to start, and stops without a pause.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import uvicorn
from starlette.types import ASGIApp

from contracts.drive.certificates import certify
from mock_server.protocol import Protocol
from mock_server.server import address, listen

Made = TypeVar("Made")

HOSTS: Final = ("localhost", "127.0.0.1", "api.evolink.ai", "files-api.evolink.ai", "files.evolink.ai")
"""Whom its certificate is for: this machine, and the API, for clients whose addresses cannot be set."""

_PATIENCE_SECONDS: Final = 1.0
"""How long requests under way may take to end when the server stops; one that a plan holds up never would."""

_PAUSE_SECONDS: Final = 0.001
_DATE_SECONDS: Final = 1.0


class LiveServerError(RuntimeError):
    """The server did not start."""


class LiveServer(uvicorn.Server):
    """Serves an app while `running` is open, and then stops without a pause.

    Args:
        app: What it serves, by HTTP, and by HTTPS from when somebody first asks for `https_url`.
    """

    def __init__(self, app: ASGIApp) -> None:
        # Whose process this is has its own logging; and no app here speaks by web socket, which takes time to import.
        super().__init__(
            uvicorn.Config(
                app, http=Protocol, ws="none", log_config=None, access_log=False, server_header=False, lifespan="on"
            )
        )
        self._ready = threading.Event()
        self._opening = threading.Lock()
        self._https: tuple[str, Path] | None = None

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve on a free port, and yield the URL.

        Raises:
            LiveServerError: The app does not start.
        """
        with ExitStack() as stack:
            listening = stack.enter_context(listen("127.0.0.1", 0))
            self._resources = stack
            thread = threading.Thread(target=self._run, args=(listening,), name="live server", daemon=True)
            thread.start()
            stack.callback(thread.join)
            self._ready.wait()
            if not self.started:
                raise LiveServerError("the server did not start: its app failed, as the log says")
            try:
                yield address(listening)
            finally:
                self._loop.call_soon_threadsafe(self._stop.set)
                thread.join()

    @property
    def https_url(self) -> str:
        """Its URL by HTTPS.

        Raises:
            MissingExtraError: trustme is not installed.
        """
        return self._secured()[0]

    @property
    def ca_file(self) -> Path:
        """The CA that vouches for it by HTTPS, and for nothing else.

        Raises:
            MissingExtraError: trustme is not installed.
        """
        return self._secured()[1]

    def call(self, work: Coroutine[Any, Any, Made]) -> Made:
        """Do something on the loop of the app, and return what came of it; on any thread but that of the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _secured(self) -> tuple[str, Path]:
        """Listen by HTTPS too, on a port of its own, unless that is done."""
        with self._opening:
            if self._https is None:
                ca_file = Path(self._resources.enter_context(TemporaryDirectory()), "ca.pem")
                context = certify(HOSTS[0], "good", ca_file, others=HOSTS[1:])
                listening = self._resources.enter_context(listen("127.0.0.1", 0))
                opening = self._loop.create_server(self._converse, sock=listening, ssl=context)
                self.servers.append(self.call(opening))
                self._https = address(listening).replace("http:", "https:"), ca_file
        return self._https

    def _converse(self) -> Protocol:
        return Protocol(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    def _run(self, listening: socket) -> None:
        with suppress(SystemExit):  # by which uvicorn says that an app does not start
            self.run(sockets=[listening])
        self._ready.set()

    async def main_loop(self) -> None:
        """Serve until stopped, with the date that each second has."""
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await self.on_tick(0)
        self._ready.set()
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), _DATE_SECONDS)
            await self.on_tick(0)

    async def shutdown(self, sockets: object = None) -> None:  # noqa: ARG002 - they belong to `running`
        """Stop as soon as the last connection has ended; hang up on those that do not end."""
        for server in self.servers:
            server.close()
        state, loop = self.server_state, asyncio.get_running_loop()
        for connection in list(state.connections):
            connection.shutdown()
        until = loop.time() + _PATIENCE_SECONDS
        while state.connections and loop.time() < until:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(_PAUSE_SECONDS)
        await self._hang_up()
        await self.lifespan.shutdown()

    async def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        requests = list(self.server_state.tasks)
        for request in requests:
            request.cancel()
        await asyncio.gather(*requests, return_exceptions=True)
