"""Bodies of uploads as they come in: piece by piece, and never more of them than a bound."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from mock_server.core.file_errors import FileTooLarge

PORTION: Final = 262_144
"""How many bytes are dealt with at once, however many came."""


async def read_pieces(headers: Mapping[bytes, bytes], receive: Receive, *, most: int) -> AsyncIterator[memoryview]:
    """Yield a body in pieces.

    Raises:
        FileTooLarge: It is longer than `most` bytes, or says so before it comes.
        ClientDisconnect: The client went away.
    """
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > most:
        raise FileTooLarge(f"at most {most} bytes of a body are read", clauses=("FILE-LIMIT",))
    taken, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece, more = memoryview(message.get("body", b"")), message.get("more_body", False)
        taken += len(piece)
        if taken > most:
            raise FileTooLarge(f"at most {most} bytes of a body are read", clauses=("FILE-LIMIT",))
        for start in range(0, len(piece), PORTION):
            yield piece[start : start + PORTION]
