"""A server for tests, subprocesses and other languages: an app on a thread of its own, on free ports of 127.0.0.1.

    with LiveServer(create_app()).running() as url:
        subprocess.run(["node", "client.mjs"], env={**os.environ, **client_environment(url, key="sk-test")})

It takes some milliseconds to start, and stops without a pause.
"""

import asyncio
import threading
from collections.abc import Collection, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import uvicorn
from starlette.types import ASGIApp

from mock_server.entrance.authority import Authority, Certificate
from mock_server.hosts import API_HOSTS, LOCAL_HOSTS
from mock_server.http.listening import address, listen, serve_https
from mock_server.http.protocol import Protocol
from mock_server.proxy.proxy import Proxy
from mock_server.proxy.ways import Passage, Ways, place_of, read_hosts

Made = TypeVar("Made")

HOSTS: Final = (*LOCAL_HOSTS, *API_HOSTS)
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
        app: What it serves, by HTTP; by HTTPS from when somebody first asks for `https_url`, and by a proxy from when
            somebody first asks for `proxy_url`.
        authority: Gives it its certificates; one of its own if not given. Servers may share one.
        certificate: What it shows by HTTPS, for tests of those who must look at it.
        allowed: The hosts that clients may reach by the proxy, besides the API's and this machine.

    Raises:
        UrlError: One of those is no host.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        authority: Authority | None = None,
        certificate: Certificate = "good",
        allowed: Collection[str] = (),
    ) -> None:
        # Whose process this is has its own logging; and no app here speaks by web socket, which takes time to import.
        super().__init__(
            uvicorn.Config(
                app, http=Protocol, ws="none", log_config=None, access_log=False, server_header=False, lifespan="on"
            )
        )
        self._ready = threading.Event()
        self._opening = threading.RLock()
        self._allowed = read_hosts(allowed)
        self._given_authority = authority
        self._certificate: Certificate = certificate
        self._https: tuple[str, Authority] | None = None
        self._proxy: tuple[str, Proxy] | None = None

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve on a free port, and yield the URL.

        Raises:
            LiveServerError: The app does not start.
        """
        with ExitStack() as stack:
            listening = stack.enter_context(listen("127.0.0.1", 0))
            self._resources = stack
            self._url = address(listening)
            thread = threading.Thread(target=self._run, args=(listening,), name="live server", daemon=True)
            thread.start()
            stack.callback(thread.join)
            self._ready.wait()
            if not self.started:
                raise LiveServerError("the server did not start: its app failed, as the log says")
            try:
                yield self._url
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
    def authority(self) -> Authority:
        """Who vouches for it by HTTPS; clients are told to trust it by its files.

        Raises:
            MissingExtraError: trustme is not installed.
        """
        return self._secured()[1]

    @property
    def ca_file(self) -> Path:
        """The CA that vouches for it by HTTPS, and for nothing else.

        Raises:
            MissingExtraError: trustme is not installed.
        """
        return self.authority.ca_file

    @property
    def proxy_url(self) -> str:
        """The URL of its proxy, which leads the API's hosts here, and nothing else out.

        Raises:
            MissingExtraError: trustme is not installed.
        """
        return self._proxied()[0]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What clients wanted of its proxy, in order; the last 10,000."""
        return () if self._proxy is None else self._proxy[1].passages

    def call(self, work: Coroutine[Any, Any, Made]) -> Made:
        """Do something on the loop of the app, and return what came of it; on any thread but that of the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _secured(self) -> tuple[str, Authority]:
        """Listen by HTTPS too, on a port of its own, unless that is done."""
        with self._opening:
            if self._https is None:
                authority = self._given_authority or Authority(self._folder() / "ca.pem", *HOSTS)
                listening = self._resources.enter_context(listen("127.0.0.1", 0))
                self.call(serve_https(self, listening, authority.context(self._certificate)))
                self._https = address(listening, scheme="https"), authority
        return self._https

    def _proxied(self) -> tuple[str, Proxy]:
        """Serve a proxy too, unless that is done."""
        with self._opening:
            if self._proxy is None:
                places = {443: place_of(self.https_url), 80: place_of(self._url)}
                proxy = Proxy(Ways(places, allowed=self._allowed))
                listening = self._resources.enter_context(listen("127.0.0.1", 0))
                self.servers.append(self.call(proxy.serve(listening)))
                self._proxy = address(listening), proxy
        return self._proxy

    def _folder(self) -> Path:
        """Return a folder that only this user may open, and that goes with the server."""
        return Path(self._resources.enter_context(TemporaryDirectory()))

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
        if self._proxy is not None:
            self._proxy[1].stop()
        await self.lifespan.shutdown()

    async def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        requests = list(self.server_state.tasks)
        for request in requests:
            request.cancel()
        await asyncio.gather(*requests, return_exceptions=True)
