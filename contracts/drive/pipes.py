"""Connections that never leave the process: bytes go between two threads, or between two parts of one event loop.

A pipe carries bytes one way. It has a clock of its own, which stands still but when the sender holds on: then time
passes at once, as far as the reader is patient, so that nobody waits for it. A line is a pair of pipes as a client has
it; `pipe_transport.py` is the side of whoever speaks a protocol of asyncio.
"""

import asyncio
import errno
import math
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Ending: TypeAlias = Literal["closed", "reset"]
"""How the bytes of a pipe end: with a FIN or with a RST."""

Tell: TypeAlias = Callable[[], object]
"""What is called, on any thread, when there is something to see."""

Connect: TypeAlias = Callable[[str, str, int], "Line"]
"""Opens a connection, given what the client believes: the scheme, the host and the port."""

Busy: TypeAlias = Callable[[], AbstractContextManager[object]]
"""Entered while a client waits for the head of an answer."""


def _ignore() -> None:
    """Do nothing."""


class Pipe:
    """Bytes on their way in one direction, whichever threads are at its ends.

    `clock` is in seconds; who holds `lock` does several things as one.
    """

    def __init__(self) -> None:
        self.clock = 0.0
        self.lock = threading.RLock()
        self._bytes = bytearray()
        self._ending: Ending | None = None
        self._reader: Tell | None = None
        self._patient_until = math.inf
        self._late = False
        self._held_until: float | None = None
        self._sender: Tell = _ignore

    @property
    def ready(self) -> bool:
        """Tell whether there are bytes, or none will come."""
        return bool(self._bytes) or self._ending is not None

    @property
    def was_reset(self) -> bool:
        """Tell whether it has ended with a RST."""
        return self._ending == "reset"

    def put(self, data: bytes) -> None:
        """Send bytes; after the end they are lost."""
        with self.lock:
            if self._ending is None:
                self._bytes += data
            self._tell()

    def end(self, ending: Ending) -> None:
        """End after what has been put; of several endings the first counts."""
        with self.lock:
            self._ending = self._ending or ending
            self._tell()

    def hold(self, seconds: float, passed: Tell = _ignore) -> None:
        """Let so many seconds pass for the reader before anything else comes, and tell when they have.

        For a reader that is not so patient it is told when its time is over; time that has no end ends the patience of
        any. The reader itself learns it by `excuse`.
        """
        with self.lock:
            self._held_until, self._sender = self.clock + seconds, passed
            self._pass_time()

    @property
    def is_held(self) -> bool:
        """Tell whether time has still to pass."""
        return self._held_until is not None

    def release(self) -> None:
        """Let no more time pass."""
        with self.lock:
            self._held_until = None

    def excuse(self) -> None:
        """Tell a reader that its patience is over, if it is."""
        with self.lock:
            if self._late:
                self._tell_reader()

    def expect(self, reader: Tell, patience: float = math.inf) -> None:
        """Tell a reader, once, when something has come or so many seconds have passed."""
        with self.lock:
            self._reader, self._patient_until, self._late = reader, self.clock + patience, False
            self._tell()
            self._pass_time()

    def forget(self) -> None:
        """Tell the reader nothing more."""
        with self.lock:
            self._reader = None

    def take(self, most: int) -> bytes:
        """Return at most so many bytes that have come, or none at the end, as a socket does that does not block.

        Raises:
            BlockingIOError: Nothing has come yet.
            ConnectionResetError: It was reset.
            TimeoutError: The reader's patience is over.
        """
        with self.lock:
            if self._bytes:
                taken = bytes(self._bytes[:most])
                del self._bytes[:most]
                return taken
            if self.was_reset:
                raise _connection_reset()
            if self._ending is None:
                raise TimeoutError("timed out") if self._late else BlockingIOError
            return b""

    def _tell(self) -> None:
        """Tell the reader, who has to ask again."""
        if self.ready:
            self._tell_reader()

    def _tell_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader()

    def _pass_time(self) -> None:
        """Move the clock, if both the one who waits and the one who lets wait are there."""
        if self._held_until is None or self._reader is None or self.ready:
            return
        if self._patient_until <= self._held_until:
            if math.isfinite(self._patient_until):
                self.clock = self._patient_until
            self._late = True
        else:
            self.clock, self._held_until = self._held_until, None
        self._sender()


