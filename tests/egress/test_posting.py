"""One request on a connection of its own."""

import asyncio
import errno
import socket
import ssl

import pytest

from mock_server.egress.posting import Connection, connect, reason_of


def tls_error(reason: str | None) -> ssl.SSLError:
    """Return an error of TLS as the library raises it."""
    error = ssl.SSLError(1, "of no interest")
    error.reason = reason  # type: ignore[assignment] # the library knows errors without
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (tls_error("WRONG_VERSION_NUMBER"), "the TLS connection failed: wrong version number"),
        (tls_error(None), "the TLS connection failed: no reason given"),
        (socket.gaierror(-2, "of no interest"), "the name cannot be resolved"),
        (ConnectionRefusedError(), "the connection was refused"),
        (BrokenPipeError(), "the connection was reset"),
        (OSError(errno.ENETUNREACH, "of no interest"), "network is unreachable"),
        (TimeoutError(), "timeouterror"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_why_there_was_no_connection(error: OSError, reason: str) -> None:
    """It is said in words of ours, without an address."""
    assert reason_of(error) == reason


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
