"""The bridge: clients that know nothing of it reach the simulator, and nothing else."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

import aiohttp
import anyio
import httpcore
import httpcore2
import httpx
import httpx2
import pytest
import requests
import responses
import respx
import trio
from requests.adapters import HTTPAdapter
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from urllib3 import Retry

from contracts.drive.bridge import Bridge
from contracts.drive.in_process import InProcess
from contracts.drive.live import LiveServer
from contracts.drive.reach import ORIGINS
from mock_server.app import create_app
from mock_server.settings import Settings
from tests.drive.callers import Open
from tests.drive.meeting import meet
from tests.serving import Wall, bearer

PATH: Final = "/v1/credits"
URL: Final = f"https://api.evolink.ai{PATH}"
KEY: Final = bearer()
UPLOAD: Final = "https://files-api.evolink.ai/api/v1/files/upload/stream"
REFUSALS: Final = (httpx.ConnectError, httpx2.ConnectError, requests.ConnectionError, aiohttp.ClientConnectorError)

FAULTS: Final = (httpx.TransportError, httpx2.TransportError, requests.RequestException, aiohttp.ClientError)


@pytest.fixture
def bridge(simulator: InProcess) -> Iterator[Bridge]:
    """A bridge to the simulator that is open."""
    with Bridge(simulator) as opened:
        yield opened


def entries(simulator: InProcess) -> list[dict[str, Any]]:
    """Return the journal, by a client of the simulator's own."""
    with httpx2.Client(transport=simulator.httpx2_transport()) as client:
        found: list[dict[str, Any]] = client.get("http://localhost/_mock/journal").json()["entries"]
    return found


@contextmanager
def own_server() -> Iterator[str]:
    """Serve an app of a test's own on this machine, and yield its URL."""
    app = Starlette(routes=[Route("/here", lambda _: PlainTextResponse("own"))])
    with LiveServer(app).running() as url:
        yield url


@pytest.mark.uncounted
@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("made", ["before", "after"])
def test_every_client_of_every_origin(simulator: InProcess, open_client: Open, origin: str, made: str) -> None:
    """It does not matter when a client was made."""
    bridge = Bridge(simulator)
    if made == "before":
        with open_client(None) as call, bridge:
            answer = call("GET", f"{origin}{PATH}", headers=KEY)
    else:
        with bridge, open_client(None) as call:
            answer = call("GET", f"{origin}{PATH}", headers=KEY)
    assert answer[0] == 200
    assert entries(simulator)[0]["url"] == f"{origin}{PATH}"


