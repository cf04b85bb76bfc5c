import json
import socket
from contextlib import closing
from pathlib import Path

import pytest

from mock_server.entrance.ready import Ready, write_ready_file
from mock_server.http.listening import ServerError, address, listen
from tests.running import needs_ipv6

PLACES = {"url": "http://127.0.0.1:1", "control": "http://127.0.0.1:2", "files": "http://127.0.0.1:3"}
READY = Ready(url=PLACES["url"], control=PLACES["control"], files=PLACES["files"], key="sk-mock-default", pid=7)


def test_the_socket_says_that_it_is_tcp() -> None:
    """Without it the event loop leaves out TCP_NODELAY, which costs 44 ms for each request."""
    with closing(listen("127.0.0.1", 0)) as listening:
        assert listening.proto == socket.IPPROTO_TCP
        assert listening.family == socket.AF_INET


def test_the_port_is_taken_at_once() -> None:
    """Of two servers that start together on one port, the second is told so."""
    with closing(listen("127.0.0.1", 0)) as listening, pytest.raises(ServerError, match="Address already in use"):
        listen("127.0.0.1", listening.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", "http://127.0.0.1:{port}"),
        ("localhost", "http://127.0.0.1:{port}"),
        ("0.0.0.0", "http://127.0.0.1:{port}"),  # noqa: S104 - the case itself
        pytest.param("::1", "http://[::1]:{port}", marks=needs_ipv6),
        pytest.param("::", "http://[::1]:{port}", marks=needs_ipv6),
    ],
)
def test_the_address_is_one_that_this_machine_can_use(host: str, reached: str) -> None:
    """An address of every interface is shown as loopback; an IPv6 one stands in brackets."""
    with closing(listen(host, 0)) as listening:
        assert address(listening) == reached.format(port=listening.getsockname()[1])


def test_the_ready_file_says_where_the_server_is(tmp_path: Path) -> None:
    """JSON with url, control, files, key and pid; what stood there before is replaced."""
    path = tmp_path / "ready"
    path.write_text("old")
    write_ready_file(path, READY)
    told = json.loads(path.read_text())
    assert told == {
        **PLACES,
        "key": "sk-mock-default",
        "pid": 7,
    }
    assert list(tmp_path.iterdir()) == [path]


def test_nobody_reads_half_a_ready_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file appears complete, under its name, in one step; a failure before leaves the old one."""
    path = tmp_path / "ready"
    path.write_text("old")

    def refuse(_half: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ServerError, match="ready cannot be written: No space left on device"):
        write_ready_file(path, READY)
    assert path.read_text() == "old"
