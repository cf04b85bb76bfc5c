"""A server that stops does not wait for what plans hold up."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx2
import pytest

from contracts.drive.live import LiveServer
from mock_server.app import create_app
from mock_server.http.listening import listen
from mock_server.serving import server as servers
from mock_server.serving.server import Server, configured
from mock_server.settings import Settings
from tests.serving import Wall
from tests.wire.conftest import Live, Universe
from tests.wire.raw import PATIENCE_SECONDS, Quiet
from tests.wire.servers import Loop


class Stoppable(Server):
    """The server as it is run, on a thread, and stopped by a call instead of a signal."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the tests."""
        yield


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Callable[[], bool]]]:
    """Yield the URL of a server, and what stops it and tells whether it has."""
    ready = threading.Event()
    app = create_app(Settings(speed=0), wall=Wall())
    stoppable = Stoppable(configured(app), ready=ready.set, dismiss=app.state.universes.dismiss)
    monkeypatch.setattr(servers, "_PATIENCE_SECONDS", 0)
    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=stoppable.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        assert ready.wait(PATIENCE_SECONDS)

        def stop() -> bool:
            stoppable.should_exit = True
            thread.join(PATIENCE_SECONDS)
            return not thread.is_alive()

        yield f"http://127.0.0.1:{listening.getsockname()[1]}", stop
        assert stop()


@pytest.mark.parametrize("words", ["stall before-response", "stall in-body", "disconnect after-head half-close"])
def test_connections_by_which_nothing_more_comes(quiet: Quiet, words: str) -> None:
    """They are hung up on at once, though their clients are still there."""
    server = LiveServer(create_app(Settings(speed=0), wall=Wall()))
    with ExitStack() as stack:
        with server.running() as url:
            live = Live(url, quiet, ())
            clients = [stack.enter_context(live.connect()) for _ in range(3)]
            with live.client:
                for client in clients:
                    Universe(live).send(client, "credits", headers={"x-mock-plan": words})
                    quiet.wait_for(client.port)
        for client in clients:
            quiet.wait_for_end(client.port)


@pytest.mark.parametrize("words", ["stall in-body", "disconnect after-head half-close"])
def test_a_connection_that_is_late_to_be_silent(quiet: Quiet, words: str) -> None:
    """Where the server has been told to stop before nothing more is sent, it stops then."""
    server = Loop(create_app(Settings(speed=0), wall=Wall()))
    with ExitStack() as stack, server.running() as url:
        live = Live(url, quiet, ())
        client = stack.enter_context(live.connect())
        with live.client:
            Universe(live).send(client, "credits", headers={"x-mock-plan": f"delay 1ms before-body; {words}"})
            server.call_soon(lambda: [each.shutdown() for each in server.server_state.connections])
            quiet.wait_for_end(client.port)


@pytest.mark.parametrize(
    "words",
    [
        "delay 86400",
        "delay 86400 before-head",
        "delay 86400 in-head",
        "delay 86400 before-body",
        "delay 86400 in-body; disconnect after-response",
        "delay 86400 before-body; stall after-response",
    ],
)
@pytest.mark.parametrize("leaves", [True, False])
def test_requests_that_are_late(monkeypatch: pytest.MonkeyPatch, quiet: Quiet, words: str, *, leaves: bool) -> None:
    """They are given up, whether their clients wait or have left, and nothing is said of it."""
    with running(monkeypatch) as (url, stop):
        live = Live(url, quiet, ())
        with live.client, live.connect() as client:
            universe = Universe(live)
            universe.send(client, "create", headers={"x-mock-plan": words})
            if "before-body" in words or "in-" in words:
                client.read_some()
            if leaves:
                client.leave()
            universe.call("GET", "/v1/credits")
            live.client.close()
            assert stop()


def test_a_delay_is_given_up(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A request whose work is put off for an hour ends with the server, without a traceback."""
    with running(monkeypatch) as (url, stop):
        head = "GET /v1/credits HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk-x\r\nx-mock-plan: delay 3600\r\n\r\n"
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(head.encode())
            assert httpx2.get(f"{url}/_mock/health").status_code == 200
            assert stop()
    assert caplog.text == ""
