"""Clients of aiohttp on connections in memory."""

import asyncio
import math
from typing import Final

from aiohttp import BaseConnector, ClientRequest, ClientTimeout
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from contracts.drive.pipe_transport import PipeTransport
from contracts.drive.pipes import Connect, Line


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
        transport = connection.transport
        assert isinstance(transport, ClientTransport)  # noqa: S101 - no other is made here
        transport.begin(req, connection, timeout)
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


class ClientTransport(PipeTransport):
    """The client's side of a line, which knows how long the request under way may take.

    Args:
        loop: The client's.
        line: The connection.
        handler: Gets what comes.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, line: Line, handler: ResponseHandler) -> None:
        self._handler = handler
        self._total_until = self._between_bytes = math.inf
        super().__init__(loop, line.to_client, line.to_server, handler)

    @property
    def patience(self) -> float:
        """For how many seconds the request waits for what comes."""
        return min(self._total_until - self.incoming.clock, self._between_bytes)

    def begin(self, request: ClientRequest, connection: Connection, timeout: ClientTimeout) -> None:
        """Take the times of a request that is about to be sent; `connection` is closed once it has been answered."""
        self._request = request
        self._connection = connection
        self._total_until = self.incoming.clock + (timeout.total or math.inf)
        self._between_bytes = timeout.sock_read or math.inf
        self.resume_reading()

    def fail(self, error: OSError) -> None:
        """Let the time of the request under way be over, or the connection be lost."""
        if not isinstance(error, TimeoutError):
            super().fail(error)
        elif self._connection.closed:
            return
        elif self._total_until <= self.incoming.clock:
            self._request._timer.timeout()  # type: ignore[attr-defined] # noqa: SLF001 - what aiohttp's own clock calls
        else:
            self._handler._on_read_timeout()  # noqa: SLF001 - the same
