"""The proxy at work: where clients get by it, and what it makes of clients that are slow, many or gone."""

import asyncio
import socket
import ssl
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Literal

import httpx2
import pytest

from contracts.drive.live import LiveServer
from mock_server.app import create_app
from mock_server.core.http.urls import Origin
from mock_server.egress.egress import Egress
from mock_server.entrance.authority import Authority, Certificate
from mock_server.proxy import proxy as proxies
from mock_server.proxy.heads import LONGEST_HEAD
from mock_server.proxy.proxy import Proxy
from mock_server.proxy.ways import Ways
from mock_server.settings import Settings
from tests.proxy.conftest import connect, listening, read_all, tunnel, wish
from tests.running import wait_until
from tests.serving import CREATE, bearer, example

API: Final = "https://api.evolink.ai"
PNG: Final = b"\x89PNG\r\n\x1a\n" + bytes(64)


def proxy_of(server: LiveServer) -> Proxy:
    """Return the proxy of a server."""
    assert server.proxy_url
    assert server._proxy is not None
    return server._proxy[1]


@pytest.fixture
def client(server: LiveServer) -> Iterator[httpx2.Client]:
    """A client that trusts the CA, with the proxy."""
    trust = ssl.create_default_context(cafile=server.ca_file)
    with httpx2.Client(proxy=server.proxy_url, verify=trust, trust_env=False, headers=bearer()) as client:
        yield client


@pytest.mark.clauses("OP-SERVER", "OP-CREATE", "TASK-RESULTS")
def test_a_whole_generation(server: LiveServer, client: httpx2.Client) -> None:
    """Created, asked for and fetched at the API's own hosts; a link leads to the host that real ones lead to."""
    task = client.post(API + CREATE, json=example()).json()["id"]
    moved = httpx2.post(f"{server._url}/_mock/clock", json={"advance": 3600}, trust_env=False)
    assert moved.status_code == 200
    (link,) = client.get(f"{API}/v1/tasks/{task}").json()["results"]
    assert link.startswith("https://files.evolink.ai/")
    assert client.get(link).content[4:8] == b"ftyp"
    assert [(each.host, each.port, each.way) for each in server.passages] == [
        ("api.evolink.ai", 443, "led"),
        ("files.evolink.ai", 443, "led"),
    ]
    assert server.passages[0].at < server.passages[1].at


def test_files(client: httpx2.Client) -> None:
    """Uploaded at one host, fetched at the other by both links."""
    answer = client.post("https://files-api.evolink.ai/api/v1/files/upload/stream", files={"file": PNG})
    data = answer.json()["data"]
    for link in (data["file_url"], data["download_url"]):
        assert link.startswith("https://files.evolink.ai/")
        assert client.get(link).content == PNG


