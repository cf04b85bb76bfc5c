"""Receivers of callbacks: they answer as they are told to, and what comes is recorded as it was."""

import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from contracts.probes.hooks import SILENCE, Hooks, _Handler, open_place
from contracts.recording import GAVE_UP, Recorder
from mock_server.entrance.authority import Authority
from tests.running import needs_ipv6, wait_until

ORIGIN = "https://hooks.example.com"


@pytest.fixture
def recorder() -> Recorder:
    """A recorder by real time."""
    return Recorder(time.time)


@pytest.fixture
def hooks(recorder: Recorder) -> Hooks:
    """Hooks that are recorded."""
    hooks = Hooks(ORIGIN)
    hooks.tell(recorder)
    return hooks


@pytest.fixture
def place(hooks: Hooks) -> Iterator[str]:
    """Where they listen."""
    with hooks.listening(open_place("127.0.0.1", 0)) as place:
        yield place


def post(place: str, url: str, **options: object) -> httpx2.Response:
    """Send a callback past any proxy."""
    with httpx2.Client(trust_env=False, timeout=5) as client:
        return client.post(place + url.removeprefix(ORIGIN), **options)  # type: ignore[arg-type]


def test_answers_come_in_order(hooks: Hooks, place: str, recorder: Recorder) -> None:
    """One status after the other, a redirect with a place to go to, and then 200."""
    url = hooks.url(500, 302)
    answers = [post(place, url, json={"id": "task-unified-1"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 302, 200]
    assert answers[1].headers["location"] == f"{ORIGIN}/elsewhere"
    wait_until(lambda: hooks.received(url) == 3, "all are recorded")
    first, second, third = sorted(recorder.record.received, key=lambda each: each.number)
    assert (first.method, first.url, first.sent, first.status) == ("POST", url, {"id": "task-unified-1"}, 500)
    assert second.response_header("location") == f"{ORIGIN}/elsewhere"
    assert (third.status, third.error) == (200, None)


def test_whatever_comes_is_taken(hooks: Hooks, place: str, recorder: Recorder) -> None:
    """Bodies in chunks, other methods, and URLs that nobody made."""

    def pieces() -> Iterator[bytes]:
        yield b'{"id": '
        yield b'"task-unified-1"}'

    url = hooks.url()
    assert post(place, url, content=pieces()).status_code == 200
    wait_until(lambda: hooks.received(url) == 1, "the first is recorded")
    with httpx2.Client(trust_env=False) as client:
        assert client.get(f"{place}/elsewhere").status_code == 200
    wait_until(lambda: hooks.received(f"{ORIGIN}/elsewhere") == 1, "the last is recorded")
    first, second = recorder.record.received
    assert first.sent == {"id": "task-unified-1"}
    assert (second.method, second.url) == ("GET", f"{ORIGIN}/elsewhere")


def test_silence_lasts_until_the_sender_gives_up(hooks: Hooks, place: str, recorder: Recorder) -> None:
    """The sender's hanging up is what is recorded."""
    url = hooks.url(SILENCE)
    with pytest.raises(httpx2.ReadTimeout):
        post(place, url, json={}, timeout=httpx2.Timeout(10, read=0.05))
    wait_until(lambda: hooks.received(url) == 1, "it is noticed")
    (received,) = recorder.record.received
    assert (received.status, received.error) == (None, GAVE_UP)


def test_what_a_sender_says_meanwhile_is_not_heard(hooks: Hooks, place: str) -> None:
    """Silence lasts, whatever more comes."""
    url, (host, port) = hooks.url(SILENCE), place.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"POST {url.removeprefix(ORIGIN)} HTTP/1.1\r\ncontent-length: 0\r\n\r\n".encode())
        connection.sendall(b"hello?" * 10_000)  # more than is read ahead
        assert hooks.received(url) == 0
    wait_until(lambda: hooks.received(url) == 1, "it is noticed")


def test_an_answer_may_come_too_late() -> None:
    """Who writes to a connection that has ended knows that nobody heard it."""

    class Ended:
        def write(self, _: bytes) -> None:
            raise ConnectionResetError

    handler = _Handler.__new__(_Handler)
    handler.requestline, handler.request_version, handler.wfile = "POST / HTTP/1.1", "HTTP/1.1", Ended()  # type: ignore[assignment]
    assert not handler.answer(200, {})


def test_a_sender_that_is_gone_has_given_up(hooks: Hooks, recorder: Recorder) -> None:
    """An answer that nobody can read has not been given."""

    class Gone:
        command, path, headers = "POST", "/x", httpx2.Headers()

        def read_body(self) -> bytes:
            return b""

        def answer(self, *_: object) -> bool:
            return False

    hooks.take(Gone())  # type: ignore[arg-type]
    assert [(each.status, each.error) for each in recorder.record.received] == [(None, GAVE_UP)]


def test_a_connection_that_breaks_off_is_let_go(hooks: Hooks, place: str, recorder: Recorder) -> None:
    """Half of a request is none, and others are served after it."""
    host, port = place.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST /x HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n")
    assert post(place, hooks.url()).status_code == 200
    assert [each.path for each in recorder.record.received] != ["/x"]


def test_before_anything_is_recorded_nothing_is_there() -> None:
    """Who comes before a session has begun gets 404."""
    hooks = Hooks(ORIGIN)
    with hooks.listening(open_place("127.0.0.1", 0)) as place:
        assert post(place, hooks.url()).status_code == 404


@needs_ipv6
def test_both_kinds_of_addresses() -> None:
    """An address of IPv6 is written as URLs have it."""
    with Hooks(ORIGIN).listening(open_place("::1", 0)) as place:
        assert place.startswith("http://[::1]:")
        assert post(place, ORIGIN).status_code == 404


def test_certificates_are_shown(hooks: Hooks, recorder: Recorder, tmp_path: Path) -> None:
    """By HTTPS, to those who trust the authority; the others send nothing."""
    context = Authority(tmp_path / "ca.pem", "127.0.0.1").context()
    with hooks.listening(open_place("127.0.0.1", 0), context) as place:
        assert place.startswith("https://127.0.0.1:")
        with httpx2.Client(trust_env=False) as client, pytest.raises(httpx2.ConnectError):
            client.post(f"{place}/x")
        trusting = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        with httpx2.Client(verify=trusting, trust_env=False) as client:
            assert client.post(f"{place}/x").status_code == 200
    wait_until(lambda: hooks.received(f"{ORIGIN}/x") == 1, "it is recorded")
    assert len(recorder.record.received) == 1
