"""The way out over real sockets, to receivers on this machine."""

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Iterator

import pytest

from contracts.drive.receiver import Action, Close, Dribble, Hang, Raw, Receiver, Reply, Reset
from mock_server.egress.answer import Answer
from mock_server.egress.egress import Egress, EgressError, EgressTimeout, resolve_host
from mock_server.egress.routes import read_route

pytestmark = pytest.mark.anyio

HEADERS = {"content-type": "application/json", "user-agent": "evolink-mock/1"}
BODY = b'{"id": "task-unified-1757169743-7cvnl5zw"}'
SHORT = 0.5
"""Seconds of an attempt that is meant to run out of time."""


def to(receiver: Receiver, *, seconds: float = 10, ca: bool = True) -> Egress:
    """Return a way out that leads to a receiver."""
    return Egress(dict([read_route(receiver.route)]), ca_file=receiver.ca_file if ca else None, seconds=seconds)


async def failure(egress: Egress, url: str = "https://hooks.example.com/evolink") -> EgressError:
    """Post, and return the error."""
    with pytest.raises(EgressError) as caught:
        await egress.post(url, BODY, HEADERS)
    return caught.value


async def test_what_is_sent(tls: bool) -> None:  # noqa: FBT001 - a fixture
    """The body, the headers given, and those that HTTP needs; the host is the original one, and the user stays here."""
    with Receiver(tls=tls) as receiver:
        url = "https://user:secret@hooks.example.com/evolink?a=1#part"
        assert await to(receiver, ca=tls).post(url, BODY, HEADERS) == Answer(200, 0)
        (came,) = receiver.wait_for(1)
    assert (came.method, came.path, came.body) == ("POST", "/evolink?a=1", BODY)
    assert came.headers == {
        **HEADERS,
        "host": "hooks.example.com",
        "content-length": str(len(BODY)),
        "connection": "close",
    }


async def test_a_port_is_part_of_the_host() -> None:
    """A URL with a port says so in its Host header."""
    with Receiver(tls=False) as receiver:
        route = read_route(f"https://hooks.example.com:8443={receiver.address}")
        await Egress(dict([route])).post("https://hooks.example.com:8443/", BODY, HEADERS)
        assert receiver.wait_for(1)[0].headers["host"] == "hooks.example.com:8443"


@pytest.mark.clauses("CB-SUCCESS")
@pytest.mark.parametrize(
    ("action", "answer"),
    [
        (Reply(204), Answer(204, 0)),
        (Reply(200, b"accepted"), Answer(200, 8)),
        (Reply(500, b"x" * 100_000), Answer(500, 100_000)),
        (Reply(304), Answer(304, 0)),
        (Reply(429, headers={"retry-after": "60"}), Answer(429, 0)),
        (Raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), Answer(200, 3)),
        (Raw(b"HTTP/1.0 202 Accepted\r\n\r\nuntil the end"), Answer(202, 13)),
        (Raw(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 201 Created\r\n\r\nabc"), Answer(201, 3)),
        (Raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000), None),
    ],
    ids=lambda value: value.data.split(b"\r\n")[0].decode() if isinstance(value, Raw) else ascii(value)[:60],
)
async def test_what_is_answered(tls: bool, action: Action, answer: Answer | None) -> None:  # noqa: FBT001 - a fixture
    """Status and size of an answer, however its body ends; of one that is too long no more is read than a megabyte."""
    with Receiver(action, tls=tls) as receiver:
        got = await to(receiver, ca=tls).post(receiver.url, BODY, HEADERS)
    assert got == answer if answer else (got.status, got.size < 2_000_000) == (200, True)


@pytest.mark.uncounted
@pytest.mark.clauses("CB-SUCCESS")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    """A redirect is the answer; where it points to, also an internal address, is never asked."""
    with Receiver(tls=False) as other, Receiver(Reply(status, headers={"location": other.address})) as receiver:
        assert await to(receiver).post(receiver.url, BODY, HEADERS) == Answer(status, 0)
        assert len(receiver.received) == 1
        assert other.received == ()


