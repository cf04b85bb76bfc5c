"""The control API on a port of its own, or not at all."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from starlette.types import Message, Scope

from mock_server import Control
from mock_server.app import create_app
from mock_server.http.port import OwnPort
from mock_server.settings import Settings, SettingsError
from mock_server.store import SqliteStore
from tests.running import COMMAND, run_program, started
from tests.serving import KEY, Serve, bearer

pytestmark = [pytest.mark.anyio]

API = "http://127.0.0.1:8765"
OWN = "http://127.0.0.1:8766"


@asynccontextmanager
async def split() -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of an app that serves the control API on a port of its own."""
    app = create_app(Settings(control_port=8766), store=SqliteStore())
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), headers=bearer()) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("url", "status"),
    [
        (f"{API}/v1/models", 200),
        (f"{API}/openapi.json", 200),
        (f"{API}/_mock/clock", 404),
        (f"{API}/_mock/openapi.json", 404),
        (f"{OWN}/_mock/clock", 200),
        (f"{OWN}/_mock/openapi.json", 200),
        (f"{OWN}/_mock/clock/", 404),
        (f"{OWN}/v1/models", 404),
        (f"{OWN}/openapi.json", 404),
        ("http://127.0.0.1/_mock/clock", 404),
        ("http://localhost:8766/_mock/clock", 200),
        ("http://evil.example:8766/_mock/clock", 403),
    ],
)
async def test_each_port_has_its_own(url: str, status: int) -> None:
    """What is on the other is not found, in the form of every error."""
    async with split() as client:
        answer = await client.get(url)
    assert answer.status_code == status
    assert answer.headers["x-request-id"]
    if status == 404:
        assert answer.json()["error"]["code"] == "not_found"


async def test_both_ports_show_one_universe() -> None:
    """What is set by one holds on the other."""
    async with split() as client:
        await client.post(f"{OWN}/_mock/accounts", json={"key": KEY, "credits": 5})
        figures = (await client.get(f"{API}/v1/credits")).json()["data"]["user"]
        assert figures["remaining_credits"] == 5
        wrong = await client.patch(f"{OWN}/_mock/clock")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, POST")


async def test_without_control(serve: Serve) -> None:
    """It is nowhere, whatever its port, and the API is as ever."""
    client = await serve(control=False, control_port=0)
    assert (await client.get("/_mock/clock")).status_code == 404
    assert (await client.post("/_mock/reset")).status_code == 404
    assert (await client.get("/v1/models")).status_code == 200


def test_a_port_that_only_a_server_can_pick() -> None:
    """An app does not listen, so that it has to be told."""
    with pytest.raises(SettingsError, match=r"^control_port: 0 picks a free port where evolink-mock serve listens"):
        create_app(Settings(control_port=0))


@pytest.mark.parametrize(
    ("scope", "by"),
    [
        ({"type": "http", "server": ("127.0.0.1", 8766)}, "control"),
        ({"type": "http", "server": ("127.0.0.1", 8765)}, "api"),
        ({"type": "http", "server": ("/run/socket", None)}, "api"),
        ({"type": "http", "server": None}, "api"),
        ({"type": "http"}, "api"),
        ({"type": "lifespan", "server": ("127.0.0.1", 8766)}, "api"),
    ],
    ids=str,
)
async def test_the_port_is_told_by_the_server(scope: Scope, by: str) -> None:
    """Where no port is told, nothing reaches the control API."""
    served: list[str] = []

    async def receive() -> Message:
        raise AssertionError

    async def send(_message: Message) -> None:
        raise AssertionError

    async def api(*_call: object) -> None:
        served.append("api")

    async def control(*_call: object) -> None:
        served.append("control")

    await OwnPort(api, own=control, port=8766)(scope, receive, send)
    assert served == [by]


def test_a_server_with_two_ports() -> None:
    """The ready file and the banner say where each is, and both stop together."""
    with started("--control-port", "0") as program:
        told = json.loads((program.folder / "ready").read_text("utf-8"))
        assert told["url"] != told["control"]
        with program.client() as client, Control(told["control"]) as control:
            assert client.get("/_mock/health").status_code == 404
            assert client.get("/v1/models").status_code == 200
            assert control.show_health().status == "ok"
        assert program.stop() == 0
        assert f"  control    {told['control']}/_mock/ (described at /_mock/openapi.json)\n" in program.output
        assert program.errors == ""


def test_a_server_without_control() -> None:
    """It says so, and how it would be otherwise."""
    with started("--no-control", environment={"EVOLINK_MOCK_CONTROL_PORT": "0"}) as program:
        assert json.loads((program.folder / "ready").read_text("utf-8"))["control"] is None
        with program.client() as client:
            assert client.get("/_mock/health").status_code == 404
        assert program.stop() == 0
        assert "  control    off; --control switches it on\n" in program.output


def test_a_control_port_that_is_taken() -> None:
    """The message names the option of this port, and the server does not start."""
    with started() as program:
        port = program.url.rpartition(":")[2]
        done = run_program(COMMAND, "serve", "--port", "0", "--control-port", port)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr
    assert "choose another with --control-port (0 picks a free one)" in done.stderr
