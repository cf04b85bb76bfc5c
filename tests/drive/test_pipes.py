"""Pipes and lines: bytes in order, ends that are told apart, and a clock that moves when both sides wait."""

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.drive.pipe_transport import PipeTransport
from contracts.drive.pipes import Line, Pipe, call_soon


class Recorder(asyncio.Protocol):
    """Keeps what a transport tells it."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def data_received(self, data: bytes) -> None:
        """Keep bytes."""
        self.heard.append(data)

    def eof_received(self) -> None:
        """Keep the end."""
        self.heard.append("eof")

    def connection_lost(self, exc: Exception | None) -> None:
        """Keep the loss."""
        self.heard.append(exc)


@given(pieces=st.lists(st.binary(max_size=20)), most=st.integers(1, 30))
def test_what_goes_in_comes_out(pieces: list[bytes], most: int) -> None:
    """However it was cut, the bytes come in order, at most so many at once, and then the end."""
    pipe = Pipe()
    for piece in pieces:
        pipe.put(piece)
    pipe.end("closed")
    came = list(iter(lambda: pipe.take(most), b""))
    assert b"".join(came) == b"".join(pieces)
    assert all(len(piece) <= most for piece in came)


def test_nothing_comes_after_the_end() -> None:
    """The first ending counts, and what is put after it is lost."""
    pipe = Pipe()
    pipe.put(b"a")
    pipe.end("reset")
    pipe.end("closed")
    pipe.put(b"b")
    assert pipe.take(10) == b"a"
    with pytest.raises(ConnectionResetError):
        pipe.take(10)


def test_nothing_yet() -> None:
    """Before anything has come, taking does not block."""
    with pytest.raises(BlockingIOError):
        Pipe().take(1)


@pytest.mark.parametrize(("held", "patience", "clock"), [(5, 7, 5), (7, 5, 5), (5, 5, 5), (math.inf, 9, 9)])
@pytest.mark.parametrize("order", ["reader-first", "sender-first"])
def test_the_clock(held: float, patience: float, clock: float, order: str) -> None:
    """It moves to what ends first, which the sender is told; then the reader, if its time is over."""
    pipe, told = Pipe(), list[str]()
    if order == "reader-first":
        pipe.expect(lambda: told.append("reader"), patience)
    pipe.hold(held, lambda: told.append("sender"))
    if order == "sender-first":
        pipe.expect(lambda: told.append("reader"), patience)
    assert (pipe.clock, told) == (clock, ["sender"])
    pipe.excuse()
    assert told == (["sender"] if held < patience else ["sender", "reader"])
    assert pipe.is_held == (held >= patience)
    with pytest.raises(BlockingIOError if held < patience else TimeoutError):
        pipe.take(1)


def test_no_time_passes_while_bytes_wait() -> None:
    """Who holds on after bytes is noticed when these have been taken."""
    pipe, told = Pipe(), list[str]()
    pipe.put(b"a")
    pipe.hold(5, lambda: told.append("sender"))
    pipe.expect(lambda: told.append("reader"), 3)
    assert (told, pipe.clock, pipe.take(1)) == (["reader"], 0, b"a")
    pipe.expect(lambda: told.append("late"), 3)
    assert (told, pipe.clock) == (["reader", "sender"], 3)
    pipe.excuse()
    pipe.excuse()
    assert told == ["reader", "sender", "late"]


def test_who_is_gone_is_told_nothing() -> None:
    """A reader that is forgotten and a sender that lets go take part no more."""
    pipe, told = Pipe(), list[str]()
    pipe.expect(lambda: told.append("reader"), 3)
    pipe.forget()
    pipe.hold(5, lambda: told.append("sender"))
    pipe.release()
    pipe.expect(lambda: told.append("second reader"))
    pipe.put(b"a")
    assert (told, pipe.clock) == (["second reader"], 0)


@pytest.mark.anyio
async def test_real_time_is_over_as_well() -> None:
    """A client whose server is just slow gives up when its real time is over."""
    line = Line("http", "localhost", 80, server=0)
    with pytest.raises(TimeoutError):
        line.receive(1, 0.001)
    with pytest.raises(TimeoutError):
        await line.receive_async(1, 0.001)
    assert not line.is_readable


def test_sending_after_a_reset() -> None:
    """A client whose connection was reset learns it when it sends."""
    line = Line("http", "localhost", 80, server=0)
    line.to_client.end("reset")
    with pytest.raises(ConnectionResetError):
        line.send(b"a")


@pytest.mark.anyio
async def test_a_protocol_that_pauses() -> None:
    """Nothing comes to a protocol that has paused, not even what was already on its way; then all of it comes."""
    incoming, outgoing, recorder = Pipe(), Pipe(), Recorder()
    transport = PipeTransport(asyncio.get_running_loop(), incoming, outgoing, recorder)
    incoming.put(b"a")
    transport.pause_reading()
    await asyncio.sleep(0)
    assert recorder.heard == []
    transport.resume_reading()
    for _ in range(5):
        await asyncio.sleep(0)
    assert recorder.heard == [b"a"]
    incoming.end("reset")
    for _ in range(5):
        await asyncio.sleep(0)
    assert [type(heard) for heard in recorder.heard] == [bytes, ConnectionResetError]


@pytest.mark.anyio
@pytest.mark.parametrize("paused", [False, True])
async def test_a_protocol_that_is_told_twice(*, paused: bool) -> None:
    """Who goes on twice, whether it had paused or not, hears what comes once, and goes on hearing."""
    incoming, recorder = Pipe(), Recorder()
    transport = PipeTransport(asyncio.get_running_loop(), incoming, Pipe(), recorder)
    for piece in (b"a", b"b"):
        if paused:
            transport.pause_reading()
        incoming.put(piece)
        transport.resume_reading()
        transport.resume_reading()
        for _ in range(5):
            await asyncio.sleep(0)
    assert recorder.heard == [b"a", b"b"]


@pytest.mark.anyio
async def test_a_transport_that_is_closed() -> None:
    """It says goodbye once, hears no more, and has nothing left to send."""
    incoming, outgoing, recorder = Pipe(), Pipe(), Recorder()
    transport = PipeTransport(asyncio.get_running_loop(), incoming, outgoing, recorder)
    transport.write(b"a")
    transport.abort()
    transport.close()
    incoming.put(b"b")
    for _ in range(5):
        await asyncio.sleep(0)
    assert (transport.is_closing(), transport.get_write_buffer_size(), recorder.heard) == (True, 0, [None])
    assert (outgoing.take(10), outgoing.take(10)) == (b"a", b"")


def test_a_loop_that_has_ended() -> None:
    """What is left for a loop that has ended is left undone."""
    loop = asyncio.new_event_loop()
    loop.close()
    call_soon(loop, pytest.fail)
