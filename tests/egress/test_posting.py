"""One request on a connection of its own."""

import asyncio

import pytest

from mock_server.egress.posting import Connection, connect


@pytest.mark.anyio
async def test_hanging_up_can_be_cancelled() -> None:
    """Whoever waits for the end of a connection may be stopped: it ends all the same, and nothing fails for that."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0)
    ended = asyncio.Event()

    class Watched(Connection):
        def connection_lost(self, error: Exception | None) -> None:
            super().connection_lost(error)
            ended.set()

    async with server:
        connection = await connect("127.0.0.1", server.sockets[0].getsockname()[1], None, Watched)
        closing = asyncio.ensure_future(connection.close())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.wait_for(ended.wait(), 5)
    assert closing.cancelled()
