import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.plans import DisconnectPlan, FramingPlan, HeadPlan, Pause, Reply, Script
from mock_server.core.plans.frames import (
    BYTEWISE,
    GARBAGE,
    Frames,
    add_headers,
    chunk,
    cut,
    frame,
    is_bodiless,
    is_bytewise,
    pieces,
    provisional,
    read_head,
)
from mock_server.core.plans.wire import FRAMING_FAULTS

TYPE = ("content-type", "text/plain")
PLAIN = Script()
CUT = DisconnectPlan(at="in-body")


def framed(fault: str, number: float = -1) -> Script:
    """Return a script with a framing."""
    return Script(framing=FramingPlan(fault=fault, number=number))  # type: ignore[arg-type]


def reply(body: bytes = b"hello", status: int = 200, length: int | None = None, *more: tuple[str, str]) -> Reply:
    """Return an answer."""
    return Reply(status, (TYPE, *more), body, length)


@pytest.mark.parametrize(
    ("answer", "script", "expected"),
    [
        (reply(), PLAIN, False),
        (reply(b""), PLAIN, False),
        (reply(status=204), PLAIN, False),
        (reply(status=199), PLAIN, True),
        (reply(length=5), PLAIN, True),
        (reply(b"", 200, None, ("content-length", "5")), PLAIN, True),
        (reply(b"", 200, None, ("transfer-encoding", "gzip")), PLAIN, True),
        (reply(b"", 200, None, ("connection", "close")), PLAIN, False),
        (reply(), Script(heads=(HeadPlan(without=("Content-Length",)),)), True),
        (reply(), Script(heads=(HeadPlan(without=("date",)),)), False),
        (reply(), Script(disconnect=CUT), True),
        (reply(), Script(pauses=(Pause("in-head", 0),)), True),
        (reply(), Script(pauses=(Pause("in-body", 0), Pause("before-head", 0))), False),
        *((reply(), framed(fault), fault in BYTEWISE) for fault in FRAMING_FAULTS),
    ],
)
def test_what_is_written_byte_by_byte(answer: Reply, script: Script, *, expected: bool) -> None:
    """What no server would send, and what it would send at another time; all else goes by ASGI."""
    assert is_bytewise(answer, script) is expected


@pytest.mark.parametrize(
    ("answer", "script", "head", "body"),
    [
        (reply(), PLAIN, "HTTP/1.1 200 OK|content-type: text/plain|content-length: 5|connection: close||", b"hello"),
        (
            reply(length=9),
            Script(disconnect=CUT),
            "HTTP/1.1 200 OK|content-type: text/plain|content-length: 9||",
            b"hello",
        ),
        (
            reply(status=599),
            PLAIN,
            "HTTP/1.1 599 |content-type: text/plain|content-length: 5|connection: close||",
            b"hello",
        ),
        (reply(status=102), PLAIN, "HTTP/1.1 102 Processing|content-type: text/plain|connection: close||", b""),
        (reply(status=204), PLAIN, "HTTP/1.1 204 No Content|content-type: text/plain|connection: close||", b""),
        (
            reply(status=304, length=7),
            PLAIN,
            "HTTP/1.1 304 Not Modified|content-type: text/plain|content-length: 7|connection: close||",
            b"",
        ),
        (
            reply(b"hello", 200, None, ("content-length", "x"), ("connection", "y")),
            PLAIN,
            "HTTP/1.1 200 OK|content-type: text/plain|content-length: x|connection: y||",
            b"hello",
        ),
        (
            reply(),
            Script(heads=(HeadPlan(without=("Connection", "Content-Length")),)),
            "HTTP/1.1 200 OK|content-type: text/plain||",
            b"hello",
        ),
        (
            reply(status=204),
            framed("trailer"),
            (
                "HTTP/1.1 204 No Content|content-type: text/plain|transfer-encoding: chunked|trailer: x-mock-trailer|"
                "connection: close||"
            ),
            b"",
        ),
        (
            reply(),
            framed("trailer"),
            (
                "HTTP/1.1 200 OK|content-type: text/plain|transfer-encoding: chunked|trailer: x-mock-trailer|"
                "connection: close||"
            ),
            b"2\r\nhe\r\n3\r\nllo\r\n0\r\nX-Mock-Trailer: 1\r\n\r\n",
        ),
        (
            reply(length=9),
            framed("length-and-chunked"),
            (
                "HTTP/1.1 200 OK|content-type: text/plain|content-length: 9|transfer-encoding: chunked|"
                "connection: close||"
            ),
            b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        ),
        (
            reply(),
            framed("chunked"),
            "HTTP/1.1 200 OK|content-type: text/plain|transfer-encoding: chunked|connection: close||",
            b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        ),
        (reply(), framed("http10"), "HTTP/1.0 200 OK|content-type: text/plain|connection: close||", b"hello"),
        (
            reply(b"h"),
            framed("bad-chunk"),
            "HTTP/1.1 200 OK|content-type: text/plain|transfer-encoding: chunked|connection: close||",
            b"1\r\nh\r\nzz\r\n\r\n",
        ),
        (
            reply(b""),
            framed("bad-chunk"),
            "HTTP/1.1 200 OK|content-type: text/plain|transfer-encoding: chunked|connection: close||",
            b"zz\r\n\r\n",
        ),
        (
            reply(b""),
            framed("no-last-chunk"),
            "HTTP/1.1 200 OK|content-type: text/plain|transfer-encoding: chunked|connection: close||",
            b"",
        ),
        (
            reply(length=9),
            framed("two-lengths"),
            "HTTP/1.1 200 OK|content-type: text/plain|content-length: 9|content-length: 10|connection: close||",
            b"hello",
        ),
    ],
)
def test_an_answer_is_framed(answer: Reply, script: Script, head: str, body: bytes) -> None:
    """As it is said to be; what plans say of the framing stands in the place of what would be said."""
    assert frame(answer, script, head_only=False) == Frames(head.replace("|", "\r\n").encode(), body)
    assert frame(answer, script, head_only=True) == Frames(head.replace("|", "\r\n").encode(), b"")


