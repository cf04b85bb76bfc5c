"""Answers as the bytes that go onto the wire, where a plan wants what no server would send.

An answer that can be said by ASGI is not framed here; the server does that.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Final, TypeAlias, TypeVar

import msgspec

from mock_server.core.plans.reply import Reply
from mock_server.core.plans.script import Script
from mock_server.core.plans.wire import DelayPoint, DisconnectPlan, FramingFault, FramingPlan, Pause

Pair: TypeAlias = tuple[str, str]
Data = TypeVar("Data", bytes, memoryview)

BYTEWISE: Final = frozenset[FramingFault](
    {"trailer", "bad-chunk", "no-last-chunk", "length-and-chunked", "two-lengths", "http10", "bare-lf", "garbage"}
)
"""The framings that no server can be told to send by ASGI."""

GARBAGE: Final = b"\xff" * 64
"""What is sent in the place of an answer."""

FIRST_FINAL: Final = HTTPStatus.OK
"""The least status of an answer that is not provisional."""

_FRAMING_HEADERS: Final = ("content-length", "transfer-encoding")
_CHUNKED: Final = ("transfer-encoding", "chunked")
_LAST_CHUNK: Final = b"0\r\n\r\n"


class Frames(msgspec.Struct, frozen=True):
    """The bytes of an answer: its head to the empty line, and what follows; `early` are provisional answers before."""

    head: bytes
    body: bytes
    early: bytes = b""


def is_bytewise(reply: Reply, script: Script) -> bool:
    """Tell whether an answer must be written byte by byte, because no server would send it.

    That is so for a provisional status too (1xx): no final answer follows it, so it ends with the connection.
    """
    faulty = script.framing is not None and script.framing.fault in BYTEWISE
    cut_or_slow = script.disconnect is not None or script.pause("in-head") is not None
    named = {name for name, _ in reply.headers} | left_out(script)
    own_length = reply.length is not None or not named.isdisjoint(_FRAMING_HEADERS)
    return faulty or cut_or_slow or own_length or reply.status < FIRST_FINAL


def is_bodiless(status: int) -> bool:
    """Tell whether an answer with this status has no body, and no length either."""
    return status < FIRST_FINAL or status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


def left_out(script: Script) -> set[str]:
    """Return the names of the headers that plans leave out."""
    return {name.lower() for plan in script.heads for name in plan.without}


def frame(reply: Reply, script: Script, *, head_only: bool) -> Frames:
    """Frame an answer; to HEAD it is the head alone."""
    fault = None if script.framing is None else script.framing.fault
    if fault == "garbage":
        return Frames(b"", GARBAGE)
    framing, body = _FRAMINGS.get(fault, _plain)(reply)
    said = {name for name, _ in reply.headers} | left_out(script)
    if fault is None and reply.length is None and is_bodiless(reply.status):
        said.add("content-length")
    version = "1.0" if fault == "http10" else "1.1"
    lines = [f"HTTP/{version} {reply.status} {_phrase(reply.status)}", *map(_line, reply.headers)]
    lines += [_line(pair) for pair in framing if pair[0] not in said]
    if script.disconnect is None and "connection" not in said:
        lines.append("connection: close")
    head = ("\n" if fault == "bare-lf" else "\r\n").join([*lines, "", ""]).encode("latin-1")
    return Frames(head, b"" if head_only or is_bodiless(reply.status) else body, provisional(script.framing))


def provisional(framing: FramingPlan | None) -> bytes:
    """Return the provisional answers that go before the final one."""
    times = int(framing.number) if framing is not None and framing.fault == "provisional" else 0
    return b"HTTP/1.1 102 Processing\r\n\r\n" * times


def add_headers(reply: Reply, framing: FramingPlan | None) -> Reply:
    """Return an answer with what a fault of its head adds to it."""
    headers = reply.headers
    if framing is not None and framing.fault == "huge-header":
        headers = (*headers, ("x-mock-padding", "x" * int(framing.number)))
    if framing is not None and framing.fault == "double-headers":
        headers = (*headers, *(pair for pair in headers if pair[0] not in _FRAMING_HEADERS))
    return msgspec.structs.replace(reply, headers=headers)


def cut(frames: Frames, disconnect: DisconnectPlan | None) -> Frames:
    """Return what is sent of an answer before the connection ends."""
    if disconnect is None or disconnect.at == "after-response":
        return frames
    if disconnect.at == "before-response":
        return Frames(b"", b"")
    if disconnect.at == "in-head":
        return msgspec.structs.replace(frames, head=_part(frames.head, disconnect), body=b"")
    return msgspec.structs.replace(frames, body=_part(frames.body, disconnect) if disconnect.at == "in-body" else b"")


def read_head(sent: bytes) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Return the status and the headers of an answer that was sent so far, as whole lines say them; else 0 and none."""
    first, *lines = [line.removesuffix(b"\r") for line in sent.split(b"\n")[:-1]] or [b""]
    status = int(first.split()[1]) if first else 0
    pairs = (line.partition(b": ") for line in lines if line)
    return status, [(name, value) for name, _, value in pairs]


