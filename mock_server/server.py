"""Running the simulator as a server of its own: the socket, the banner, the ready file, a clean stop."""

import asyncio
import gc
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import uvicorn

from mock_server.access_log import AccessLog
from mock_server.app import create_app
from mock_server.banner import KEY, banner
from mock_server.settings import Settings
from mock_server.store import SqliteStore

_BACKLOG: Final = 2_048
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)

Write = Callable[[str], object]
"""Where text for a person goes."""


class ServerError(RuntimeError):
    """The server cannot start. The message says why, and what to do."""


class Server(uvicorn.Server):
    """uvicorn, stopped cleanly by SIGINT and SIGTERM and telling when it answers.

    Args:
        config: uvicorn's.
        ready: Called once requests are answered.
    """

    def __init__(self, config: uvicorn.Config, *, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then tell so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal and end with exit code 0; uvicorn itself would raise the signal again."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)


def run_server(settings: Settings, *, write: Write) -> None:
    """Serve until a signal comes.

    Raises:
        ServerError: The address or the port cannot be had, or the ready file cannot be written.
        StateError: The state file cannot be used.
    """
    ready_file = None if settings.ready_file is None else Path(settings.ready_file)
    listening = listen(settings.host, settings.port)
    store = SqliteStore(None if settings.state is None else Path(settings.state))
    log = AccessLog(write)
    app = create_app(settings, store=store, finished=log.add if settings.access_log else None)
    url = address(listening)

    def ready() -> None:
        if ready_file is not None:
            write_ready_file(ready_file, url)
        write(banner(settings, url))

    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, backlog=_BACKLOG)
    _quieten_collector()
    try:
        Server(config, ready=ready).run(sockets=[listening])
    finally:
        log.flush()
        if ready_file is not None:
            with suppress(OSError):
                ready_file.unlink()


def listen(host: str, port: int) -> socket.socket:
    """Bind a TCP socket. It says that it is TCP, without which asyncio leaves out TCP_NODELAY (44 ms a request).

    Raises:
        ServerError: The address or the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise ServerError(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another with --port (0 picks a free one)"
        ) from error
    return bound


def address(listening: socket.socket) -> str:
    """Return the URL by which this machine reaches the socket."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def write_ready_file(path: Path, url: str) -> None:
    """Write where the server is, in one step, so that nobody reads half a file.

    Raises:
        ServerError: It cannot be written.
    """
    half = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        half.write_text(json.dumps({"url": url, "key": KEY, "pid": os.getpid()}) + "\n", "utf-8")
        half.replace(path)
    except OSError as error:
        raise ServerError(f"the ready file {path} cannot be written: {error.strerror}") from error


def _quieten_collector() -> None:
    """Keep the garbage collector from pausing a busy server; a guest in another process must not do this."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 10_000)
