"""HTTP as our own server speaks it: uvicorn's protocol, which hands the app the connection by which a request came."""

import asyncio
from itertools import count
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mock_server.http.connection import CONNECTION, Connection

_NUMBERS: Final = "mock_server.connections"


class Protocol(HttpToolsProtocol):
    """One connection, numbered in the order in which the server took them."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Give the connection its number."""
        super().connection_made(transport)
        number = next(self.app_state.setdefault(_NUMBERS, count(1)))
        self._connection = Connection(number, transport)
        self.app_state = {**self.app_state, CONNECTION: self._connection}

    def connection_lost(self, error: Exception | None) -> None:
        """Tell who waits on the connection; uvicorn tells the last of pipelined requests alone."""
        self._connection.lose()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Read requests, as long as any are served."""
        if not self._connection.taken:
            super().data_received(data)

    def on_headers_complete(self) -> None:
        """Begin a request."""
        earlier = self.cycle
        super().on_headers_complete()
        if self.cycle is not earlier:  # which it is when something other than HTTP is asked for
            self._connection.begin(self.cycle)

    def shutdown(self) -> None:
        """Stop: when what is under way has been answered, and at once where nothing more would be sent."""
        super().shutdown()
        self._connection.stop()
