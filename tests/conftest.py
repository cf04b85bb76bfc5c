"""Clients of the simulator: every test that asks for one runs in this process and again over a socket."""

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from contracts.drive.live import LiveServer
from mock_server.app import create_app
from mock_server.settings import Settings
from mock_server.store import SqliteStore, Store
from tests.serving import KEY, Serve, Wall, bearer, check_answer

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Saves each client from reading the system's certificates, which takes longer than the test."""


@pytest.fixture
def wall() -> Wall:
    """Real time, as the test moves it."""
    return Wall()


@pytest.fixture
def facts() -> SqliteStore:
    """The store behind `client`; the simulator closes it."""
    return SqliteStore()


@pytest.fixture(params=["in-process", "live"])
async def serve(request: pytest.FixtureRequest, anyio_backend: str, wall: Wall) -> AsyncIterator[Serve]:  # noqa: ARG001
    """How to get a client of a simulator of one's own."""
    async with AsyncExitStack() as stack:

        async def connect(app: Starlette) -> tuple[str, httpx2.AsyncBaseTransport]:
            if request.param == "live":
                return stack.enter_context(LiveServer(app).running()), httpx2.AsyncHTTPTransport(verify=NO_CERTIFICATES)
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
