"""Connections that httpx's cores keep in their pools like any other, and that lead to a simulator in this process.

A request that no plan can strike takes the short way (`direct.py`); the rest is spoken by the core itself, over bytes
in memory. Each connection is one of the simulator's either way, and counts what comes by it.
"""

import threading
import time
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any

from contracts.drive.direct import Content, Question, read_question
from contracts.drive.httpx_backends import AsyncStream, BaseStream, Stream
from contracts.drive.in_process import InProcess
from contracts.drive.pipes import Busy, Tell, until_told


class Simulated:
    """What is added to a core's HTTP/1.1 connection, which is its other base.

    Args:
        core: The library whose connection it is.
        stream: Where its bytes go.
        origin: What the pool knows it by.
        keepalive_expiry: For how many seconds it is kept when nobody uses it; None for ever.
        in_process: Where it leads.
        busy: Entered while an answer is awaited.
    """

    _state: Any
    _expire_at: float | None
    _state_lock: Any

    def __init__(
        self,
        core: ModuleType,
        stream: BaseStream,
        origin: Any,
        *,
        keepalive_expiry: float | None,
        in_process: InProcess,
        busy: Busy,
    ) -> None:
        super().__init__(origin, stream, keepalive_expiry)  # type: ignore[call-arg] # the other base has it
        self._core = core
        self._stream = stream
        self._expiry = keepalive_expiry
        self._in_process = in_process
        self._busy = busy
        self._states: Any = type(self._state)

    def _read_question(self, request: Any) -> Question | None:
        """Return a request as a question, if it can be one and the simulator is on another thread than we."""
        return None if self._stream.line.is_served_here else read_question(request)

    def _begin(self) -> Any:
        """Take the connection for a request, and return what it was before."""
        before = self._state
        if before not in {self._states.NEW, self._states.IDLE}:
            raise self._core.ConnectionNotAvailable
        self._state, self._expire_at = self._states.ACTIVE, None
        return before

    def _late(self, error: TimeoutError) -> Exception:
        late: Exception = self._core.ReadTimeout(error)
        return late

    def _drop(self) -> None:
        """Give the connection up: nobody waits for what it still brings."""
        self._state = self._states.CLOSED
        self._stream.line.close()

    def _answer(self, question: Question) -> Any:
        """Return the core's own response."""
        return self._core.Response(
            question.status,
            headers=question.told,
            content=Content(question.content, self._end),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": question.phrase, "network_stream": self._stream},
        )

    def _end(self) -> None:
        """Let the connection be used again."""
        if self._state == self._states.ACTIVE:
            self._state = self._states.IDLE
            self._expire_at = None if self._expiry is None else time.monotonic() + self._expiry


class SimulatedConnection(Simulated):
    """The connection of a client that is not asynchronous."""

    def handle_request(self, request: Any) -> Any:
        """Send a request, and return its response once its head is there."""
        with self._busy():
            question = self._read_question(request)
            if question is not None and self._ask(question, request.extensions.get("timeout", {}).get("read")):
                return self._answer(question)
            return super().handle_request(request)  # type: ignore[misc] # the other base has it

    def _ask(self, question: Question, patience: float | None) -> bool:
        """Tell whether there is an answer."""
        with self._state_lock:
            before = self._begin()
        told = threading.Lock()
        told.acquire()
        question.tell = told.release
        try:
            self._in_process.ask(self._stream.line, question)
            in_time = told.acquire(timeout=-1 if patience is None else patience)
        except BaseException:
            self._drop()
            raise
        if not in_time:
            self._drop()
            error = TimeoutError("timed out")
            raise self._late(error) from error
        if question.status is None:
            self._state = before
        return question.status is not None


class AsyncSimulatedConnection(Simulated):
    """The connection of a client that is asynchronous."""

    async def handle_async_request(self, request: Any) -> Any:
        """Send a request, and return its response once its head is there."""
        with self._busy():
            question = self._read_question(request)
            if question is not None and await self._ask(question, request.extensions.get("timeout", {}).get("read")):
                return self._answer(question)
            return await super().handle_async_request(request)  # type: ignore[misc] # the other base has it

    async def _ask(self, question: Question, patience: float | None) -> bool:
        """Tell whether there is an answer."""
        before = self._begin()  # without the lock, as nothing else has its turn

        def ask(tell: Tell) -> None:
            question.tell = tell
            self._in_process.ask(self._stream.line, question)

        try:
            await until_told(ask, patience)
        except TimeoutError as error:
            self._drop()
            raise self._late(error) from error
        except BaseException:
            self._drop()
            raise
        if question.status is None:
            self._state = before
        return question.status is not None


@lru_cache
def connection_class(core: ModuleType, *, asynchronous: bool) -> Callable[..., Any]:
    """Return the class of connections of a core."""
    if asynchronous:
        return type("AsyncSimulatedConnection", (AsyncSimulatedConnection, core.AsyncHTTP11Connection), {})
    return type("SimulatedConnection", (SimulatedConnection, core.HTTP11Connection), {})


def open_stream(in_process: InProcess, core: ModuleType, origin: Any, *, asynchronous: bool) -> BaseStream:
    """Return what a connection to an origin sends its bytes by."""
    scheme = origin.scheme.decode().replace("ws", "http")
    stream = AsyncStream if asynchronous else Stream
    return stream(in_process.connect, origin.host.decode(), origin.port, core, scheme=scheme)
