"""The receiver as clients meet it: every test uses real ones."""

import asyncio
import socket
import ssl
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from contracts.drive.receiver import (
    Action,
    Close,
    Dribble,
    Hang,
    MissingExtraError,
    Raw,
    Received,
    Receiver,
    Reply,
    Reset,
)
from tests.running import printed_by

pytestmark = pytest.mark.clauses("CB-SUCCESS")

SHORT = 0.2  # seconds for an answer, where none is to come
"""Seconds that a client waits for what never comes."""


def post(receiver: Receiver, path: str = "/evolink", *, patience: float = 10, **content: object) -> httpx2.Response:
    """Post as a client does that goes to where the receiver is and asks for the host that it stands for."""
    trust = ssl.create_default_context(cafile=receiver.ca_file) if receiver.address.startswith("https") else False
    host = receiver.url.partition("://")[2]
    with httpx2.Client(verify=trust, trust_env=False, timeout=httpx2.Timeout(10, read=patience)) as client:
        return client.post(
            receiver.address + path,
            headers={"host": host},
            extensions={"sni_hostname": host},
            **content,  # type: ignore[arg-type]
        )


def test_it_answers_by_the_script(tls: bool) -> None:  # noqa: FBT001 - a fixture
    """Each request gets the next answer; when the script is over, 200; and more can be added to it at any time."""
    with Receiver(Reply(500), Reply(503, b"later", {"retry-after": "1"}), tls=tls) as receiver:
        answers = [post(receiver) for _ in range(3)]
        receiver.script(Reply(410), Reply(599))
        answers += [post(receiver) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 503, 200, 410, 599, 200]
    assert (answers[1].text, answers[1].headers["retry-after"]) == ("later", "1")
    assert answers[0].reason_phrase == "Internal Server Error"


def test_it_records_what_came(tls: bool) -> None:  # noqa: FBT001 - a fixture
    """Method, path, headers and body of every request, in order, and when it had come."""
    began = time.monotonic()
    with Receiver(host="callbacks.example.org", tls=tls) as receiver:
        post(receiver, "/a?b=%20c", json={"status": "completed"})
        post(receiver, "/b", content=iter([b"piece ", b"by piece"]))
        first, second = receiver.received
    assert isinstance(first, Received)
    assert (first.method, first.path, first.json()) == ("POST", "/a?b=%20c", {"status": "completed"})
    assert first.headers["host"] == "callbacks.example.org"
    assert first.headers["content-type"] == "application/json"
    assert second.body == b"piece by piece"
    assert began < first.at < second.at < time.monotonic()


def test_a_header_that_comes_twice_is_joined() -> None:
    """Values of one name are a list with commas, as HTTP has it."""
    with Receiver(tls=False) as receiver:
        httpx2.get(receiver.address, headers=[("x-a", "1"), ("x-a", "2")], trust_env=False)
        assert receiver.received[0].headers["x-a"] == "1, 2"


def test_where_it_is() -> None:
    """Its URL is the one that clients give to the API, its route what the simulator needs to find it."""
    with Receiver() as safe, Receiver(tls=False, host="plain.example.com") as plain:
        assert safe.url == "https://hooks.example.com"
        assert safe.route == f"https://hooks.example.com={safe.address}"
        assert safe.address.startswith("https://127.0.0.1:")
        assert plain.route == f"https://plain.example.com={plain.address}"
        assert plain.address.startswith("http://127.0.0.1:")
        assert safe.ca_file.exists()
    assert not safe.ca_file.exists()


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (Hang(), httpx2.ReadTimeout),
        (Reply(after=60), httpx2.ReadTimeout),
        (Dribble(every=60), httpx2.ReadTimeout),
        (Dribble(every=60, head=False), httpx2.ReadTimeout),
        (Close(), httpx2.RemoteProtocolError),
        (Raw(b"no HTTP\r\n\r\n"), httpx2.RemoteProtocolError),
        (Raw(b""), httpx2.RemoteProtocolError),
        (Reset(), httpx2.TransportError),
    ],
    ids=["hang", "late", "slow-head", "slow-body", "close", "no-http", "nothing", "reset"],
)
def test_it_can_misbehave(tls: bool, action: Action, error: type[Exception]) -> None:  # noqa: FBT001 - a fixture
    """A client sees each fault as what it is; the request was received nevertheless."""
    with Receiver(action, tls=tls) as receiver:
        with pytest.raises(error):
            post(receiver, patience=SHORT if error is httpx2.ReadTimeout else 10)
        assert len(receiver.wait_for(1)) == 1
        assert post(receiver).status_code == 200


def test_a_reset_is_one() -> None:
    """TCP says RST, and not only that no more will come; over TLS a client may not see the difference."""
    with Receiver(Reset(), tls=False) as receiver, pytest.raises(httpx2.ReadError):
        post(receiver)


@pytest.mark.parametrize("head", [True, False])
def test_a_dribbled_answer_comes_whole_in_the_end(tls: bool, head: bool) -> None:  # noqa: FBT001 - a table
    """Who waits long enough gets all of it."""
    with Receiver(Dribble(Reply(202, b"slowly"), every=0.0001, head=head), tls=tls) as receiver:
        answer = post(receiver)
    assert (answer.status_code, answer.text) == (202, "slowly")