async def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies and certificates that the environment names are not used."""
    with Receiver(tls=False) as proxy, Receiver() as receiver:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.address)
        assert (await to(receiver).post(receiver.url, BODY, HEADERS)).status == 200
        assert proxy.received == ()


async def test_nothing_is_kept_between_attempts() -> None:
    """Each attempt has a connection of its own, and a cookie that was set is not sent back."""
    with Receiver(Reply(500, headers={"set-cookie": "a=b"}), Reply(200)) as receiver:
        egress = to(receiver)
        assert [(await egress.post(receiver.url, BODY, HEADERS)).status for _ in range(2)] == [500, 200]
        first, second = receiver.wait_for(2)
    assert first.headers == second.headers
    assert "cookie" not in second.headers


@pytest.mark.uncounted
@pytest.mark.clauses("CB-TIMEOUT")
@pytest.mark.parametrize(
    "action",
    [Hang(), Reply(after=60), Dribble(every=0.2), Dribble(every=0.2, head=False)],
    ids=["hang", "late", "slow-head", "slow-body"],
)
async def test_an_attempt_has_its_time(tls: bool, action: Action) -> None:  # noqa: FBT001 - a fixture
    """Whatever keeps the whole answer from coming, also a byte now and then: the attempt ends when its time is over."""
    with Receiver(action, tls=tls) as receiver:
        error = await failure(to(receiver, seconds=SHORT, ca=tls))
        assert isinstance(error, EgressTimeout)
        assert str(error) == "no whole answer within 0.5 s"
        assert len(receiver.wait_for(1)) == 1


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of a socket that takes connections and never says anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.clauses("CB-TIMEOUT")
async def test_a_handshake_is_part_of_the_attempt(deaf: str) -> None:
    """A server that never begins with TLS does not keep an attempt longer."""
    egress = Egress(dict([read_route(f"https://hooks.example.com=https://{deaf}")]), seconds=SHORT)
    assert isinstance(await failure(egress), EgressTimeout)


@pytest.mark.clauses("CB-TIMEOUT")
async def test_resolving_is_part_of_the_attempt() -> None:
    """A resolver that never answers does not keep an attempt longer."""

    async def wait(*_: object) -> list[str]:
        await asyncio.Event().wait()
        return []

    assert isinstance(await failure(Egress({}, public=True, resolve=wait, seconds=SHORT)), EgressTimeout)


@pytest.mark.uncounted
@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Close(), "the connection was closed before the answer was whole"),
        (Reset(), "the connection was reset"),
        (
            Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"),
            "the connection was closed before the answer was whole",
        ),
        (Raw(b"HTTP/1.1 200 OK\r\ncontent-le"), "the connection was closed before the answer was whole"),
        (Raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "the answer is not HTTP/1.1"),
        (Raw(b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\r\n"), "the answer is not HTTP/1.1"),
        (Raw(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200_000), "the head of the answer has no end"),
    ],
    ids=["closed", "reset", "half-body", "half-head", "ssh", "upgrade", "endless-head"],
)
async def test_what_is_no_answer(tls: bool, action: Action, reason: str) -> None:  # noqa: FBT001 - a fixture
    """The reason is a few words, without addresses or names of libraries."""
    with Receiver(action, tls=tls) as receiver:
        assert str(await failure(to(receiver, ca=tls))) == reason


async def test_nobody_listens() -> None:
    """A port at which nobody listens refuses the connection."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        route = read_route(f"https://hooks.example.com=http://127.0.0.1:{closed.getsockname()[1]}")
        assert str(await failure(Egress(dict([route])))) == "the connection was refused"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "the name cannot be resolved"),
        (OSError(errno.ENETUNREACH, "to 10.1.2.3"), "network is unreachable"),
        (TimeoutError(errno.ETIMEDOUT, "to 10.1.2.3"), "connection timed out"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong"), "the TLS connection failed: no reason given"),
        (OSError("Multiple exceptions"), "oserror"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, OSError) else None,
)
async def test_the_reason_is_short(error: OSError, reason: str) -> None:
    """Whatever the system says, the reason has no address in it, and a timeout of the system is not ours."""

    async def fail(*_: object) -> list[str]:
        raise error

    caught = await failure(Egress({}, public=True, resolve=fail))
    assert str(caught) == reason
    assert not isinstance(caught, EgressTimeout)


async def test_the_systems_resolver() -> None:
    """What the system says a host's addresses are; an address is its own."""
    assert await resolve_host("127.0.0.1", 80) == ["127.0.0.1"]
    assert await resolve_host("::1", 80) == ["::1"]


async def test_pieces_are_sent_as_they_come() -> None:
    """What makes the pieces gets the head, with the headers as they were given, and yields all that goes out."""
    heads = []

    async def pieces(head: bytes) -> AsyncIterator[bytes]:
        heads.append(head)
        for piece in (head[:5], head[5:], b"", BODY[:5], BODY[5:]):
            await asyncio.sleep(0)
            yield piece

    with Receiver(tls=False) as receiver:
        await to(receiver, ca=False).post(
            receiver.url, pieces, [("x-a", "1"), ("x-a", "2"), ("content-length", str(len(BODY)))]
        )
        (came,) = receiver.wait_for(1)
    assert came.body == BODY
    (head,) = heads
    assert head.endswith(b"\r\nx-a: 1\r\nx-a: 2\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(BODY))


async def test_an_answer_may_come_before_the_body_is_sent() -> None:
    """A receiver that answers at once is believed; the rest of the pieces stays here."""
    sent = []

    async def pieces(head: bytes) -> AsyncIterator[bytes]:
        yield head
        while True:
            sent.append(b"x")
            yield b"x"
            await asyncio.sleep(0.001)

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        egress = Egress(dict([read_route(f"https://hooks.example.com=http://127.0.0.1:{port}")]))
        assert (await egress.post("https://hooks.example.com/", pieces, HEADERS)).status == 413
    assert sent


@pytest.mark.slow
async def test_many_at_once_do_not_wait_for_each_other() -> None:
    """A hundred attempts of which half hang end as soon as they can."""
    with Receiver(tls=False) as good, Receiver(*[Hang()] * 50, tls=False, host="slow.example.com") as slow:
        egress = Egress(dict([read_route(good.route), read_route(slow.route)]), seconds=3)
        hanging = [asyncio.create_task(failure(egress, slow.url)) for _ in range(50)]
        answers = await asyncio.gather(*(egress.post(good.url, BODY, HEADERS) for _ in range(50)))
        assert not any(task.done() for task in hanging)
        assert {answer.status for answer in answers} == {200}
        assert {type(error) for error in await asyncio.gather(*hanging)} == {EgressTimeout}
