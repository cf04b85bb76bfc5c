"""The live server itself."""

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from contracts.drive import live
from contracts.drive.live import HOSTS, LiveServer, LiveServerError
from contracts.drive.receiver import MissingExtraError


class App:
    """An app that notes its lifespan; `/hang` never answers.

    Args:
        fails: Whether it does not start.
    """

    def __init__(self, *, fails: bool = False) -> None:
        self.events: list[str] = []
        self.hanging = threading.Event()
        self._fails = fails
        self._routes = Starlette(routes=[Route("/", lambda _: PlainTextResponse("here"))])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/hang":
            self.hanging.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.events.append("cancelled")
        else:
            await self._routes(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._fails:
            await send({"type": "lifespan.startup.failed", "message": "no room"})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.events.append("stopped")
        await send({"type": "lifespan.shutdown.complete"})


def get(url: str, ca_file: object = None, **options: Any) -> httpx2.Response:
    """Get something, trusting the CA alone."""
    trust = ssl.create_default_context(cafile=str(ca_file)) if ca_file else False
    with httpx2.Client(verify=trust, trust_env=False, timeout=20) as client:
        return client.get(url, **options)


def test_http() -> None:
    """It serves on a free port while it runs, and then no more; nothing of it is left."""
    app, threads = App(), set(threading.enumerate())
    with LiveServer(app).running() as url, LiveServer(App()).running() as other:
        assert url != other
        assert url.startswith("http://127.0.0.1:")
        assert get(url).text == "here"
    assert app.events == ["stopped"]
    assert "live server" not in {thread.name for thread in set(threading.enumerate()) - threads}
    with pytest.raises(httpx2.ConnectError):
        get(url)


def test_https() -> None:
    """Who asks for it gets a port of its own, once, with a certificate for this machine and for the API."""
    server = LiveServer(App())
    with server.running() as url:
        secure, ca_file = server.https_url, server.ca_file
        assert (secure[:20], server.https_url) == ("https://127.0.0.1:" + secure[18:20], secure)
        assert get(secure, ca_file).text == "here"
        for host in HOSTS:
            assert get(secure, ca_file, headers={"host": host}, extensions={"sni_hostname": host}).text == "here"
        with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            get(secure, ca_file, extensions={"sni_hostname": "other.example.com"})
        assert get(url).text == "here"
    assert not ca_file.exists()
    with pytest.raises(httpx2.ConnectError):
        get(secure)


def test_https_without_trustme(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the command, and the server goes on."""
    server = LiveServer(App())
    with server.running() as url, monkeypatch.context() as missing:
        missing.setitem(__import__("sys").modules, "trustme", None)
        with pytest.raises(MissingExtraError, match="pip install"):
            _ = server.https_url
        assert get(url).text == "here"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_delay(scheme: str) -> None:
    """Every connection sends at once, without which an answer can take 44 ms."""
    server = LiveServer(App())
    server.config.loop = "asyncio"
    with server.running() as url, socket.socket() as client:
        place = server.https_url if scheme == "https" else url
        client.connect(("127.0.0.1", int(place.rpartition(":")[2])))
        secured = partial(ssl.create_default_context(cafile=server.ca_file).wrap_socket, server_hostname="localhost")
        with secured(client) if scheme == "https" else client as talking:
            talking.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            assert talking.recv(100)
            (connection,) = server.server_state.connections
            bound = connection.transport.get_extra_info("socket")
            assert bound.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_stopping_when_a_request_is_about_to_be_answered() -> None:
    """It is answered."""
    begun, answers = threading.Event(), list[int]()

    async def answer(_request: object) -> PlainTextResponse:
        begun.set()
        await server._stop.wait()
        for _ in range(50):
            await asyncio.sleep(0)
        return PlainTextResponse("here")

    server = LiveServer(Starlette(routes=[Route("/", answer)]))
    with server.running() as url:
        client = threading.Thread(target=lambda: answers.append(get(url).status_code))
        client.start()
        assert begun.wait(20)
    client.join(20)
    assert answers == [200]


def test_stopping_with_a_request_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not end by itself is hung up on."""
    monkeypatch.setattr(live, "_PATIENCE_SECONDS", 0)
    app, heard = App(), list[type[Exception]]()

    def hang(url: str) -> None:
        try:
            get(f"{url}/hang")
        except httpx2.HTTPError as error:
            heard.append(type(error))

    with LiveServer(app).running() as url:
        client = threading.Thread(target=hang, args=(url,))
        client.start()
        assert app.hanging.wait(20)
    client.join(20)
    assert len(heard) == 1
    assert app.events == ["cancelled", "stopped"]


def test_an_app_that_does_not_start(caplog: pytest.LogCaptureFixture) -> None:
    """It is said so, and the log has the reason."""
    with (
        caplog.at_level(logging.ERROR),
        pytest.raises(LiveServerError, match="its app failed, as the log says"),
        LiveServer(App(fails=True)).running(),
    ):
        raise AssertionError
    assert "no room" in caplog.text


def test_the_logging_is_left_alone() -> None:
    """Nothing of the process's own logging is changed."""
    before = {name: logging.getLogger(name).level for name in ("", "uvicorn", "uvicorn.error")}
    handlers = {name: list(logging.getLogger(name).handlers) for name in before}
    with LiveServer(App()).running():
        pass
    assert {name: logging.getLogger(name).level for name in before} == before
    assert {name: list(logging.getLogger(name).handlers) for name in before} == handlers


def test_the_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is that of each second: a server that runs for long does not go on saying when it began."""
    ticked = threading.Event()
    tick: Callable[..., Any] = LiveServer.on_tick
    ticks = list[int]()

    async def counted(self: LiveServer, counter: int) -> bool:
        ticks.append(counter)
        if len(ticks) > 1:
            ticked.set()
        return bool(await tick(self, counter))

    monkeypatch.setattr(LiveServer, "on_tick", counted)
    monkeypatch.setattr(live, "_DATE_SECONDS", 0)
    with LiveServer(App()).running():
        assert ticked.wait(20)
    assert set(ticks) == {0}
