"""One request in this process: through the bridge to the simulator, and by httpx2's own transport to a bare app."""

import asyncio
import statistics
import timeit
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Final

import httpx2
from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.works import REQUEST
from contracts.evolink.options import Options
from contracts.evolink.simulator import open_simulator

REQUESTS: Final = 200
"""How many are sent in a round."""

CASES: Final = ("bare ASGITransport", "query, httpx2 async", "query, httpx2", "create, httpx2 async", "create, httpx2")
CREATE: Final = "/v1/videos/generations"


async def answer_nothing(_request: Request) -> Response:
    """Answer 200, without a body."""
    return Response()


def measure(rounds: int) -> dict[str, list[float]]:
    """Return the median seconds of a request in each round, by case; in a round each case has its turn."""
    taken: dict[str, list[float]] = {name: [] for name in CASES}
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal("asyncio"))
        evolink = stack.enter_context(open_simulator(portal, Options(credits=1e9)))
        runner = stack.enter_context(asyncio.Runner())
        bare = httpx2.AsyncClient(transport=httpx2.ASGITransport(Starlette(routes=[Route("/", answer_nothing)])))
        client = stack.enter_context(
            httpx2.Client(base_url=evolink.url, headers={"authorization": f"Bearer {evolink.key}"})
        )
        async_client = httpx2.AsyncClient(base_url=evolink.url, headers=client.headers)
        query = f"/v1/tasks/{client.post(CREATE, json=REQUEST).raise_for_status().json()['id']}"
        for _ in range(rounds + 1):
            turns = (
                runner.run(send_async(lambda: bare.get("http://testserver/"))),
                runner.run(send_async(lambda: async_client.get(query))),
                send(lambda: client.get(query)),
                runner.run(send_async(lambda: async_client.post(CREATE, json=REQUEST))),
                send(lambda: client.post(CREATE, json=REQUEST)),
            )
            for name, seconds in zip(CASES, turns, strict=True):
                taken[name].append(seconds)
        for one in (bare, async_client):
            runner.run(one.aclose())
    return {name: seconds[1:] for name, seconds in taken.items()}


async def send_async(ask: Callable[[], Awaitable[httpx2.Response]]) -> float:
    """Send requests in a coroutine, one after the other, and return the median seconds of one."""
    taken = []
    for _ in range(REQUESTS):
        began = timeit.default_timer()
        (await ask()).raise_for_status()
        taken.append(timeit.default_timer() - began)
    return statistics.median(taken)


def send(ask: Callable[[], httpx2.Response]) -> float:
    """Do the same without coroutines."""
    taken = []
    for _ in range(REQUESTS):
        began = timeit.default_timer()
        ask().raise_for_status()
        taken.append(timeit.default_timer() - began)
    return statistics.median(taken)
