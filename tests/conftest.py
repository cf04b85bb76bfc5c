"""What tests of many rooms start from. A test that asks for a `client` runs in this process and again over a socket."""

import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from functools import cache
from typing import Any

import certifi
import httpcore2
import httpx2
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.applications import Starlette

from contracts.drive.live import HOSTS, LiveServer
from contracts.drive.receiver import Receiver
from contracts.evolink.options import PLAIN
from contracts.evolink.simulator import open_simulator
from mock_server.app import create_app
from mock_server.entrance.authority import Authority
from mock_server.settings import Settings
from mock_server.store import SqliteStore, Store
from tests.serving import KEY, LIVE, Serve, Wall, bearer, check_answer


@pytest.fixture(scope="session", autouse=True)
def authorities_read_once() -> Iterator[None]:
    """Read whom clients trust by default once for all: each client of httpx or httpx2 reads it for itself, in 20 ms."""
    make = ssl.create_default_context
    once = cache(make)

    def create(*args: Any, **options: Any) -> ssl.SSLContext:
        defaults = certifi.where(), ssl.get_default_verify_paths().cafile
        return (once if options.get("cafile") in defaults else make)(*args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", create)
        patch.setattr(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context))
        yield


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """The way to the loop of all simulators; one has been opened, so that no test is the one that imports its parts."""
    with start_blocking_portal("asyncio") as portal:
        with open_simulator(portal, PLAIN):
            pass
        yield portal


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who vouches for all simulators that ask for it; its files are there."""
    made = Authority(tmp_path_factory.mktemp("authority") / "ca.pem", *HOSTS)
    assert made.trust.bundle_file.exists()
    return made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver for hooks.example.com, without TLS: a slow handshake is no part of most tests."""
    with Receiver(tls=False) as running:
        yield running


@pytest.fixture(params=["http", "https"])
def tls(request: pytest.FixtureRequest) -> bool:
    """Whether a receiver speaks TLS: both."""
    return bool(request.param == "https")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.fixture
def wall() -> Wall:
    """Real time, as the test moves it."""
    return Wall()


@pytest.fixture
def facts() -> SqliteStore:
    """The store behind `client`; the simulator closes it."""
    return SqliteStore()


@pytest.fixture(params=["in-process", LIVE])
async def serve(request: pytest.FixtureRequest, anyio_backend: str, wall: Wall) -> AsyncIterator[Serve]:  # noqa: ARG001
    """How to get a client of a simulator of one's own."""
    async with AsyncExitStack() as stack:

        async def connect(app: Starlette) -> tuple[str, httpx2.AsyncBaseTransport]:
            if request.param == "live":
                return stack.enter_context(LiveServer(app).running()), httpx2.AsyncHTTPTransport()
            await stack.enter_async_context(app.router.lifespan_context(app))
            return "http://127.0.0.1:8765", httpx2.ASGITransport(app=app)

        async def start(*, store: Store | None = None, key: str = KEY, **settings: Any) -> httpx2.AsyncClient:
            app = create_app(
                Settings(**{"speed": 1.0, "videos": "packaged", **settings}), store=store or SqliteStore(), wall=wall
            )
            url, transport = await connect(app)
            client = httpx2.AsyncClient(
                base_url=url, transport=transport, headers=bearer(key), event_hooks={"response": [check_answer]}
            )
            return await stack.enter_async_context(client)

        yield start


@pytest.fixture
async def client(serve: Serve, facts: SqliteStore) -> httpx2.AsyncClient:
    """A client of a simulator with default settings, whose clock is the wall."""
    return await serve(store=facts)