@pytest.mark.parametrize(
    ("base_url", "used"),
    [
        ("http://gateway.test", "http://gateway.test"),
        ("https://Gateway.test/evolink/", "https://gateway.test:443"),
        ("http://gateway.test:8080/v1", "http://gateway.test:8080"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9"),
        ("http://[::1]:9", "http://[::1]:9"),
    ],
)
def test_base_urls(simulator: InProcess, open_client: Open, base_url: str, used: str) -> None:
    """Where a user says that the API is, it is: by scheme, host and port, on this machine as well."""
    with Bridge(simulator, base_urls=[base_url]), open_client(None) as call:
        assert call("GET", f"{used}{PATH}", headers=KEY)[0] == 200


@pytest.mark.usefixtures("bridge")
@pytest.mark.parametrize("url", ["https://example.com", "http://api.evolink.ai", "https://api.evolink.ai:8443"])
def test_elsewhere(open_client: Open, url: str) -> None:
    """What goes elsewhere is refused in the library's way; the message says what it was, and nothing secret."""
    with open_client(None) as call, pytest.raises(REFUSALS) as refused:
        call("POST", f"{url}/v1/videos?token=hidden", headers=bearer("sk-hidden"), content=b"hidden")
    assert f"POST {url}/v1/videos was not sent" in str(refused.value)
    assert f"name {url} in base_urls" in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_this_machine_and_what_is_allowed(
    simulator: InProcess, open_client: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers of this machine are reached, and others by name."""
    lookups = socket.getaddrinfo
    local: Any = lambda host, *rest, **options: lookups(  # noqa: E731 - a name that leads here
        "127.0.0.1" if host in {"other.test", b"other.test"} else host, *rest, **options
    )
    monkeypatch.setattr(socket, "getaddrinfo", local)
    with own_server() as url:
        other = url.replace("127.0.0.1", "other.test")
        with Bridge(simulator, allow=[f"{other}/"]), open_client(None) as call:
            assert call("GET", f"{url}/here", headers={})[2] == b"own"
            assert call("GET", f"{other}/here", headers={})[2] == b"own"
    assert entries(simulator) == []


def test_afterwards_nothing_is_changed(simulator: InProcess, open_client: Open) -> None:
    """When it is closed, all that it changed is what it was, and no connection to the simulator is used any more."""
    held = [
        *(
            (core.ConnectionPool, name)
            for core in (httpcore, httpcore2)
            for name in ("handle_request", "create_connection")
        ),
        *((core.AsyncConnectionPool, "handle_async_request") for core in (httpcore, httpcore2)),
        (httpcore.HTTPProxy, "create_connection"),
        (HTTPAdapter, "get_connection_with_tls_context"),
        (aiohttp.TCPConnector, "_create_connection"),
    ]
    before = [vars(owner)[name] for owner, name in held]
    with own_server() as url, open_client(None) as call:
        with Bridge(simulator, base_urls=[url]):
            assert [vars(owner)[name] for owner, name in held] != before
            assert call("GET", f"{url}{PATH}", headers=KEY)[0] == 200
        assert [vars(owner)[name] for owner, name in held] == before
        assert "connect" not in vars(aiohttp.TCPConnector)
        assert call("GET", f"{url}/here", headers={})[2] == b"own"
        with Bridge(simulator, base_urls=[url]):
            assert call("GET", f"{url}{PATH}", headers=KEY)[0] == 200


def test_a_bridge_that_could_not_open(simulator: InProcess) -> None:
    """A URL that is none is refused in one sentence."""
    with pytest.raises(ValueError, match=r"^base_urls: 'localhost:3000' is no URL of the web such as "):
        Bridge(simulator, base_urls=["localhost:3000"])
    with pytest.raises(ValueError, match=r"^allow: 'ftp://host' is no URL"):
        Bridge(simulator, allow=["ftp://host"])


@pytest.mark.usefixtures("bridge")
def test_one_bridge_within_another(wall: Wall, simulator: InProcess, open_client: Open) -> None:
    """The one that was opened last leads."""
    with InProcess(create_app(Settings(), wall=wall)) as other, open_client(None) as call:
        with Bridge(other):
            assert call("GET", URL, headers=KEY)[0] == 200
        assert (len(entries(simulator)), len(entries(other))) == (0, 1)
        assert call("GET", URL, headers=KEY)[0] == 200
    assert len(entries(simulator)) == 1


def test_every_fault_of_the_wire(wall: Wall, open_client: Open) -> None:
    """What a client meets is what it meets by a transport of the simulator's own, fault by fault."""
    with InProcess(create_app(Settings(), wall=wall)) as simulator:
        by_transport = meet(open_client, "https://api.evolink.ai", simulator)
    with InProcess(create_app(Settings(), wall=wall)) as simulator, Bridge(simulator):
        assert meet(open_client, "https://api.evolink.ai", None) == by_transport


@pytest.mark.usefixtures("bridge")
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_many_threads(simulator: InProcess, library: Any) -> None:
    """Clients on many threads, with one pool, are answered each by its own answer."""
    with library.Client(headers=KEY) as client, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client.get(URL), range(80)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["x-request-id"] for answer in answers}) == 80
    assert len(entries(simulator)) == 80


@pytest.mark.usefixtures("bridge")
@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_many_tasks(simulator: InProcess, library: Any, loop: str) -> None:
    """Asynchronous clients run on asyncio and on trio, many requests at once, with plans and without."""
    statuses: list[int] = []

    async def ask(client: Any, headers: dict[str, str]) -> None:
        statuses.append((await client.get(URL, headers=headers)).status_code)

    async def ask_all() -> None:
        async with library.AsyncClient(headers=KEY) as client, anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(ask, client, {"x-mock-plan": "delay 4"} if number % 2 else {})

    anyio.run(ask_all, backend=loop)
    assert statuses == [200] * 20
    assert len(entries(simulator)) == 20


@pytest.mark.usefixtures("bridge")
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_patience_on_trio(library: Any) -> None:
    """A client on trio gives up as others do, and so does one that waits for a plan without an end."""

    async def ask() -> None:
        async with library.AsyncClient(headers=KEY, timeout=3600) as client:
            with pytest.raises(library.ReadTimeout):
                await client.get(URL, headers={"x-mock-plan": "delay 7200"})
        async with library.AsyncClient(headers=KEY, timeout=None) as client:
            with pytest.raises(library.ReadTimeout):
                await client.get(URL, headers={"x-mock-plan": "disconnect in-body silence"})

    trio.run(ask)


FILE: Final = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3000