class Line:
    """A connection to a server in this process, as a client has it. `protocol` is what serves it, once it does.

    Args:
        scheme: What the client believes to speak, http or https; the bytes are plain either way.
        host: Whom it believes to have reached.
        port: By which port.
        server: The thread that serves, which cannot wait for itself.
    """

    def __init__(self, scheme: str, host: str, port: int, *, server: int) -> None:
        self.scheme = scheme
        self.host = host
        self.port = port
        self.to_server: Final = Pipe()
        self.to_client: Final = Pipe()
        self.protocol: HttpToolsProtocol | None = None
        self._server = server

    @property
    def is_readable(self) -> bool:
        """Tell whether something has come, or the connection has ended."""
        return self.to_client.ready

    @property
    def is_served_here(self) -> bool:
        """Tell whether the thread that asks is the one that serves."""
        return threading.get_ident() == self._server

    def send(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            ConnectionResetError: The server has reset the connection.
        """
        if self.to_client.was_reset:
            raise _connection_reset()
        self.to_server.put(data)

    def receive(self, most: int, patience: float | None) -> bytes:
        """Return at most so many bytes, or none at the end; wait for them for so many seconds, None for ever.

        Raises:
            ConnectionResetError: The server has reset the connection.
            TimeoutError: Nothing came in time.
            RuntimeError: The thread that would wait is the one that serves.
        """
        if self.is_served_here:
            raise RuntimeError(
                "a client that is not asynchronous would wait for the simulator on the thread that serves it; "
                "serve by `with` instead of `async with`, or call the client on another thread"
            )
        told = threading.Event()
        self.to_client.expect(told.set, math.inf if patience is None else patience)
        try:
            if not told.wait(patience):
                raise TimeoutError("timed out")
        finally:
            self.to_client.forget()
        return self.to_client.take(most)

    async def receive_async(self, most: int, patience: float | None) -> bytes:
        """Do as `receive`, on the event loop that runs."""
        try:
            await until_told(
                lambda tell: self.to_client.expect(tell, math.inf if patience is None else patience), patience
            )
        finally:
            self.to_client.forget()
        return self.to_client.take(most)

    def close(self) -> None:
        """End the connection."""
        self.to_server.end("closed")


def call_soon(loop: asyncio.AbstractEventLoop, callback: Tell) -> None:
    """Have a loop call something, from any thread; a loop that has ended has nothing left to do."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(callback)


async def until_told(ask: Callable[[Tell], object], patience: float | None) -> None:
    """Ask for something, and wait for so many seconds to be told; None for ever. The loop is asyncio's or trio's.

    Args:
        ask: Gets what is to be called, from any thread.
        patience: How long to wait.

    Raises:
        TimeoutError: Nothing was told in time.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        await _until_told_in_trio(ask, patience)
        return
    told = asyncio.Event()
    ask(lambda: call_soon(loop, told.set))
    async with asyncio.timeout(patience):
        await told.wait()


async def _until_told_in_trio(ask: Callable[[Tell], object], patience: float | None) -> None:
    import trio  # noqa: PLC0415 - no other loop can be running here

    told, token = trio.Event(), trio.lowlevel.current_trio_token()

    def tell() -> None:
        with suppress(RuntimeError):  # a loop that has ended has nothing left to do
            token.run_sync_soon(told.set)

    ask(tell)
    with trio.move_on_after(math.inf if patience is None else patience):
        await told.wait()
        return
    raise TimeoutError("timed out")


def _connection_reset() -> ConnectionResetError:
    """Return the error of a connection that the other side has reset."""
    return ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