@pytest.mark.parametrize("certificate", ["expired", "wrong-host", "unknown-ca"])
def test_a_certificate_that_does_not_hold(certificate: Certificate) -> None:
    """A client that looks at it goes no further; what the simulator shows is what arrives."""
    server = LiveServer(create_app(Settings(speed=0)), certificate=certificate)
    with server.running():
        trust = ssl.create_default_context(cafile=server.ca_file)
        with (
            httpx2.Client(proxy=server.proxy_url, verify=trust, trust_env=False) as client,
            pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            client.get(f"{API}/v1/credits")
        assert [each.way for each in server.passages] == ["led"]


def test_servers_that_share_an_authority(tmp_path: Path) -> None:
    """Who trusts one trusts the other."""
    authority = Authority(tmp_path / "ca.pem", "api.evolink.ai")
    trust = ssl.create_default_context(cafile=authority.ca_file)
    for _ in range(2):
        server = LiveServer(create_app(Settings(speed=0)), authority=authority)
        with server.running():
            with httpx2.Client(proxy=server.proxy_url, verify=trust, trust_env=False) as client:
                assert client.get(f"{API}/v1/credits").status_code == 401
            assert server.authority is authority
    assert authority.ca_file.exists()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("path", ["health", "accounts", "openapi.json"])
def test_the_control_api_is_not_there(client: httpx2.Client, scheme: str, path: str) -> None:
    """By the name of the API it cannot be reached, as nobody could in production."""
    for host in ("api.evolink.ai", "files-api.evolink.ai", "files.evolink.ai"):
        assert client.get(f"{scheme}://{host}/_mock/{path}").status_code == 403


def test_without_tls(client: httpx2.Client) -> None:
    """A request that names its whole URL is passed on; the next has a connection of its own."""
    for _ in range(2):
        answer = client.get("http://api.evolink.ai/v1/credits")
        assert (answer.status_code, answer.headers["connection"]) == (200, "close")


@pytest.mark.parametrize("url", ["https://example.com/", "https://api.evolink.ai:8443/", "https://10.0.0.1/"])
def test_other_hosts(server: LiveServer, client: httpx2.Client, url: str) -> None:
    """They are refused, and noted."""
    with pytest.raises(httpx2.ProxyError, match="403 Refused by evolink-mock"):
        client.get(url)
    assert [each.way for each in server.passages] == ["refused"]


def test_a_refusal_can_be_read(client: httpx2.Client) -> None:
    """By who asks without TLS."""
    answer = client.get("http://example.com/")
    assert answer.status_code == 403
    assert answer.text.startswith("example.com:80 was not connected to: this proxy leads api.evolink.ai, ")


def test_this_machine(server: LiveServer, client: httpx2.Client) -> None:
    """Who does not heed NO_PROXY reaches its own servers all the same."""
    assert client.get(f"{server._url}/v1/credits").status_code == 200
    assert [each.way for each in server.passages] == ["allowed"]


def test_a_host_that_is_let_out(server: LiveServer) -> None:
    """It is connected to where its name leads."""
    with listening(lambda talking: talking.sendall(b"hello")) as place:
        port = int(place.rpartition(":")[2])
        routes = {Origin("https", "other.example.org", port): Origin("http", "127.0.0.1", port)}
        proxy_of(server).ways._egress = Egress(routes, public=True)
        with tunnel(server, f"other.example.org:{port}") as client:
            assert read_all(client) == b"hello"
    assert [(each.host, each.way) for each in server.passages] == [("other.example.org", "allowed")]


def test_where_nobody_listens(server: LiveServer) -> None:
    """The reason is told."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with connect(server.proxy_url) as client:
        client.sendall(wish(f"127.0.0.1:{port}"))
        answer = read_all(client)
    assert answer.startswith(b"HTTP/1.1 502 Refused by evolink-mock\r\n")
    assert answer.endswith(f"no connection to 127.0.0.1:{port}: the connection was refused\n".encode())


def test_a_host_that_leads_inward(server: LiveServer) -> None:
    """It is not connected to, though it was allowed."""

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["192.168.0.1"]

    proxy_of(server).ways._egress = Egress({}, public=True, resolve=resolve)
    with connect(server.proxy_url) as client:
        client.sendall(wish("other.example.org:443"))
        assert read_all(client).endswith(
            b"no connection to other.example.org: refused: 192.168.0.1 is internal (private)\n"
        )


def test_the_second_address(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one address does not answer, the next is tried."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = free.getsockname()[1]

    async def addresses(_: Ways, origin: Origin) -> Collection[tuple[str, int]]:
        return [("127.0.0.1", closed), ("127.0.0.1", origin.port)]

    monkeypatch.setattr(Ways, "addresses", addresses)
    with listening(lambda talking: talking.sendall(b"hello")) as place, tunnel(server, place) as client:
        assert read_all(client) == b"hello"


def test_a_client_that_says_nothing(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told so when its time is over, and then hung up on, whether it goes or not."""
    monkeypatch.setattr(proxies, "HEAD_SECONDS", 0)
    monkeypatch.setattr(proxies, "FAREWELL_SECONDS", 0)
    with connect(server.proxy_url) as client:
        assert client.recv(65_536).startswith(b"HTTP/1.1 408 Refused by evolink-mock\r\n")
        wait_until(lambda: not proxy_of(server).clients, "the proxy has hung up")


def test_a_head_without_end(server: LiveServer) -> None:
    """It is refused, and the answer arrives though the client sends on."""
    with connect(server.proxy_url) as client:
        client.sendall(b"CONNECT x:1 HTTP/1.1\r\nX: " + b"x" * (LONGEST_HEAD * 16))
        assert read_all(client).startswith(b"HTTP/1.1 431 Refused by evolink-mock\r\n")


def test_a_client_that_leaves_before_it_has_said_what_it_wants(server: LiveServer) -> None:
    """Nothing of it is left."""
    with connect(server.proxy_url) as client:
        client.sendall(b"CONNECT api.evo")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b""
    assert server.passages == ()


class Hanging(Ways):
    """Ways that never find an address."""

    async def addresses(self, _origin: Origin) -> Collection[tuple[str, int]]:
        """Wait for ever."""
        await asyncio.Event().wait()
        raise AssertionError


def test_connecting_takes_too_long(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up."""
    monkeypatch.setattr(proxies, "CONNECT_SECONDS", 0)
    monkeypatch.setattr(Ways, "addresses", Hanging.addresses)
    with connect(server.proxy_url) as client:
        client.sendall(wish("localhost:1"))
        assert read_all(client).endswith(b"no connection to localhost:1 within 0 s\n")


@pytest.mark.parametrize("loop", ["asyncio", "auto"])
def test_stopping(monkeypatch: pytest.MonkeyPatch, loop: Literal["asyncio", "auto"]) -> None:
    """Whoever waits, speaks or is silent then is hung up on, and the stop waits for nobody."""
    server = LiveServer(create_app(Settings(speed=0)))
    server.config.loop = loop
    with ExitStack() as stack:
        with server.running():
            clients = [connect(server.proxy_url), tunnel(server, "api.evolink.ai:80"), connect(server.proxy_url)]
            for client in clients:
                stack.enter_context(client)
            monkeypatch.setattr(Ways, "addresses", Hanging.addresses)
            clients[-1].sendall(wish("localhost:1"))
            wait_until(lambda: len(server.passages) == 2, "the last has been asked for")
        assert all(map(is_gone, clients))


def test_many(server: LiveServer) -> None:
    """Two hundred tunnels at once."""
    request = b"GET /v1/credits HTTP/1.1\r\nHost: api.evolink.ai\r\nAuthorization: Bearer sk-test\r\n\r\n"
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(server.proxy_url)) for _ in range(200)]
        for client in clients:
            client.sendall(wish("api.evolink.ai:80") + request)
        for client in clients:
            answer = b""
            while b"success" not in answer:
                answer += client.recv(65_536)
            assert answer.count(b"HTTP/1.1 200 ") == 2
    wait_until(lambda: not proxy_of(server).clients, "the tunnels have ended")


def test_half_a_connection(server: LiveServer) -> None:
    """Who has said all can hear on."""
    answering = listening(lambda talking: talking.sendall(read_all(talking)[::-1]))
    with answering as place, tunnel(server, place) as client:
        client.sendall(b"abc")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b"cba"
    wait_until(lambda: not proxy_of(server).clients, "the tunnel has ended")


def test_a_client_that_resets(server: LiveServer) -> None:
    """The other side hears of it as it is."""
    heard: list[Any] = []

    def converse(talking: socket.socket) -> None:
        talking.sendall(b"hello")
        try:
            heard.append(talking.recv(1))
        except ConnectionResetError:
            heard.append("RST")

    with listening(converse) as place, tunnel(server, place) as client:
        assert client.recv(5) == b"hello"
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        client.close()
    assert heard == ["RST"]


def test_more_than_fits(server: LiveServer) -> None:
    """A client that reads later gets all of it, and until then the other side is not read from."""
    size, sent = 32 * 1_048_576, list[int]()

    def converse(talking: socket.socket) -> None:
        talking.sendall(bytes(size))
        sent.append(size)

    with listening(converse) as place, tunnel(server, place) as client:
        proxy = proxy_of(server)
        wait_until(lambda: any(is_held(each) for each in list(proxy.clients)), "the other side is held")
        assert sent == []
        assert len(read_all(client)) == size


def is_held(client: proxies.Client) -> bool:
    """Tell whether the other side has to wait for a client."""
    return client.other is not None and not client.other.transport.is_reading()


def is_gone(client: socket.socket) -> bool:
    """Tell whether the other side has hung up."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True
