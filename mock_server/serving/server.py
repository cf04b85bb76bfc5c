"""Running the simulator as a server of its own: the socket, the banner, the ready file, a clean stop."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
import uvicorn
from starlette.types import ASGIApp

from mock_server.app import create_app
from mock_server.entrance.entrance import Entrance, opened
from mock_server.entrance.ready import Ready, write_ready_file
from mock_server.hosts import API_HOST
from mock_server.http.listening import BACKLOG, ServerError, address, listen
from mock_server.http.protocol import Protocol
from mock_server.serving.access_log import AccessLog
from mock_server.serving.banner import KEY, banner
from mock_server.settings import Settings
from mock_server.store import SqliteStore

_FILES: Final = 8_192
"""How many files and connections the server may need: the attempts under way, and as many clients."""

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_PATIENCE_SECONDS: Final = 3
"""How long a stop waits for requests that are under way."""

_FAREWELL_SECONDS: Final = 0.1
"""How long requests have to notice that their connections have ended."""

Write = Callable[[str], object]
"""Where text for a person goes."""


class Server(uvicorn.Server):
    """uvicorn, stopped cleanly by SIGINT and SIGTERM and telling when it answers.

    Args:
        config: uvicorn's.
        ready: Called once requests are answered.
        entrance: More ways in, if there are any.
        dismiss: Called once the server is to stop, for who would listen until then.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        ready: Callable[[], object],
        entrance: Entrance | None = None,
        dismiss: Callable[[], object],
    ) -> None:
        super().__init__(config)
        self._dismiss = dismiss
        self._ready = ready
        self._entrance = entrance

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then tell so; if that cannot be done, stop again before the error goes on."""
        await super().startup(sockets)
        try:
            if self._entrance is not None:
                await self._entrance.open(self)
            self._ready()
        except ServerError:
            await self.shutdown(sockets)
            raise

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let requests that are under way end, but not for long: then hang up."""
        self._dismiss()
        asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, self._hang_up)
        if self._entrance is not None:
            self._entrance.shut()
        await super().shutdown(sockets)
        if self._entrance is not None:
            self._entrance.clear()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal and end with exit code 0; uvicorn itself would raise the signal again."""
        earlier = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)

    def _hang_up(self) -> None:
        """End the connections that are left, which ends most requests; then give up those that a plan holds."""
        for connection in self.server_state.connections:
            connection.transport.abort()
        asyncio.get_running_loop().call_later(_FAREWELL_SECONDS, self._give_up)

    def _give_up(self) -> None:
        for request in self.server_state.tasks:
            request.cancel()


def run_server(settings: Settings, *, write: Write) -> None:
    """Serve until a signal comes.

    Raises:
        ServerError: The address or the port cannot be had, or the ready file cannot be written.
        StateError: The state file cannot be used.
    """
    with (
        closing(listen(settings.host, settings.port)) as listening,
        listen_on_own_ports(settings) as (control_port, files_port),
        opened(settings, listening) as entrance,
    ):
        store = SqliteStore(None if settings.state is None else Path(settings.state))
        log = AccessLog(write)
        own = {"control_port": control_port, "files_port": files_port}
        ports = {name: bound.getsockname()[1] for name, bound in own.items() if bound is not None}
        settings = msgspec.structs.replace(settings, **ports)
        app = create_app(settings, store=store, finished=log.add if settings.access_log else None)
        log.contract = app.state.contract
        quieten_collector()
        raise_file_limit()
        ready = Ready(
            url=address(listening),
            control=address(control_port or listening) if settings.control else None,
            files=address(files_port or listening),
            key=KEY,
            pid=os.getpid(),
        )
        with announced(settings, ready if entrance is None else entrance.tell(ready), write) as announce:
            bound = [each for each in (listening, control_port, files_port) if each is not None]
            dismiss = app.state.universes.dismiss
            Server(configured(app), ready=announce, entrance=entrance, dismiss=dismiss).run(sockets=bound)
        log.flush()


def configured(app: ASGIApp) -> uvicorn.Config:
    """Return how uvicorn is to serve an app: by our protocol, which numbers connections."""
    return uvicorn.Config(
        app, http=Protocol, log_level="warning", access_log=False, server_header=False, backlog=BACKLOG
    )


@contextmanager
def listen_on_own_ports(settings: Settings) -> Iterator[tuple[socket.socket | None, socket.socket | None]]:
    """Yield the own sockets of the control API and of the file service, where they have one; close them in the end.

    Raises:
        ServerError: A port cannot be had.
    """
    with ExitStack() as stack:

        def own(port: int | None, option: str) -> socket.socket | None:
            return None if port is None else stack.enter_context(closing(listen(settings.host, port, option=option)))

        control = own(settings.control_port if settings.control else None, "--control-port")
        yield control, own(settings.files_port, "--files-port")


@contextmanager
def announced(settings: Settings, told: Ready, write: Write) -> Iterator[Callable[[], None]]:
    """Yield what tells others where the server answers; take the ready file away at the end."""
    ready_file = None if settings.ready_file is None else Path(settings.ready_file)

    def ready() -> None:
        if ready_file is not None:
            write_ready_file(ready_file, told)
        files = None if settings.files_port is None else told.files
        write(banner(settings, told.url, told.control, files, ways_in=dict(_ways_in(told))))

    try:
        yield ready
    finally:
        if ready_file is not None:
            with suppress(OSError):
                ready_file.unlink()


def _ways_in(told: Ready) -> Iterator[tuple[str, str]]:
    """Yield what the banner says of ways in beside the API's own port."""
    if told.https is not None:
        yield "https", f"{told.https}; clients must trust the CA in {told.ca_file}"
    if told.proxy is not None:
        yield "proxy", f'{told.proxy}; eval "$(evolink-mock env)" leads clients of https://{API_HOST} here'


def raise_file_limit() -> None:
    """Let this process have as many connections as it may; many systems allow 1,024 or 256 unless they are asked."""
    try:
        import resource  # noqa: PLC0415 - not on Windows, which has no such limit
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def quieten_collector() -> None:
    """Keep the garbage collector from pausing a busy server; a guest in another process must not do this."""
    gc.freeze()
    gc.set_threshold(50_000, 50, 10_000)
