"""Bodies of requests as they come in: piece by piece, and never more of them than a bound."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from mock_server.core.errors import ApiError, BodyTooLarge, UnsupportedMediaType
from mock_server.core.wording import shown_value

JSON: Final = b"application/json"

PORTION: Final = 262_144
"""How many bytes are dealt with at once, coming in or going out, so that a large body does not hold up others."""


async def read_pieces(
    headers: Mapping[bytes, bytes], receive: Receive, *, most: int, refusal: Callable[[str], ApiError]
) -> AsyncIterator[memoryview]:
    """Yield a body in pieces.

    Args:
        headers: The headers of its request.
        receive: Where it comes from.
        most: How many bytes of it are read.
        refusal: Makes the error of a longer one, out of what is wrong with it.

    Raises:
        ApiError: It is longer, or says so before it comes.
        ClientDisconnect: The client went away.
    """
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > most:
        raise refusal(f"at most {most} bytes are read, got {int(length)}")
    taken, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece, more = memoryview(message.get("body", b"")), message.get("more_body", False)
        taken += len(piece)
        if taken > most:
            raise refusal(f"at most {most} bytes are read")
        for start in range(0, len(piece), PORTION):
            yield piece[start : start + PORTION]


async def try_read_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes | ApiError:
    """Read a JSON request's body, up to a limit in bytes, or return what is wrong with it.

    That is UnsupportedMediaType where it says that it is something other than JSON, or BodyTooLarge.

    Raises:
        ClientDisconnect: The client went away.
    """
    try:
        check_media_type(headers)
        return await read_bytes(headers, receive, limit)
    except ApiError as error:
        return error


def check_media_type(headers: Mapping[bytes, bytes]) -> None:
    """Refuse a body that says that it is something other than JSON; saying nothing is taken for JSON.

    Raises:
        UnsupportedMediaType: It does.
    """
    declared = headers.get(b"content-type")
    if declared is not None and declared != JSON and declared.split(b";")[0].strip().lower() != JSON:
        raise UnsupportedMediaType(f"got {shown_value(declared.decode('latin-1'))}", clauses=("HTTP-415",))


async def read_bytes(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """Read a request's body, whatever it is, up to a limit in bytes.

    Raises:
        BodyTooLarge: It is longer than the limit.
        ClientDisconnect: The client went away.
    """
    pieces = read_pieces(headers, receive, most=limit, refusal=_too_large)
    return b"".join([piece async for piece in pieces])


def _too_large(detail: str) -> BodyTooLarge:
    return BodyTooLarge(detail, clauses=("HTTP-413",))
