"""Whoever has a virtual clock is told of the time that plans let pass, before the client can know of it."""

import asyncio
from collections.abc import Iterator
from unittest.mock import Mock

import aiohttp
import anyio.lowlevel
import httpx2
import pytest
from aiohttp.client_proto import ResponseHandler

from contracts.drive.aiohttp_connector import ClientTransport
from contracts.drive.bridge import Bridge
from contracts.drive.in_process import InProcess
from contracts.drive.pipes import Line
from mock_server.app import create_app
from mock_server.settings import Settings
from tests.drive.callers import HOUR, TIMEOUTS, URL, Call, Open
from tests.serving import Wall, bearer


class VirtualTime:
    """Time that passes only when somebody says so, and takes a while to; `passed` is by how much, in order."""

    def __init__(self) -> None:
        self.passed: list[float] = []

    async def passing(self, seconds: float) -> None:
        """Let it pass."""
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
        self.passed.append(seconds)


@pytest.fixture
def time() -> VirtualTime:
    """Virtual time."""
    return VirtualTime()


@pytest.fixture
def call(wall: Wall, time: VirtualTime, open_client: Open) -> Iterator[Call]:
    """A client of each library in turn, over a bridge to a simulator in virtual time."""
    app = create_app(Settings(), wall=wall)
    with InProcess(app, passing=time.passing) as simulator, Bridge(simulator), open_client(None) as opened:
        yield opened


def ask(call: Call, plan: str, *, patience: float) -> bytes:
    """Ask for the credits, as a plan has it."""
    return call("GET", URL, headers={**bearer(), "x-mock-plan": plan}, patience=patience)[2]


@pytest.mark.parametrize("point", ["before-work", "before-head", "before-body"])
def test_a_patient_client(call: Call, time: VirtualTime, point: str) -> None:
    """All of the time passes, once, and before the answer comes."""
    assert ask(call, f"delay 3600 at={point}", patience=2 * HOUR).startswith(b'{"data"')
    assert time.passed == [HOUR]


def test_pieces(call: Call, time: VirtualTime) -> None:
    """What comes in pieces takes its time in pieces."""
    assert ask(call, "delay 3500 at=in-body", patience=2 * HOUR).startswith(b'{"data"')
    assert sum(time.passed) == pytest.approx(3500)
    assert len(time.passed) > 1


@pytest.mark.parametrize("plan", ["delay 3600 at=before-head", "disconnect before-response silence"])
def test_a_client_that_gives_up(call: Call, time: VirtualTime, plan: str) -> None:
    """So much time passes as the client is patient, and before it gives up."""
    with pytest.raises(TIMEOUTS):
        ask(call, plan, patience=HOUR / 2)
    assert time.passed == [HOUR / 2]


def test_who_is_answered_waits_for_nothing(call: Call, time: VirtualTime) -> None:
    """Where the server falls silent after the answer, no time passes."""
    assert ask(call, "disconnect after-response silence", patience=HOUR).startswith(b'{"data"')
    httpx2.get(URL, headers={**bearer(), "x-mock-plan": "delay 3"})
    assert time.passed == [3]


@pytest.mark.anyio
async def test_a_connection_that_nobody_waits_on() -> None:
    """An idle connection of aiohttp takes no notice of time that is over."""
    loop, line = asyncio.get_running_loop(), Line("https", "api.evolink.ai", 443, server=0)
    handler, connection = ResponseHandler(loop), Mock(closed=True)
    transport = ClientTransport(loop, line, handler)
    transport.begin(Mock(), connection, aiohttp.ClientTimeout(sock_read=1))
    await asyncio.sleep(0)
    line.to_client.hold(2, line.to_client.excuse)
    for _ in range(3):
        await asyncio.sleep(0)
    assert (line.to_client.clock, transport.is_closing(), handler.exception()) == (1, False, None)
    transport.abort()
    await asyncio.sleep(0)


def test_no_plan(call: Call, time: VirtualTime) -> None:
    """Without a plan no time passes."""
    assert call("GET", URL, headers=bearer())[0] == 200
    assert time.passed == []