def pieces(data: Data, number: int) -> Iterator[Data]:
    """Cut bytes into so many pieces of about the same size; into single bytes if they are fewer."""
    number = min(number, len(data))
    for place in range(number):
        yield data[len(data) * place // number : len(data) * (place + 1) // number]


def spread(data: bytes, script: Script, at: DelayPoint) -> Iterator[tuple[float, memoryview]]:
    """Yield bytes at once, or in pieces over the time that a script says, each with the seconds to wait before it.

    The first goes out at once, the last at the end of that time.
    """
    wanted = script.pause(at) or Pause(at, 0, 1)
    cuts = tuple(pieces(memoryview(data), wanted.pieces))
    for place, piece in enumerate(cuts):
        yield (wanted.seconds / (len(cuts) - 1) if place else 0.0), piece


def chunk(body: bytes, number: int = 2, *, end: bytes = _LAST_CHUNK) -> bytes:
    """Return a body in so many chunks, and what ends it."""
    return b"".join((*_chunks(memoryview(body), number), end))


def _chunks(body: memoryview, number: int) -> Iterator[bytes | memoryview]:
    """Yield what chunks consist of, without copying the body."""
    for piece in pieces(body, number):
        yield from (b"%x\r\n" % len(piece), piece, b"\r\n")


def _plain(reply: Reply) -> tuple[tuple[Pair, ...], bytes]:
    return (("content-length", str(_length(reply))),), reply.body


def _chunked(reply: Reply) -> tuple[tuple[Pair, ...], bytes]:
    return (_CHUNKED,), chunk(reply.body)


def _trailer(reply: Reply) -> tuple[tuple[Pair, ...], bytes]:
    return (_CHUNKED, ("trailer", "x-mock-trailer")), chunk(reply.body, end=b"0\r\nX-Mock-Trailer: 1\r\n\r\n")


def _bad_chunk(reply: Reply) -> tuple[tuple[Pair, ...], bytes]:
    body = memoryview(reply.body)
    half = -(-len(body) // 2)
    return (_CHUNKED,), b"".join((*_chunks(body[:half], 1), b"zz\r\n", body[half:], b"\r\n"))


def _no_last_chunk(reply: Reply) -> tuple[tuple[Pair, ...], bytes]:
    return (_CHUNKED,), chunk(reply.body, end=b"")


def _length_and_chunked(reply: Reply) -> tuple[tuple[Pair, ...], bytes]:
    return (("content-length", str(_length(reply))), _CHUNKED), chunk(reply.body)


def _two_lengths(reply: Reply) -> tuple[tuple[Pair, ...], bytes]:
    length = _length(reply)
    return (("content-length", str(length)), ("content-length", str(length + 1))), reply.body


def _no_length(reply: Reply) -> tuple[tuple[Pair, ...], bytes]:
    return (), reply.body


def _length(reply: Reply) -> int:
    return len(reply.body) if reply.length is None else reply.length


def _part(data: bytes, disconnect: DisconnectPlan) -> bytes:
    size = len(data) * disconnect.percent // 100 if disconnect.offset is None else disconnect.offset
    return data[:size]


def _line(header: Pair) -> str:
    return f"{header[0]}: {header[1]}"


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in _STATUSES else ""


_STATUSES: Final[Iterable[int]] = frozenset(HTTPStatus)
_FRAMINGS: Final[Mapping[FramingFault | None, Callable[[Reply], tuple[tuple[Pair, ...], bytes]]]] = {
    "chunked": _chunked,
    "trailer": _trailer,
    "bad-chunk": _bad_chunk,
    "no-last-chunk": _no_last_chunk,
    "length-and-chunked": _length_and_chunked,
    "two-lengths": _two_lengths,
    "http10": _no_length,
}
