"""Clients of aiohttp on connections in memory."""

import asyncio
import errno
import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any, Final, cast
from unittest.mock import patch

from aiohttp import BaseConnector, ClientConnectorError, ClientRequest, ClientTimeout, TCPConnector
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from contracts.drive.in_process import InProcess
from contracts.drive.pipe_transport import PipeTransport
from contracts.drive.pipes import Busy, Connect, Line
from contracts.drive.reach import Reach, Refused


class InProcessConnector(BaseConnector):
    """What a session takes, so that its requests go to a server in this process.

    Args:
        connect: Opens connections to it.
    """

    def __init__(self, connect: Connect) -> None:
        super().__init__()
        self._open: Final = connect

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> Connection:  # noqa: ASYNC109 - as aiohttp has it
        """Return a connection that is free, or a new one, and tell it how long this request may take."""
        connection = await super().connect(req, traces, timeout)
        _transport_of(connection).begin(req, connection, timeout)
        return connection

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: list[Trace],  # noqa: ARG002 - as aiohttp has it
        timeout: ClientTimeout,  # noqa: ARG002, ASYNC109 - the same
    ) -> ResponseHandler:
        """Open a connection."""
        url, handler = req.url, self._factory()
        ClientTransport(self._loop, self._open(url.scheme, url.host or "", url.port or 0), handler)
        return handler


@contextmanager
def lead_aiohttp(in_process: InProcess, *, reach: Reach, busy: Busy) -> Iterator[None]:
    """Lead the connectors of all sessions to a server in this process, as long as this is open.

    A connector keeps what it is set to, and the connections to the server with the others, which it takes them not for.
    """
    connect, create = TCPConnector.connect, TCPConnector._create_connection  # noqa: SLF001 - there is no other way in

    async def connect_led(self: Any, req: Any, traces: list[Trace], timeout: ClientTimeout) -> Connection:  # noqa: ASYNC109 - as aiohttp has it
        """Connect where the request is to go: to the server in this process, elsewhere, or nowhere."""
        url = req.url
        try:
            if isinstance(req, LedRequest) or not reach.leads(
                req.method, url.scheme, url.host or "", url.port, url.path
            ):
                return await connect(self, req, traces, timeout)
        except Refused as refused:
            refusal = OSError(errno.ECONNREFUSED, str(refused))
            raise ClientConnectorError(req.connection_key, refusal) from None
        connection = await connect(self, cast("ClientRequest", LedRequest(req, in_process)), traces, timeout)
        _transport_of(connection).begin(req, connection, timeout)
        return connection

    async def create_led(self: Any, req: Any, traces: list[Trace], timeout: ClientTimeout) -> ResponseHandler:  # noqa: ASYNC109 - the same
        """Open a connection in memory for what is led."""
        if not isinstance(req, LedRequest):
            return await create(self, req, traces, timeout)
        url = req.url
        handler: ResponseHandler = self._factory()
        line = in_process.connect(url.scheme, url.host or "", url.port or 0)
        ClientTransport(asyncio.get_running_loop(), line, handler, busy)
        return handler

    with (
        patch.object(TCPConnector, "connect", connect_led),
        patch.object(TCPConnector, "_create_connection", create_led),
    ):
        yield


class LedRequest:
    """As much of a request as a connector looks at; its connection is kept apart from those to the network.

    Args:
        request: The request.
        in_process: Where it is led.
    """

    proxy = None

    def __init__(self, request: ClientRequest, in_process: InProcess) -> None:
        self.url = request.url
        key = request.connection_key
        self.connection_key = key._replace(proxy=None, proxy_auth=None, proxy_headers_hash=id(in_process))


class ClientTransport(PipeTransport):
    """The client's side of a line, which knows how long the request under way may take.

    Args:
        loop: The client's.
        line: The connection.
        handler: Gets what comes.
        busy: Entered from when a request is sent until something comes.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, line: Line, handler: ResponseHandler, busy: Busy = nullcontext
    ) -> None:
        self._handler = handler
        self._busy = busy
        self._waiting = ExitStack()
        self._total_until = self._between_bytes = math.inf
        self._heard = False
        super().__init__(loop, line.to_client, line.to_server, handler)

    @property
    def patience(self) -> float:
        """For how many seconds the request waits for what comes; once it is answered, nobody does."""
        payload = self._handler._payload  # noqa: SLF001 - what aiohttp itself looks at
        if self._heard and payload is not None and payload.is_eof():
            return math.inf
        return min(self._total_until - self.incoming.clock, self._between_bytes)

    def begin(self, request: ClientRequest, connection: Connection, timeout: ClientTimeout) -> None:
        """Take the times of a request that is about to be sent; `connection` is closed once it has been answered."""
        self._request = request
        self._connection = connection
        self._total_until = self.incoming.clock + (timeout.total or math.inf)
        self._between_bytes = timeout.sock_read or math.inf
        self._heard = False
        self._waiting.enter_context(self._busy())
        self.resume_reading()

    def leave(self, error: OSError | None) -> None:
        """End the connection, because of an error or without one."""
        self._waiting.close()
        super().leave(error)

    def fail(self, error: OSError) -> None:
        """Let the time of the request under way be over, or the connection be lost."""
        self._waiting.close()
        if not isinstance(error, TimeoutError):
            super().fail(error)
        elif self._connection.closed:
            return
        elif self._total_until <= self.incoming.clock:
            self._request._timer.timeout()  # type: ignore[attr-defined] # noqa: SLF001 - what aiohttp's own clock calls
        else:
            self._handler._on_read_timeout()  # noqa: SLF001 - the same

    def _hand_over(self, data: bytes) -> None:
        self._waiting.close()
        self._heard = True
        super()._hand_over(data)


def _transport_of(connection: Connection) -> ClientTransport:
    transport = connection.transport
    assert isinstance(transport, ClientTransport)  # noqa: S101 - no other is made here
    return transport
