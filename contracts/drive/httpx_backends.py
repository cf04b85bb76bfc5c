"""Clients of httpx and httpx2 on connections in memory: what their cores take in the place of the network.

The cores, httpcore and httpcore2, have the same shape, and each is given its own errors to handle.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from types import ModuleType
from typing import Any, Final, Self, TypeVar

from contracts.drive.pipes import Connect, Line

Transport = TypeVar("Transport")

NO_CERTIFICATES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Saves a transport from reading the system's certificates, which nobody is going to show."""


class BaseStream:
    """A connection as a core sees it: it is opened by what goes out first, as only then it is known to be safe or not.

    Args:
        connect: Opens it.
        host: To which host.
        port: To which port.
        core: The library that sees it.
        scheme: What it is to begin with.
    """

    def __init__(self, connect: Connect, host: str, port: int, core: ModuleType, *, scheme: str = "http") -> None:
        self._connect = connect
        self._host = host
        self._port = port
        self._core = core
        self._scheme = scheme

    def get_extra_info(self, info: str) -> object:
        """Tell whether the connection of an idle client has something to read, which means that it has ended."""
        return self.line.is_readable if info == "is_readable" else None

    @cached_property
    def line(self) -> Line:
        """The connection itself."""
        return self._connect(self._scheme, self._host, self._port)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise self._core.ReadTimeout(error) from error
        except OSError as error:
            raise self._core.ReadError(error) from error

    def _send(self, data: bytes) -> None:
        try:
            self.line.send(data)
        except OSError as error:
            raise self._core.WriteError(error) from error


class Stream(BaseStream):
    """The connection of a client that is not asynchronous."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: D102 - as the core has it
        with self._reading():
            return self.line.receive(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, D102 - as the core has it
        self._send(buffer)

    def start_tls(self, *_: object, **__: object) -> Self:
        """Believe to be safe."""
        self._scheme = "https"
        return self

    def close(self) -> None:
        """End the connection."""
        self.line.close()


class AsyncStream(BaseStream):
    """The connection of a client that is asynchronous."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109, D102 - as the core has it
        with self._reading():
            return await self.line.receive_async(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109, D102 - the same
        self._send(buffer)

    async def start_tls(self, *_: object, **__: object) -> Self:
        """Believe to be safe."""
        self._scheme = "https"
        return self

    async def aclose(self) -> None:
        """End the connection."""
        self.line.close()


class Backend:
    """A network on which every address leads to one server, for clients that are not asynchronous.

    Args:
        connect: Opens connections to it.
        core: The library whose network it is.
    """

    def __init__(self, connect: Connect, core: ModuleType) -> None:
        self._connect = connect
        self._core = core

    def connect_tcp(self, host: str, port: int, **_: object) -> Stream:
        """Return a connection."""
        return Stream(self._connect, host, port, self._core)


class AsyncBackend:
    """The same for clients that are asynchronous.

    Args:
        connect: Opens connections to the server.
        core: The library whose network it is.
    """

    def __init__(self, connect: Connect, core: ModuleType) -> None:
        self._connect = connect
        self._core = core

    async def connect_tcp(self, host: str, port: int, **_: object) -> AsyncStream:
        """Return a connection."""
        return AsyncStream(self._connect, host, port, self._core)


def reconnect(transport: Transport, backend: Backend | AsyncBackend) -> Transport:
    """Give a transport of httpx or httpx2 another network, and return it."""
    pool: Any = transport
    pool._pool._network_backend = backend  # noqa: SLF001 - neither transport has an argument for it
    return transport
