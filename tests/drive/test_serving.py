"""Serving an app in a client's own process: its loop, its lifespan, its end, and what it is told of a request."""

import logging
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, NoReturn

import anyio.to_thread
import httpx2
import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from contracts.drive.in_process import InProcess
from mock_server.app import create_app
from tests.drive.callers import Open
from tests.running import printed_by
from tests.serving import bearer

URL: Final = "https://api.evolink.ai"

OPTIONAL: Final = ("aiohttp", "requests", "urllib3", "httpx", "httpcore", "httpx2", "httpcore2")


class Guest:
    """A small app: it tells what it is told of a request, fails, or does not answer. `life` is what happened to it."""

    def __init__(self) -> None:
        self.life: list[str] = []
        self.asked = threading.Event()
        routes = [Route("/told", self.tell), Route("/failure", self.fail), Route("/never", self.wait)]
        self.app = Starlette(routes=routes, lifespan=self.live)

    @asynccontextmanager
    async def live(self, _: Starlette) -> AsyncIterator[dict[str, Any]]:
        """Begin and end."""
        self.life.append("begun")
        yield {"mood": "good"}
        self.life.append("ended")

    async def tell(self, request: Request) -> JSONResponse:
        """Answer with what it is told."""
        told = {name: request.scope[name] for name in ("scheme", "server", "client", "path")}
        return JSONResponse({**told, "host": request.headers["host"], "mood": request.state.mood})

    async def fail(self, _: Request) -> NoReturn:
        """Fail."""
        raise ZeroDivisionError

    async def wait(self, _: Request) -> NoReturn:
        """Wait for the end."""
        self.asked.set()
        try:
            while True:
                await anyio.sleep_forever()
        finally:
            self.life.append("interrupted")


@pytest.fixture
def guest() -> Guest:
    """A small app."""
    return Guest()


@pytest.mark.parametrize(("origin", "port"), [("https://api.evolink.ai", 443), ("http://localhost:1234", 1234)])
def test_the_app_is_told_what_the_client_believes(guest: Guest, open_client: Open, origin: str, port: int) -> None:
    """Scheme, host and port are those of the URL, and the lifespan's state is there."""
    with InProcess(guest.app) as simulator, open_client(simulator) as call:
        body = httpx2.Response(200, content=call("GET", f"{origin}/told", headers={})[2]).json()
    scheme, _, host = origin.partition("://")
    assert body == {
        "scheme": scheme,
        "server": [host.partition(":")[0], port],
        "client": ["127.0.0.1", 0],
        "path": "/told",
        "host": host,
        "mood": "good",
    }


def test_a_life(guest: Guest) -> None:
    """The app begins and ends with the context, and can begin again."""
    served = InProcess(guest.app)
    for _ in range(2):
        with served as simulator, httpx2.Client(transport=simulator.httpx2_transport()) as client:
            assert client.get(f"{URL}/told").status_code == 200
    assert guest.life == ["begun", "ended"] * 2


def test_an_app_that_fails(guest: Guest, caplog: pytest.LogCaptureFixture) -> None:
    """An error of the app is a 500 to the client, and in the log."""
    with InProcess(guest.app) as simulator, httpx2.Client(transport=simulator.httpx2_transport()) as client:
        assert client.get(f"{URL}/failure").status_code == 500
    assert "ZeroDivisionError" in caplog.text


def test_the_end_comes_while_a_client_waits(guest: Guest, caplog: pytest.LogCaptureFixture) -> None:
    """Who still waits is hung up on, and the app's work is interrupted without a word in the log."""
    raised: list[Exception] = []

    def ask(client: httpx2.Client) -> None:
        try:
            client.get(f"{URL}/never")
        except httpx2.HTTPError as error:
            raised.append(error)

    with caplog.at_level(logging.WARNING):
        with InProcess(guest.app) as simulator:
            client = httpx2.Client(transport=simulator.httpx2_transport())
            asking = threading.Thread(target=ask, args=[client])
            asking.start()
            assert guest.asked.wait(30)
        asking.join()
        client.close()
    assert [type(error) for error in raised] == [httpx2.RemoteProtocolError]
    assert guest.life == ["begun", "interrupted", "ended"]
    assert not caplog.records


def test_nobody_serves(guest: Guest) -> None:
    """Before and after the context, a client is told what to do."""
    served = InProcess(guest.app)
    with httpx2.Client(transport=served.httpx2_transport()) as client:
        with pytest.raises(RuntimeError, match="not being served"):
            client.get(URL)
        with served:
            assert client.get(f"{URL}/told").status_code == 200
        with pytest.raises(RuntimeError, match="within `with InProcess"):
            client.get(URL)


@pytest.mark.anyio
async def test_on_the_loop_of_the_test(guest: Guest) -> None:
    """With `async with` the app lives on the loop that runs, where asynchronous clients call it."""
    async with (
        InProcess(guest.app) as simulator,
        httpx2.AsyncClient(transport=simulator.httpx2_async_transport()) as client,
    ):
        assert (await client.get(f"{URL}/told")).status_code == 200


@pytest.mark.anyio
async def test_other_clients_there_need_a_thread() -> None:
    """On that loop a client that is not asynchronous is refused; on another thread it is not."""
    async with InProcess(create_app()) as simulator:
        with httpx2.Client(transport=simulator.httpx2_transport(), headers=bearer()) as client:
            with pytest.raises(RuntimeError, match="on the thread that serves it"):
                client.get(f"{URL}/v1/credits")
            answer = await anyio.to_thread.run_sync(client.get, f"{URL}/v1/credits")
    assert answer.status_code == 200


@pytest.mark.anyio
async def test_a_connection_that_came_too_late(guest: Guest) -> None:
    """A connection that nobody took any more is closed."""
    async with InProcess(guest.app) as simulator:
        line = simulator.connect("http", "localhost", 80)
    assert await line.receive_async(1, 5) == b""


def test_environment_proxies_are_passed_over(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that would go through a proxy does not."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with InProcess(guest.app) as simulator, requests.Session() as session:
        session.mount("https://", simulator.requests_adapter())
        assert session.get(f"{URL}/told").status_code == 200


def test_no_library_is_imported_before_it_is_used() -> None:
    """Who imports the module waits for no client's library."""
    program = f"import sys, contracts.drive.in_process; print(*sorted(sys.modules.keys() & {set(OPTIONAL)!r}))"
    assert printed_by(sys.executable, "-c", program) == "\n"
