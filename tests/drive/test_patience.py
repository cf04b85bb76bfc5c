"""How long a client waits in the simulator's own process: not at all, but it gives up as it would."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx2
import pytest

from contracts.drive.in_process import InProcess
from contracts.drive.pipes import Line
from contracts.drive.serving import PipedConnection, ServerTransport
from tests.drive.callers import HOUR, TIMEOUTS, URL, Call, Open
from tests.serving import bearer

pytestmark = pytest.mark.uncounted


def get(call: Call, plan: str, *, patience: Any = HOUR) -> bytes:
    """Ask for the credits, and return the body of the answer."""
    return call("GET", URL, headers={**bearer(), "x-mock-plan": plan}, patience=patience)[2]


def over(run: Callable[[], object]) -> bool:
    """Tell whether something ends in a timeout."""
    with pytest.raises(TIMEOUTS):
        run()
    return True


@pytest.mark.parametrize("point", ["before-work", "before-head", "in-head", "before-body", "in-body"])
def test_hours_pass_at_once(simulator: InProcess, open_client: Open, point: str) -> None:
    """A client that is patient has its answer after an hour, of which nobody notices anything."""
    with open_client(simulator) as call:
        assert get(call, f"delay 3600 at={point}", patience=2 * HOUR).startswith(b'{"data"')
        assert get(call, f"delay 3600 at={point}", patience=None).startswith(b'{"data"')


@pytest.mark.parametrize("point", ["before-work", "before-head", "before-body"])
def test_a_client_gives_up(simulator: InProcess, open_client: Open, point: str) -> None:
    """A client that is not so patient gives up, and can ask again."""
    with open_client(simulator) as call:
        assert over(lambda: get(call, f"delay 3600 at={point}", patience=HOUR / 2))
        assert get(call, "delay 1 at=before-head").startswith(b'{"data"')


def test_patience_begins_anew_with_each_piece(simulator: InProcess, open_client: Open) -> None:
    """Eight pieces in seven hours come to a client that waits two hours for each, and not to one that waits a half."""
    with open_client(simulator) as call:
        assert get(call, "delay 3000 at=in-body", patience=1000).startswith(b'{"data"')
        assert over(lambda: get(call, "delay 3000 at=in-body", patience=100))


def test_a_client_without_a_timeout_is_not_kept_forever(simulator: InProcess, open_client: Open) -> None:
    """Where nothing more will come, a client that would wait for ever is told that its time is over."""
    with open_client(simulator) as call:
        assert over(lambda: get(call, "disconnect before-response silence", patience=None))
        assert over(lambda: get(call, "disconnect in-body silence", patience=None))


@pytest.mark.parametrize("plan", ["delay 3600 at=before-head", "disconnect in-body silence", "delay 3600 at=in-body"])
def test_the_time_of_a_whole_request(simulator: InProcess, plan: str) -> None:
    """In aiohttp, the time for a whole request runs out as on a real wire, however the waiting is divided."""

    async def ask() -> bytes:
        timeout = aiohttp.ClientTimeout(total=HOUR / 2, sock_read=HOUR)
        async with aiohttp.ClientSession(connector=simulator.aiohttp_connector(), timeout=timeout) as session:
            headers = {**bearer(), "x-mock-plan": plan}
            async with session.get(URL, headers=headers) as answer:
                return await answer.read()

    with pytest.raises(asyncio.TimeoutError) as raised:
        asyncio.run(ask())
    assert not isinstance(raised.value, aiohttp.ClientError)


def test_who_gave_up_is_not_answered(simulator: InProcess) -> None:
    """The journal has no answer for a client that left before it."""
    with httpx2.Client(transport=simulator.httpx2_transport(), headers=bearer()) as client:
        with pytest.raises(httpx2.ReadTimeout):
            client.get(URL, headers={"x-mock-plan": "delay 3600 at=before-head"})
        journal = client.get("http://localhost/_mock/journal?wait=5").json()
    assert [entry["status"] for entry in journal["entries"]] == [None]


@pytest.mark.anyio
async def test_a_client_that_does_not_read_is_waited_for_in_real_time() -> None:
    """Time cannot be spared where nobody waits for it to pass: the server goes on when it is really over."""
    line = Line("http", "localhost", 80, server=0)
    transport = ServerTransport(asyncio.get_running_loop(), line, asyncio.Protocol())
    assert not await PipedConnection(1, transport).lost_within(0.001)
    assert line.to_client.clock == 0