@pytest.mark.usefixtures("bridge")
@pytest.mark.parametrize("library", [httpx, httpx2, requests])
def test_files_go_up_and_come_down_in_pieces(library: Any) -> None:
    """A form with a file is sent, and its link is read as it comes."""
    data = library.post(UPLOAD, headers=KEY, files={"file": ("a.png", FILE, "image/png")}).json()["data"]
    if library is requests:
        with requests.get(data["file_url"], stream=True, timeout=5) as answer:
            pieces = list(answer.raw.stream(65_536))
    else:
        with library.stream("GET", data["file_url"]) as answer:
            pieces = list(answer.iter_raw())
    assert b"".join(pieces) == FILE
    assert len(pieces) > 1


@pytest.mark.usefixtures("bridge")
def test_files_of_asynchronous_clients() -> None:
    """The same, asynchronously."""

    async def by_httpx(library: Any) -> None:
        async with library.AsyncClient() as client:
            sent = await client.post(UPLOAD, headers=KEY, files={"file": ("a.png", FILE, "image/png")})
            async with client.stream("GET", sent.json()["data"]["file_url"]) as answer:
                assert b"".join([piece async for piece in answer.aiter_raw()]) == FILE

    async def by_aiohttp() -> None:
        form = aiohttp.FormData()
        form.add_field("file", FILE, filename="a.png", content_type="image/png")
        async with aiohttp.ClientSession() as session:
            async with session.post(UPLOAD, headers=KEY, data=form) as sent:
                url = (await sent.json())["data"]["file_url"]
            async with session.get(url) as answer:
                assert b"".join([piece async for piece in answer.content.iter_any()]) == FILE

    asyncio.run(by_httpx(httpx))
    asyncio.run(by_httpx(httpx2))
    asyncio.run(by_aiohttp())


@pytest.mark.usefixtures("bridge")
def test_what_a_test_puts_in_the_place_of_the_network(simulator: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mocks, apps, sockets of the file system and the simulator's own transports are as they were."""
    told = b"HTTP/1.1 418 Teapot\r\ncontent-length: 0\r\n\r\n"
    for library, core in ((httpx, httpcore), (httpx2, httpcore2)):
        mock: Any = library.MockTransport(lambda _, library=library: library.Response(418))
        with library.Client(transport=mock) as client:
            assert client.get(URL).status_code == 418
        with core.ConnectionPool(network_backend=core.MockBackend([told])) as pool:
            assert pool.request("GET", "http://example.com").status == 418
        with monkeypatch.context() as patched:
            patched.setattr(
                core.SyncBackend, "connect_unix_socket", lambda *_, core=core, **__: core.MockStream([told])
            )
            with library.Client(transport=library.HTTPTransport(uds="/run/some.sock")) as client:
                assert client.get("http://example.com").status_code == 418
        with library.Client() as client, pytest.raises(library.UnsupportedProtocol):
            client.get("ftp://example.com")
    assert entries(simulator) == []


@pytest.mark.parametrize("core", [httpcore, httpcore2])
def test_pools_of_a_test_s_own_kind(simulator: InProcess, core: Any) -> None:
    """Pools whose class a test has made are led too."""
    kind: Any = type("Pool", (core.ConnectionPool,), {})
    with Bridge(simulator), kind() as pool:
        assert pool.request("GET", URL, headers=KEY).status == 200


@pytest.mark.usefixtures("bridge")
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_proxies_are_passed_over(library: Any) -> None:
    """A client that would go through a proxy reaches the simulator."""
    with library.Client(proxy="http://proxy.test:3128") as client:
        assert client.get(URL, headers=KEY).status_code == 200
        with pytest.raises(library.ConnectError, match=r"GET https://example\.com/ was not sent"):
            client.get("https://example.com")


@pytest.mark.usefixtures("bridge")
def test_a_session_keeps_its_adapters(simulator: InProcess) -> None:
    """What an adapter of requests is set to counts: its retries."""
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=Retry(2, status_forcelist=[503], backoff_factor=0)))
        with pytest.raises(requests.exceptions.RetryError):
            session.get(URL, headers={**KEY, "x-mock-plan": "answer 503"}, timeout=5)
    assert [entry["status"] for entry in entries(simulator)] == [503] * 3


@pytest.mark.usefixtures("bridge")
def test_answers_of_responses() -> None:
    """The answers that a test has made with the library `responses` come first; what it lets through is led."""
    with responses.RequestsMock() as mocked:
        mocked.get("https://mocked.test/x", status=418)
        mocked.add_passthru(ORIGINS[0])
        assert requests.get("https://mocked.test/x", timeout=5).status_code == 418
        assert requests.get(URL, headers=KEY, timeout=5).status_code == 200


