"""The sockets that a server listens on, and what serves by them."""

import asyncio
import errno
import socket
import ssl
from typing import Final

import uvicorn

from mock_server.http.protocol import Protocol

BACKLOG: Final = 2_048
"""How many connections may wait to be taken."""


class ServerError(RuntimeError):
    """The server cannot start. The message says why, and what to do."""


def listen(host: str, port: int, *, option: str = "--port") -> socket.socket:
    """Open a TCP socket; `option` is what sets its port.

    It says that it is TCP, without which asyncio leaves out TCP_NODELAY (44 ms a request).

    Raises:
        ServerError: The address or the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(BACKLOG)
    except (OSError, UnicodeError) as error:
        bound.close()
        raise ServerError(f"cannot listen on {host} port {port}: {_advice(error, option)}") from error
    return bound


def address(listening: socket.socket, *, scheme: str = "http") -> str:
    """Return the URL by which this machine reaches the socket."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


async def serve_https(server: uvicorn.Server, listening: socket.socket, context: ssl.SSLContext) -> None:
    """Let a server that has started serve its app by HTTPS too, on another socket, until it shuts down."""

    def converse() -> Protocol:
        return Protocol(config=server.config, server_state=server.server_state, app_state=server.lifespan.state)

    loop = asyncio.get_running_loop()
    server.servers.append(await loop.create_server(converse, sock=listening, ssl=context, backlog=BACKLOG))


def _advice(error: OSError | UnicodeError, option: str) -> str:
    """Say why a socket cannot be bound, and what to do about it."""
    if isinstance(error, OSError) and error.errno in {errno.EADDRINUSE, errno.EACCES}:
        return f"{error.strerror}; choose another with {option} (0 picks a free one)"
    reason = error.strerror if isinstance(error, OSError) else "not a host name"
    return f"{reason}; choose an address of this machine with --host"
