"""A simulator as a client sees it that bears whatever comes: answers that are cut, late, garbled, or never there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, NamedTuple, TypeAlias

import httpx2
import msgspec
import pytest

from contracts.drive.live import LiveServer
from contracts.drive.receiver import Receiver
from mock_server.app import create_app
from mock_server.callbacks import posted
from mock_server.client import AsyncControl
from mock_server.core.plans import Plans
from mock_server.http import wire
from mock_server.http.connection import Connection
from mock_server.http.wire import WireFault
from mock_server.journal.exchange import Exchange
from mock_server.settings import Settings
from mock_server.store import SqliteStore, Store
from tests.serving import CREATE, KEY, Wall, bearer, example

HOOK: Final = "https://hooks.example.com/done"
"""Where callbacks go."""

ORIGIN: Final = "http://127.0.0.1:8765"
"""Where a simulator in this process is."""

LONGEST_TASK: Final = 140
"""Seconds that a task can take which no plan delays."""

IN_PROCESS: Final = pytest.mark.parametrize("drive", ["in-process"], indirect=True)
"""For a test that would be the same over a socket."""

LIVE: Final = pytest.mark.parametrize("drive", ["live"], indirect=True)
"""For a test of what only a socket shows."""

_SHORT: Final = 0.1


class Seen(NamedTuple):
    """What a client saw of an answer: `ended` says how the connection ended if there is no whole answer."""

    status: int | None = None
    headers: Mapping[str, str] = {}
    body: bytes = b""
    ended: str | None = None

    def json(self) -> Any:
        """Return the body as JSON."""
        return msgspec.json.decode(self.body)


class Driven:
    """One simulator, driven step by step. What its answers wait for is passed over, and noted in `slept`.

    Args:
        client: What sends.
        slept: The seconds for which answers would have been late.
        exchanges: What is over.
    """

    def __init__(self, client: httpx2.AsyncClient, slept: list[float], exchanges: list[Exchange]) -> None:
        self.client = client
        self.control = AsyncControl(str(client.base_url), client=client)
        self.slept = slept
        self.exchanges = exchanges
        self.tasks: list[str] = []

    async def send(self, method: str, path: str, *, key: str = KEY, hangs: bool = False, **content: Any) -> Seen:
        """Send a request; with `hangs`, do not wait long for what will not come."""
        headers = {**bearer(key), **content.pop("headers", {})}
        timeout = httpx2.Timeout(30.0, read=_SHORT if hangs else 30.0)
        try:
            answer = await self.client.request(method, path, headers=headers, timeout=timeout, **content)
        except WireFault as fault:
            return Seen(body=fault.sent, ended=fault.manner)
        except httpx2.ReadTimeout:
            return Seen(ended="silence")
        except httpx2.RemoteProtocolError:
            return Seen(ended="close")
        except httpx2.ReadError:
            return Seen(ended="reset")
        except httpx2.DecodingError:
            return Seen(ended="undecodable")
        return Seen(answer.status_code, answer.headers, answer.content)

    async def create(self, *, headers: Mapping[str, str] = {}, **changes: Any) -> Seen:
        """Create a task, and remember it if there is one."""
        seen = await self.send("POST", CREATE, json=example(**changes), headers=headers)
        self.tasks = [task.id for task in (await self.control.list_tasks()).tasks]
        return seen

    async def query(self, task: int = -1, **content: Any) -> Seen:
        """Query one of the tasks; the newest, if none is said."""
        return await self.send("GET", f"/v1/tasks/{self.tasks[task]}", **content)

    async def ask(self, path: str = "/v1/credits", **content: Any) -> Seen:
        """Ask for something."""
        return await self.send("GET", path, **content)

    async def statuses(self, number: int, path: str = "/v1/credits") -> list[int | None]:
        """Ask for something so often, and return the statuses."""
        return [(await self.ask(path)).status for _ in range(number)]

    async def advance(self, seconds: float) -> None:
        """Move the clock."""
        await self.control.change_clock(advance=seconds)

    async def finished(self, **changes: Any) -> dict[str, Any]:
        """Create a task, let it end, and return what a query says of it."""
        await self.create(**changes)
        await self.advance(LONGEST_TASK)
        body: dict[str, Any] = (await self.query()).json()
        return body

    async def fetch(self, task: int = -1, **content: Any) -> Seen:
        """Fetch the result of one of the tasks."""
        facts = await self.control.show_task(self.tasks[task])
        return await self.ask(facts.result, **content)


Check: TypeAlias = Callable[[Driven, Receiver], Awaitable[None]]
"""What must be true of a simulator that is driven; the receiver takes its callbacks."""


class Drive:
    """How a test gets a simulator of its own, which ends with the test.

    Args:
        stack: What ends it.
        live: Whether it is reached over a socket.
        slept: The seconds for which answers would have been late.
    """

    def __init__(self, stack: AsyncExitStack, *, live: bool, slept: list[float]) -> None:
        self._stack = stack
        self._live = live
        self._slept = slept

    async def __call__(
        self, *words: str, plans: Plans = (), store: Store | None = None, wall: Wall | None = None, **settings: Any
    ) -> Driven:
        """Serve with these plans, on a frozen clock if no other speed is said."""
        exchanges: list[Exchange] = []
        app = create_app(
            Settings(**{"speed": 0.0, "videos": "packaged", "plans": words, **settings}),
            store=store or SqliteStore(),
            plans=plans,
            wall=wall or Wall(),
            finished=exchanges.append,
        )
        if self._live:
            url = self._stack.enter_context(LiveServer(app).running())
            transport: httpx2.AsyncBaseTransport = httpx2.AsyncHTTPTransport()
        else:
            await self._stack.enter_async_context(app.router.lifespan_context(app))
            url, transport = ORIGIN, httpx2.ASGITransport(app=app)
        client = await self._stack.enter_async_context(httpx2.AsyncClient(base_url=url, transport=transport))
        return Driven(client, self._slept, exchanges)


@asynccontextmanager
async def driving(slept: list[float], *, live: bool) -> AsyncIterator[Drive]:
    """Drive simulators until the end of the block."""
    async with AsyncExitStack() as stack:
        yield Drive(stack, live=live, slept=slept)


def hurry(patch: Callable[[object, str, object], None]) -> list[float]:
    """Let answers and callbacks wait for nothing, and return where it is noted for how long they would have."""
    slept: list[float] = []

    async def pass_over(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    async def pass_over_unless_lost(connection: Connection, seconds: float) -> bool:
        await pass_over(seconds)
        return connection.lost

    async def pass_over_a_pause(_connection: Connection, seconds: float) -> None:
        await pass_over(seconds)

    patch(wire, "sleep", pass_over)
    patch(posted, "sleep", pass_over)
    patch(Connection, "lost_within", pass_over_unless_lost)
    patch(Connection, "pause", pass_over_a_pause)
    return slept


async def counts(driven: Driven) -> dict[str, tuple[int, int]]:
    """Return how often each plan matched and struck, by its name."""
    return {plan.name: (plan.matched, plan.struck) for plan in (await driven.control.list_plans()).plans}
