"""Faults where the server is not ours: in the client's own process, and under other servers."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from mock_server.app import create_app
from mock_server.http.wire import WireFault
from mock_server.settings import Settings
from tests.serving import CREATE, Wall, bearer, example
from tests.wire.conftest import ENDS, Live, Universe
from tests.wire.noting import BY_ASGI, ENDED, GOING_ON, whole_lines
from tests.wire.raw import Quiet, Seen
from tests.wire.servers import OtherServer

pytestmark = pytest.mark.uncounted

KEY = "sk-mock-within"


@pytest.fixture
async def within(anyio_backend: str) -> AsyncIterator[httpx2.AsyncClient]:  # noqa: ARG001
    """A client of a simulator in this process."""
    app = create_app(Settings(speed=0), wall=Wall())
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=bearer()) as client:
            yield client


async def last_entry(client: httpx2.AsyncClient) -> dict[str, Any]:
    """Return what the journal has last."""
    entries: list[dict[str, Any]] = (await client.get("/_mock/journal")).json()["entries"]
    return entries[-1]


def without_date(raw: bytes) -> bytes:
    """Return an answer without its date and the number in its id, which are the server's."""
    return re.sub(rb"\r?\ndate: [^\r\n]*|(?<=x-request-id: )[0-9a-f]+", b"", raw)


@pytest.mark.anyio
@pytest.mark.parametrize("words", ENDED)
async def test_in_the_clients_process(within: httpx2.AsyncClient, live: Live, words: str) -> None:
    """What takes a connection is raised out of the app: the bytes that would be seen, but for the date, and the end."""
    plan = {"x-mock-plan": f"{words} name=it"}
    with pytest.raises(WireFault) as caught:
        await within.get("/v1/credits", headers=plan)
    seen = Universe(live).ask("credits", headers=plan)
    assert ENDS[caught.value.manner] == seen.end
    if "in-head" in words and "delay" not in words:  # of another length, and so of another half
        assert seen.raw[:12] == caught.value.sent[:12] or "offset=5" in words
    else:
        assert without_date(caught.value.sent) == without_date(seen.raw)
    entry = await last_entry(within)
    assert entry["status"] == (whole_lines(Seen(caught.value.sent, "FIN"))[0] or None)
    assert entry["faults"] == ["it"]


@pytest.mark.anyio
@pytest.mark.parametrize("words", GOING_ON)
async def test_by_asgi_in_the_clients_process(within: httpx2.AsyncClient, live: Live, words: str) -> None:
    """What ASGI can say is answered in the same words as by the server, but for provisional answers and the date."""
    plan = {"x-mock-plan": words}
    seen = Universe(live).ask("credits", to_end=False, headers=plan)
    async with within.stream("GET", "/v1/credits", headers=plan) as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    if "chunked" not in words:
        assert raw == seen.body
    assert str(answer.status_code) == seen.start.split()[1].decode()
    framing = ("transfer-encoding", "chunked")
    there = sorted(name for name, value in seen.pairs if name != "date" and (name, value) != framing)
    assert there == sorted(name for name, _ in answer.headers.multi_items())
    assert (await last_entry(within))["status"] == answer.status_code


@pytest.mark.anyio
async def test_a_client_that_gives_up(within: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that is cancelled while it waits is cancelled, and nothing is carried out."""
    waiting = asyncio.Event()

    async def sleep(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("mock_server.http.wire.sleep", sleep)
    header = {"x-mock-plan": "delay 60"}
    call = asyncio.create_task(within.post(CREATE, json=example(), headers=header))
    await waiting.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await last_entry(within))["status"] is None
    assert (await within.get("/v1/tasks")).json()["total"] == 0


@pytest.mark.anyio
@pytest.mark.parametrize("point", ["before-work", "before-head", "before-body", "in-body", "in-head"])
async def test_waits_in_the_clients_process(
    within: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    """An answer is as late there as from a server; one in pieces of a head cannot be given, and is not waited for."""
    waits = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("mock_server.http.wire.sleep", sleep)
    header = {"x-mock-plan": f"delay 60 {point} pieces=3"}
    try:
        answer = await within.get("/v1/credits", headers=header)
    except WireFault:
        assert (point, waits) == ("in-head", [])
    else:
        assert answer.status_code == 200
        assert waits == ([30, 30] if point == "in-body" else [60])


@pytest.mark.parametrize("protocol", ["h11", "httptools"])
def test_under_another_server(quiet: Quiet, errors: list[str], protocol: Any) -> None:
    """What takes our own ends with 500 and a line in the log that says so; the connection does not hang."""
    with OtherServer(create_app(Settings(speed=0), wall=Wall()), protocol=protocol).running() as url:
        live = Live(url, quiet, ())
        with live.client:
            universe = Universe(live)
            seen = [universe.ask("credits", headers={"x-mock-plan": words}) for words in ENDED]
            said = [
                universe.ask("credits", to_end=False, headers={"x-mock-plan": f"framing {each}"}) for each in BY_ASGI
            ]
    assert {(each.start, each.end) for each in seen} == {(b"HTTP/1.1 500 Internal Server Error", "FIN")}
    assert {(each.start, each.early) for each in said} == {(b"HTTP/1.1 200 OK", b"")}
    assert len(errors) == len(ENDED)
    assert all("that takes the server of evolink-mock" in text for text in errors)
    errors.clear()
