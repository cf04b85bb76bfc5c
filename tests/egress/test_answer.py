"""The reader of answers, byte by byte and at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.egress.answer import AnswerError, AnswerReader

ANSWERS = [
    (b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc", 200, 3),
    (b"HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", 200, 0),
    (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nserver: x\r\n\r\nab", 200, 2),
    (b"HTTP/1.1 204 No Content\r\n\r\n", 204, 0),
    (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n", 304, 0),
    (b"HTTP/1.1 500 Error\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nt: u\r\n\r\n", 500, 5),
    (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\na: b\r\n\r\nHTTP/1.1 202 OK\r\ncontent-length: 1\r\n\r\na",
        202,
        1,
    ),
]
TO_THE_END = [
    (b"HTTP/1.1 200 OK\r\n\r\nabc", 200, 3),
    (b"HTTP/1.0 200 OK\r\nserver: old\r\n\r\n", 200, 0),
    (b"HTTP/1.1 200 OK\r\nx-encoding: chunked\r\n\r\nab", 200, 2),
    (b"HTTP/1.1 103 Early\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabcd", 200, 4),
]
NO_ANSWERS = [
    b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"HTTP/2 200\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc",
    b"HTTP/1.1 200 OK\r\ncontent-length: three\r\n\r\nabc",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01",
]


def fed(reader: AnswerReader, data: bytes, *, size: int = 10_000) -> AnswerReader:
    """Return a reader that has got all of this, so many bytes at a time."""
    for start in range(0, len(data), size):
        reader.feed(data[start : start + size])
    return reader


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize(("data", "status", "length"), ANSWERS)
def test_an_answer_ends_where_it_says(size: int, data: bytes, status: int, length: int) -> None:
    """It is whole with its last byte and not before, and what follows does not matter."""
    read = fed(AnswerReader(), data[:-1], size=size)
    assert not read.whole
    read.feed(data[-1:])
    assert (read.whole, read.status, read.size) == (True, status, length)
    read.feed(b"more")
    read.feed(b"")
    assert (read.whole, read.status, read.size) == (True, status, length)


@pytest.mark.parametrize(("data", "status", "length"), ANSWERS)
def test_the_first_answer_counts(data: bytes, status: int, length: int) -> None:
    """A second answer, in the same piece and as good as the first, changes nothing."""
    read = fed(AnswerReader(), data + b"HTTP/1.1 503 No\r\ncontent-length: 4\r\n\r\nmore")
    assert (read.whole, read.status, read.size) == (True, status, length)


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize(("data", "status", "length"), TO_THE_END)
def test_an_answer_ends_with_its_connection(size: int, data: bytes, status: int, length: int) -> None:
    """One that does not say where it ends is whole when the connection is closed."""
    read = fed(AnswerReader(), data, size=size)
    assert not read.whole
    read.feed(b"")
    assert (read.whole, read.status, read.size) == (True, status, length)


@pytest.mark.parametrize("data", [data for data, *_ in ANSWERS])
def test_half_an_answer_is_none(data: bytes) -> None:
    """Cut off anywhere before its end, an answer is not whole."""
    for end in range(len(data)):
        read = fed(AnswerReader(), data[:end])
        read.feed(b"")
        assert not read.whole


@pytest.mark.parametrize("data", NO_ANSWERS)
def test_what_is_no_answer(data: bytes) -> None:
    """Another protocol, another direction, or an answer that contradicts itself."""
    with pytest.raises(AnswerError, match=r"^the answer is not HTTP/1\.1$"):
        fed(AnswerReader(), data)


@given(st.binary(max_size=200), st.booleans())
def test_what_follows_changes_nothing(tail: bytes, close: bool) -> None:  # noqa: FBT001 - drawn
    """Whatever follows a head that promises three bytes, the answer is whole with three of them."""
    reader = fed(AnswerReader(), b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n" + tail)
    if close:
        reader.feed(b"")
    assert (reader.whole, reader.status, min(reader.size, 3)) == (len(tail) >= 3, 200, min(len(tail), 3))
