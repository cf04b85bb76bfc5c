"""What others recorded is made into exchanges: keys masked, bodies unpacked, times put in order."""

import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.recording import Event, Exchange, fingerprint
from contracts.recording.clocks import Move, Noted, place, read_clock
from contracts.recording.intake import find_cut, pairs_of, take_in, text_of, unpack
from contracts.recording.tnetstring import MalformedError, read_value

SECRET = "sk-very-secret"  # noqa: S105 - a test's


def exchange(number: int = 1, **facts: object) -> Exchange:
    """Return an exchange with the API."""
    usual = {"started_at": 0.0, "ended_at": 0.0, "method": "GET", "url": "https://api.evolink.ai/v1/credits"}
    return Exchange(number=number, **{**usual, **facts})  # type: ignore[arg-type] # whatever a test gives


def test_keys_are_masked_everywhere() -> None:
    """Also where they stood before they were first used; and how a header is written stays."""
    early = exchange(url=f"https://api.evolink.ai/x?key={SECRET}", request_body=f'"{SECRET}"'.encode(), method="post")
    late = exchange(
        request_headers=(("Authorization", f"bearer  {SECRET}"), ("X-Key", SECRET), (":authority", "api.evolink.ai")),
        response_headers=(("X-Echo", SECRET),),
        response_body=SECRET.encode(),
    )
    first, second = take_in([early, late])
    mark = fingerprint(SECRET)
    assert (first.url, first.request_body) == (f"https://api.evolink.ai/x?key={mark}", f'"{mark}"'.encode())
    assert first.method == "POST"
    assert second.request_headers == (("authorization", f"bearer  {mark}"), ("x-key", mark))
    assert (second.response_headers, second.response_body) == ((("x-echo", mark),), mark.encode())


@pytest.mark.parametrize("blot", ["REDACTED", "Bearer [REDACTED]", "***", "bearer XXXX", "<hidden>", "DUMMY"])
def test_blots(blot: str) -> None:
    """A key that whoever recorded it has blotted out says nothing, so the header is not there."""
    assert take_in([exchange(request_headers=(("Authorization", blot),))])[0].request_headers == ()


def test_packed_bodies() -> None:
    """Bodies are unpacked where that can be done."""
    assert unpack(gzip.compress(b"cat"), [("Content-Encoding", "gzip")]) == b"cat"
    assert unpack(zlib.compress(b"cat"), [("content-encoding", "DEFLATE")]) == b"cat"
    assert unpack(b"cat", []) == b"cat"
    assert unpack(b"", [("content-encoding", "br")]) == b""
    assert unpack(b"cat", [("content-encoding", "br")]) is None
    assert unpack(b'{"a": 1}', [("content-encoding", "br")]) == b'{"a": 1}'
    assert unpack(b"cat", [("content-encoding", "gzip")]) is None


def test_headers_as_mappings() -> None:
    """A name has a value or several, as texts or as bytes."""
    assert pairs_of({"a": "1", "b": ["2", b"\xe9"]}) == (("a", "1"), ("b", "2"), ("b", "\xe9"))
    assert text_of(7) == "7"


@pytest.mark.parametrize(
    ("method", "headers", "size", "cut"),
    [
        ("GET", {"content-length": "9"}, 3, "only 3 of 9 bytes came"),
        ("GET", {"content-length": "9"}, 9, None),
        ("GET", {"content-length": "9", "content-encoding": "gzip"}, 3, None),
        ("GET", {"content-length": "many"}, 3, None),
        ("GET", {}, 3, None),
        ("HEAD", {"content-length": "9"}, 0, None),
    ],
)
def test_cut_answers(method: str, headers: dict[str, str], size: int, cut: str | None) -> None:
    """An answer shorter than it says was cut."""
    assert find_cut(exchange(method=method, response_headers=tuple(headers.items())), size) == cut


def test_answers_that_say_two_lengths() -> None:
    """Nobody can tell where they end, unless both are the same."""
    two = (("content-length", "9"), ("Content-Length", "3"))
    assert find_cut(exchange(response_headers=two), 9) == "it says that 3 and 9 bytes come"
    assert find_cut(exchange(response_headers=two[:1] * 2), 9) is None


def noted(*times: tuple[float, float], seconds: float = 0.0) -> list[Noted]:
    """Return exchanges at these times: the universe's, and real ones."""
    return [
        Noted(exchange=exchange(number), at=at, wall=wall, seconds=seconds)
        for number, (at, wall) in enumerate(times, start=1)
    ]