@pytest.mark.usefixtures("bridge")
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_pool_that_is_full(library: Any) -> None:
    """A pool keeps its limits: an answer that is not closed holds its connection."""
    limits = library.Limits(max_connections=1)
    timeout = library.Timeout(5, pool=0.01)
    with library.Client(headers=KEY, limits=limits, timeout=timeout) as client:
        with client.stream("GET", URL), pytest.raises(library.PoolTimeout):
            client.get(URL)
        assert client.get(URL).status_code == 200


@pytest.mark.usefixtures("bridge")
@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize("expiry", [0.0, None])
def test_connections_expire(simulator: InProcess, library: Any, expiry: float | None) -> None:
    """A connection is kept as long as the client is set to keep it."""
    with library.Client(headers=KEY, limits=library.Limits(keepalive_expiry=expiry)) as client:
        client.get(URL)
        client.get(URL)
    assert len({entry["connection"] for entry in entries(simulator)}) == (2 if expiry == 0.0 else 1)


def test_a_client_is_busy_until_it_is_answered(simulator: InProcess, open_client: Open) -> None:
    """Each wait for the head of an answer is entered and left, however it ends."""
    life: list[str] = []

    class Wait:
        def __enter__(self) -> None:
            life.append("begun")

        def __exit__(self, *_: object) -> None:
            life.append("ended")

    with Bridge(simulator, busy=Wait), open_client(None) as call:
        call("GET", URL, headers=KEY)
        call("GET", URL, headers={**KEY, "x-mock-plan": "delay 1"})
        with pytest.raises(FAULTS):
            call("GET", URL, headers={**KEY, "x-mock-plan": "disconnect before-response reset"})
        with pytest.raises(FAULTS):
            call("GET", URL, headers={**KEY, "x-mock-plan": "delay 99"}, patience=50)
        with pytest.raises(REFUSALS):
            call("GET", "https://example.com", headers={})
    assert len(life) in {8, 10}
    assert life == ["begun", "ended"] * (len(life) // 2)


@pytest.mark.anyio
async def test_on_the_loop_of_the_simulator() -> None:
    """Where the app lives on the client's own loop, asynchronous clients are answered, and others are told why not."""
    async with InProcess(create_app()) as simulator:
        with Bridge(simulator):
            async with httpx2.AsyncClient(headers=KEY) as client:
                assert (await client.get(URL)).status_code == 200
            with httpx2.Client(headers=KEY) as other, pytest.raises(RuntimeError, match="on the thread that serves it"):
                other.get(URL)


ROUTED: Final = {"httpcore": "https://mocked.test/x", "httpx": "https://mocked.test/x"}


@pytest.mark.parametrize("using", ROUTED)
@pytest.mark.parametrize("opened", ["before", "within"])
def test_routers_of_respx(simulator: InProcess, using: str, opened: str) -> None:
    """A test's own routes are asked first, whichever was opened first; the rest is for the simulator, or refused."""
    routed = respx.MockRouter(using=using, assert_all_called=False)
    routed.get("https://mocked.test/x").respond(418)
    routed.get(f"{ORIGINS[0]}/v1/models").respond(418)
    routed.get(f"{ORIGINS[0]}/v1/credits").pass_through()
    bridge = Bridge(simulator)
    outer, inner = (routed, bridge) if opened == "before" else (bridge, routed)
    urls = ["https://mocked.test/x", f"{ORIGINS[0]}/v1/models", URL, f"{ORIGINS[1]}{PATH}"]

    async def ask() -> list[int]:
        async with httpx.AsyncClient(headers=KEY) as client:
            statuses = [(await client.get(url)).status_code for url in urls]
            with pytest.raises(httpx.ConnectError, match="was not sent"):
                await client.get("https://example.com")
        return statuses

    before = httpcore.ConnectionPool.handle_request
    with outer, inner:
        with httpx.Client(headers=KEY) as client:
            assert [client.get(url).status_code for url in urls] == [418, 418, 200, 200]
            with pytest.raises(httpx.ConnectError, match="was not sent"):
                client.get("https://example.com")
        assert asyncio.run(ask()) == [418, 418, 200, 200]
    assert httpcore.ConnectionPool.handle_request is before


def test_a_router_of_respx_that_outlives_the_bridge(simulator: InProcess) -> None:
    """A router that was opened within and is closed after still routes between, and leaves nothing behind."""
    before = httpcore.ConnectionPool.handle_request
    routed = respx.MockRouter(assert_all_called=False)
    routed.get("https://mocked.test/x").respond(418)
    with Bridge(simulator):
        routed.start()
    assert httpx.get("https://mocked.test/x").status_code == 418
    routed.stop()
    assert httpcore.ConnectionPool.handle_request is before