def test_an_action_of_ones_own() -> None:
    """Whatever has a `perform` can stand in a script."""

    class Repeat:
        async def perform(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 3 + b"HTTP/1.1 204 No Content\r\n\r\n")

    with Receiver(Repeat(), tls=False) as receiver:
        assert post(receiver).status_code == 204


def test_many_clients_at_once(tls: bool) -> None:  # noqa: FBT001 - a fixture
    """Forty clients, of which ten hang for a while, are served in parallel, and each answer is given once."""
    script: list[Action] = [Reply(200 + number, after=0.1) for number in range(40)]
    with Receiver(*script, tls=tls) as receiver, ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda number: post(receiver, f"/{number}"), range(40)))
        came = receiver.wait_for(40)
    assert sorted(answer.status_code for answer in answers) == list(range(200, 240))
    assert {request.path for request in came} == {f"/{number}" for number in range(40)}


def test_waiting_for_requests() -> None:
    """It waits as long as it must, and returns all that has come by then."""
    with Receiver(tls=False) as receiver:
        late = threading.Timer(0.05, post, [receiver, "/late"])
        late.start()
        assert [request.path for request in receiver.wait_for(1)] == ["/late"]
        late.join()
        assert receiver.wait_for(0) == receiver.wait_for(1) == receiver.received


def test_waiting_in_vain() -> None:
    """The failure tells what came instead."""
    with Receiver(tls=False) as receiver:
        with pytest.raises(AssertionError, match=r"^1 requests were to come within 0 s, but what came is: nothing$"):
            receiver.wait_for(1, 0)
        post(receiver, "/a", content=b"abc")
        with pytest.raises(AssertionError, match=r"what came is: POST /a \(3 bytes\)$"):
            receiver.wait_for(2, 0)


def test_connections_that_bring_nothing() -> None:
    """They are told from requests: closed at once, cut off, and another protocol."""
    with Receiver(tls=False) as plain:
        port = int(plain.address.rpartition(":")[2])
        for data in (b"", b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc", b"\x16\x03\x01 hello\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                client.sendall(data)
                client.shutdown(socket.SHUT_WR)
                assert client.recv(100).startswith(b"HTTP/1.1 400 ")
        with pytest.raises(AssertionError, match="it was closed at once"):
            plain.wait_for(1, 0)
        assert [failure.partition(" (")[0] for failure in plain.failures] == [
            "a connection that brought no whole request"
        ] * 3


def test_connections_that_are_not_safe() -> None:
    """So are who speaks no TLS, and who has no trust in the certificate."""
    unsafe = "a connection that ended before it was safe"
    with Receiver() as safe:
        with socket.create_connection(("127.0.0.1", int(safe.address.rpartition(":")[2])), timeout=10) as client:
            client.sendall(b"POST / HTTP/1.1\r\n\r\n")
            while client.recv(100):
                pass
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(safe.address, trust_env=False)
    assert [failure.partition(" (")[0] for failure in safe.failures] in (
        [unsafe],  # the client's alert may come after the server's last word
        [unsafe, unsafe],
    )


def test_nothing_is_left_of_it(tls: bool) -> None:  # noqa: FBT001 - a fixture
    """It hangs up on whoever is still connected, at any stage, and takes its thread, port and files with it."""
    threads = set(threading.enumerate())
    with Receiver(Hang(), Dribble(every=60), tls=tls) as receiver:
        port = int(receiver.address.rpartition(":")[2])
        silent = socket.create_connection(("127.0.0.1", port), timeout=10)
        waiting = [threading.Thread(target=_expect_no_answer, args=[receiver]) for _ in range(2)]
        for thread in waiting:
            thread.start()
        receiver.wait_for(2)
    for thread in waiting:
        thread.join()
    with silent:
        assert silent.recv(1) == b""
    assert set(threading.enumerate()) == threads
    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", port)) != 0


def _expect_no_answer(receiver: Receiver) -> None:
    with pytest.raises(httpx2.HTTPError):
        post(receiver)


def test_it_stops_when_a_test_fails() -> None:
    """An error inside goes out, and the receiver ends."""
    threads = set(threading.enumerate())
    with pytest.raises(ZeroDivisionError), Receiver(tls=False):
        _ = 1 / 0
    assert set(threading.enumerate()) == threads


def test_https_needs_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without trustme one sentence says what to install; plain HTTP needs nothing."""
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(MissingExtraError) as caught, Receiver():
        pass
    assert str(caught.value) == "HTTPS needs trustme: pip install 'evolink-mock[tls]'"
    with Receiver(tls=False) as receiver:
        assert post(receiver).status_code == 200


def test_trustme_is_imported_when_it_is_needed() -> None:
    """Importing the receiver does not wait for a library of certificates."""
    program = "import sys, contracts.drive.receiver; print('trustme' in sys.modules)"
    assert printed_by(sys.executable, "-c", program) == "False\n"