def test_a_head_of_bare_line_feeds() -> None:
    """What differs is how its lines end."""
    bare, usual = frame(reply(), framed("bare-lf"), head_only=False), frame(reply(), PLAIN, head_only=False)
    assert bare == Frames(usual.head.replace(b"\r\n", b"\n"), usual.body)


def test_an_answer_that_is_none() -> None:
    """Garbage has no head, so nothing of it is sent before a body; provisional answers go before a head."""
    assert frame(reply(), framed("garbage"), head_only=False) == Frames(b"", GARBAGE)
    assert frame(reply(), framed("provisional", 2), head_only=False).early == b"HTTP/1.1 102 Processing\r\n\r\n" * 2
    assert provisional(None) == b""


def test_what_faults_add_to_a_head() -> None:
    """One long header, or each a second time but those of the framing; nothing otherwise."""
    answer = reply(b"", 200, None, ("content-length", "5"))
    assert add_headers(answer, None) == answer
    assert add_headers(answer, framed("chunked").framing) == answer
    assert add_headers(answer, framed("huge-header", 3).framing).headers[2:] == (("x-mock-padding", "xxx"),)
    assert add_headers(answer, framed("double-headers").framing).headers[2:] == (TYPE,)


FRAMES = Frames(b"0123456789", b"abcdefghij", b"early")


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (None, FRAMES),
        (DisconnectPlan(at="before-response"), Frames(b"", b"")),
        (DisconnectPlan(at="in-head"), Frames(b"01234", b"", b"early")),
        (DisconnectPlan(at="in-head", percent=9), Frames(b"", b"", b"early")),
        (DisconnectPlan(at="in-head", offset=3), Frames(b"012", b"", b"early")),
        (DisconnectPlan(at="after-head"), Frames(b"0123456789", b"", b"early")),
        (DisconnectPlan(at="in-body", percent=90), Frames(b"0123456789", b"abcdefghi", b"early")),
        (DisconnectPlan(at="in-body", offset=99), FRAMES),
        (DisconnectPlan(at="after-response"), FRAMES),
    ],
)
def test_what_is_sent_before_the_end(plan: DisconnectPlan | None, expected: Frames) -> None:
    """Nothing, or so much of the head, or of the body after the head."""
    assert cut(FRAMES, plan) == expected


@pytest.mark.parametrize(
    ("sent", "status", "headers"),
    [
        (b"", 0, []),
        (b"HTTP/1.1 200 OK", 0, []),
        (b"HTTP/1.1 200 OK\r\na: 1\r\nb: 2", 200, [(b"a", b"1")]),
        (b"HTTP/1.1 599 \r\na: 1\r\n", 599, [(b"a", b"1")]),
        (b"HTTP/1.0 200 OK\na: x: y\nb: \n\n", 200, [(b"a", b"x: y"), (b"b", b"")]),
    ],
)
def test_what_was_sent_of_a_head(sent: bytes, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    """Only whole lines count: a client has seen nothing of the others."""
    assert read_head(sent) == (status, headers)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_pieces_are_of_one_size(data: bytes, number: int) -> None:
    """As many as wanted, or as there are bytes; they differ by one byte at most, and are the whole."""
    cuts = list(pieces(data, number))
    assert b"".join(cuts) == data
    assert len(cuts) == min(number, len(data))
    assert not cuts or max(map(len, cuts)) - min(map(len, cuts)) <= 1


@given(st.binary(max_size=300), st.integers(1, 9))
def test_chunks_can_be_read(data: bytes, number: int) -> None:
    """Each says how long it is, and the last is empty."""
    rest, read = chunk(data, number), b""
    while not rest.startswith(b"0\r\n"):
        size, _, rest = rest.partition(b"\r\n")
        read, rest = read + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    assert (read, rest) == (data, b"0\r\n\r\n")


def test_statuses_without_a_body() -> None:
    """Provisional ones, and the two of which HTTP says so."""
    assert [status for status in range(100, 600) if is_bodiless(status)] == [*range(100, 200), 204, 304]