@pytest.mark.parametrize(
    ("times", "clock", "pace"),
    [
        ((), "real", 1.0),
        (((100, 5),), "real", 1.0),
        (((100, 5), (107, 12), (110, 15)), "real", 1.0),
        (((100, 5), (100, 12), (100, 15)), "real", 1.0),
        (((100, 5), (120, 6), (140, 7), (200, 10)), "scaled", 20.0),
        (((100, 5), (120, 6), (200, 10)), "virtual", 1.0),
        (((100, 5), (107, 5.1), (120, 5.2)), "virtual", 1.0),
        (((100, 5), (100, 6), (160, 7), (160, 8)), "virtual", 1.0),
    ],
)
def test_clocks(times: tuple[tuple[float, float], ...], clock: str, pace: float) -> None:
    """How two times go beside each other tells by which one the client lived."""
    found, at_pace = read_clock(noted(*times))
    assert found == clock
    assert at_pace == pytest.approx(pace)


def test_real_times() -> None:
    """They are taken as they are; on one connection nothing overlaps by what milliseconds cut off."""
    made = [
        Noted(exchange=exchange(1, connection="a"), at=1, wall=5.0, seconds=0.0015),
        Noted(exchange=exchange(2, connection="a"), at=1, wall=5.001, seconds=1.0),
        Noted(exchange=exchange(3, connection="a"), at=1, wall=5.5, seconds=0.1),
        Noted(exchange=exchange(4), at=1, wall=5.5, seconds=0.1),
    ]
    placed, events = place(reversed(made), (), clock="real")
    assert events == ()
    assert [each.number for each in placed] == [1, 2, 3, 4]
    assert [(each.started_at, each.ended_at) for each in placed] == [
        (5.0, pytest.approx(5.001)),
        (5.001, 6.001),
        (5.5, 5.6),
        (5.5, 5.6),
    ]


def test_virtual_times() -> None:
    """The universe's time counts, in the order of real time; delays belong to whom they struck, hands are events."""
    made = noted((100, 5.0), (100, 5.01), (107, 5.02), (130, 5.04), seconds=0.005)
    made[2] = Noted(exchange=exchange(3, faults=("slow",)), at=107, wall=5.02, seconds=0.005)
    moves = [Move(100, 107, "sleep"), Move(107, 110, "delay"), Move(110, 130, "advance 20"), Move(50, 51, "delay")]
    placed, events = place(made, moves, clock="virtual")
    assert [each.started_at for each in placed] == pytest.approx([100, 100, 107, 130], abs=1e-4)
    assert [each.ended_at for each in placed] == pytest.approx([100, 100, 110, 130], abs=1e-4)
    assert all(before.ended_at < after.started_at for before, after in pairwise(placed))
    assert events == (Event(kind="clock", at=110, to=130),)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"3:cat,", b"cat"),
        (b"5:k\xc3\xa4se;", "käse"),
        (b"2:42#", 42),
        (b"3:1.5^", 1.5),
        (b"4:true!", True),
        (b"5:false!", False),
        (b"0:~", None),
        (b"8:1:1#1:2#]", [1, 2]),
        (b"8:1:a,1:2#}", {b"a": 2}),
        (b"0:}", {}),
    ],
)
def test_tagged_netstrings(data: bytes, value: object) -> None:
    """Each type has its mark."""
    assert read_value(memoryview(data)) == (value, len(data))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no length at byte 0"),
        (b"cat", "no length at byte 0"),
        (b"9:cat,", "the value at byte 0 is cut short"),
        (b"3:cat?", "the unknown type '?'"),
        (b"3:cat#", "cannot be read"),
        (b"1:\xff;", "cannot be read"),
        (b"4:1:1#}", "do not go together"),
        (b"7:0:]1:1#}", "do not go together"),
        (b"5:9:cat]", "is cut short"),
    ],
)
def test_what_is_no_tagged_netstring(data: bytes, told: str) -> None:
    """It is said where."""
    with pytest.raises(MalformedError, match=told.replace("?", r"\?")):
        read_value(memoryview(data))


def test_depth() -> None:
    """Nothing is read that is nested without end."""
    data = b"0:~"
    for _ in range(40):
        data = b"%d:%s]" % (len(data), data)
    with pytest.raises(MalformedError):
        read_value(memoryview(data))


@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    """Whatever is read, it is a value or malformed."""
    try:
        _, end = read_value(memoryview(data))
    except MalformedError:
        return
    assert 0 < end <= len(data)
