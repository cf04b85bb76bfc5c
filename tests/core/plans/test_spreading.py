"""How an answer is cut into pieces: over time, and into chunks."""

import pytest

from mock_server.core.plans import FramingPlan, Pause, Reply, Script
from mock_server.core.plans.frames import chunk, frame, spread
from mock_server.core.plans.wire import DelayPoint

LATE = Script(pauses=(Pause("in-body", 6, 4), Pause("in-head", 5, 1)))


@pytest.mark.parametrize(
    ("script", "at", "sent"),
    [
        (Script(), "in-body", [(0, b"abcdefgh")]),
        (LATE, "before-body", [(0, b"abcdefgh")]),
        (LATE, "in-head", [(0, b"abcdefgh")]),
        (LATE, "in-body", [(0, b"ab"), (2, b"cd"), (2, b"ef"), (2, b"gh")]),
    ],
    ids=range(4),
)
def test_bytes_are_spread_over_a_time(script: Script, at: DelayPoint, sent: list[tuple[float, bytes]]) -> None:
    """In pieces, of which the first goes out at once and the last when the time is over; whole where none is said."""
    assert [(seconds, bytes(piece)) for seconds, piece in spread(b"abcdefgh", script, at)] == sent
    assert [*spread(b"", script, at)] == []


def test_a_chunk_says_its_size() -> None:
    """In hexadecimal digits, the letters small as servers write them."""
    assert chunk(b"x" * 27, 1) == b"1b\r\n" + b"x" * 27 + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (b"ab", b"1\r\na\r\nzz\r\nb\r\n"),
        (b"hello", b"3\r\nhel\r\nzz\r\nlo\r\n"),
        (b"abcdefgh", b"4\r\nabcd\r\nzz\r\nefgh\r\n"),
    ],
)
def test_the_second_chunk_has_no_size(body: bytes, sent: bytes) -> None:
    """One half of the body comes in a good chunk, and the other after a size that is none."""
    script = Script(framing=FramingPlan("bad-chunk"))
    assert frame(Reply(200, (), body), script, head_only=False).body == sent
