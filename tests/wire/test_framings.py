"""What each framing puts on the wire, to the byte."""

from collections.abc import Callable
from typing import Final

import msgspec
import pytest

from mock_server.core.plans.wire import FRAMING_FAULTS
from tests.wire.conftest import Universe
from tests.wire.raw import End

pytestmark = pytest.mark.uncounted

CLOSE: Final = ("connection", "close")
CHUNKED: Final = ("transfer-encoding", "chunked")
LENGTH: Final = "content-length"
FRAMING: Final = {LENGTH, "transfer-encoding", "trailer", "connection"}
OPERATIONS: Final = ("query", "list", "credits", "create", "result")


def plainly(body: bytes) -> bytes:
    """Return a body as it is."""
    return body


def halves(body: bytes) -> bytes:
    """Return a body in two chunks."""
    half = len(body) // 2
    return b"%x\r\n%b\r\n%x\r\n%b\r\n" % (half, body[:half], len(body) - half, body[half:])


def bad_second(body: bytes) -> bytes:
    """Return a body in two chunks, of which the second has no size."""
    half = (len(body) + 1) // 2
    return b"%x\r\n%b\r\nzz\r\n%b\r\n" % (half, body[:half], body[half:])


class Row(msgspec.Struct, frozen=True):
    """What is to be seen: the headers of the framing for a body of a length, what follows the head, and the end."""

    headers: Callable[[int], list[tuple[str, str]]]
    body: Callable[[bytes], bytes] = plainly
    end: End = "FIN"
    start: bytes = b"HTTP/1.1 200 OK"
    early: bytes = b""


def usual(length: int) -> list[tuple[str, str]]:
    """Return the framing of an answer that nothing is wrong with."""
    return [(LENGTH, str(length))]


ROWS: Final = {
    "chunked": Row(lambda _: [CHUNKED], lambda body: b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body), end="open"),
    "trailer": Row(
        lambda _: [CHUNKED, ("trailer", "x-mock-trailer"), CLOSE],
        lambda body: halves(body) + b"0\r\nX-Mock-Trailer: 1\r\n\r\n",
    ),
    "bad-chunk": Row(lambda _: [CHUNKED, CLOSE], bad_second),
    "no-last-chunk": Row(lambda _: [CHUNKED, CLOSE], halves),
    "length-and-chunked": Row(
        lambda length: [(LENGTH, str(length)), CHUNKED, CLOSE], lambda body: halves(body) + b"0\r\n\r\n"
    ),
    "two-lengths": Row(lambda length: [(LENGTH, str(length)), (LENGTH, str(length + 1)), CLOSE]),
    "provisional": Row(usual, end="open", early=b"HTTP/1.1 102 Processing\r\n\r\n" * 3),
    "http10": Row(lambda _: [CLOSE], start=b"HTTP/1.0 200 OK"),
    "huge-header": Row(usual, end="open"),
    "double-headers": Row(usual, end="open"),
    "bare-lf": Row(lambda length: [(LENGTH, str(length)), CLOSE]),
    "garbage": Row(lambda _: [], lambda _: b"", start=b"\xff" * 64),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("fault", FRAMING_FAULTS)
def test_what_is_on_the_wire(universe: Universe, fault: str, operation: str) -> None:
    """Each fault is in the bytes, after which the connection is closed unless HTTP lets it go on; all else is true."""
    row = ROWS[fault]
    true = universe.ask(operation, to_end=False, headers={"idempotency-key": "one"})
    universe.plan(f"framing {fault} on={operation}")
    seen = universe.ask(operation, to_end=row.end != "open", headers={"idempotency-key": "one"})
    assert (seen.end, seen.start, seen.early) == (row.end, row.start, row.early)
    assert [pair for pair in seen.pairs if pair[0] in FRAMING] == row.headers(len(true.body))
    assert seen.body == row.body(true.body)
    if fault != "garbage":
        assert set(true.headers) - {LENGTH} <= set(seen.headers)
        assert b"\r" not in seen.head if fault == "bare-lf" else seen.head.count(b"\n") == seen.head.count(b"\r\n")


def test_what_is_in_the_head(universe: Universe) -> None:
    """A header is as long as wanted; each stands twice, with the same value; as many provisional answers as wanted."""
    universe.plan("framing huge-header:100000 nth=1", "framing double-headers nth=2", "framing provisional:20 nth=3")
    huge = universe.ask("credits", to_end=False)
    assert huge.headers["x-mock-padding"] == "x" * 100_000
    own = [pair for pair in universe.ask("credits", to_end=False).pairs if pair[0] != LENGTH]
    assert len(own) == 6
    assert own[:3] == own[3:]
    assert {name for name, _ in own} == {"date", "content-type", "x-request-id"}
    assert universe.ask("credits", to_end=False).early == b"HTTP/1.1 102 Processing\r\n\r\n" * 20


@pytest.mark.parametrize("operation", ["query", "list", "credits", "result"])
@pytest.mark.parametrize("fault", FRAMING_FAULTS)
def test_head(universe: Universe, fault: str, operation: str) -> None:
    """To HEAD the head is as wrong as to GET, and nothing follows it."""
    row = ROWS[fault]
    universe.plan(f"framing {fault} on={operation}")
    got = universe.ask(operation, to_end=row.end != "open")
    seen = universe.ask(operation, to_end=row.end != "open", method="HEAD")
    assert (seen.end, seen.start, seen.early, seen.body) == (row.end, row.start, row.early, b"")
    dropped = {CHUNKED} if fault == "chunked" else set()  # by uvicorn
    assert [pair[0] for pair in seen.pairs] == [name for name, value in got.pairs if (name, value) not in dropped]


def test_a_cut_within_provisional_answers_and_chunks(universe: Universe) -> None:
    """A framing goes with an end: what comes before the answer comes, and a chunk stays unfinished."""
    true = universe.ask("query", to_end=False).body
    universe.plan("framing provisional:2 nth=1", "framing chunked nth=2", "disconnect in-body")
    seen = universe.ask("query")
    assert (seen.early, seen.end) == (b"HTTP/1.1 102 Processing\r\n\r\n" * 2, "FIN")
    assert seen.body == true[: len(true) // 2]
    chunked = universe.ask("query")
    assert chunked.body == halves(true)[: chunked_size(true) // 2]


def chunked_size(body: bytes) -> int:
    """Return how long a body is in chunks."""
    return len(halves(body) + b"0\r\n\r\n")
