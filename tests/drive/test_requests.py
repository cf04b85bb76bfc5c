"""What a client of requests takes for a socket."""

from contracts.drive.pipes import Line
from contracts.drive.requests_adapter import Reader, Socket


def test_the_last_user_closes() -> None:
    """The connection ends when the socket and its file are closed, however often that is said of one of them."""
    line = Line("http", "localhost", 80, server=0)
    socket = Socket(line)
    reader = Reader(socket)
    reader.close()
    reader.close()
    assert not line.to_server.ready
    socket.close()
    assert line.to_server.ready
