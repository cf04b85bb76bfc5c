"""A simulator whose clock only the test moves, and the receiver that its callbacks reach."""

from typing import Any, Final, Protocol

import httpx2
import pytest

from contracts.drive.receiver import Receiver
from mock_server.core.types import SECOND
from mock_server.store import SqliteStore, Store
from tests.serving import Serve, create

HOOK: Final = "https://hooks.example.com/evolink"
"""The callback URL of a task that says nothing else."""

LONGEST_TASK: Final = 139
"""Seconds that a task can take: 4 in the queue, 135 of work."""

IN_PROCESS: Final = pytest.mark.parametrize("serve", ["in-process"], indirect=True)
"""For a test that would be the same over a socket."""

LIVE: Final = pytest.mark.parametrize("serve", ["live"], indirect=True)
"""For a test whose receiver calls the simulator back."""


class Simulation:
    """A simulator as its client and its user see it. Times are seconds of its clock.

    Args:
        client: A client of it.
        facts: Its store.
    """

    def __init__(self, client: httpx2.AsyncClient, facts: Store) -> None:
        self.client = client
        self._facts = facts

    def seen_by(self, client: httpx2.AsyncClient) -> "Simulation":
        """Return the same simulation as another client sees it."""
        return Simulation(client, self._facts)

    async def create(self, directive: str = "", **changes: Any) -> str:
        """Create a task with a callback URL, with a directive in its prompt, and return its id."""
        prompt = f"A cat dances. [mock: {directive}]"
        task: str = (await create(self.client, **{"prompt": prompt, "callback_url": HOOK, **changes}))["id"]
        return task

    async def task(self, task: str) -> dict[str, Any]:
        """Query a task."""
        body: dict[str, Any] = (await self.client.get(f"/v1/tasks/{task}")).json()
        return body

    async def credits(self) -> dict[str, Any]:
        """Return what remains and what was used."""
        figures: dict[str, Any] = (await self.client.get("/v1/credits")).json()["data"]["user"]
        return figures

    async def control(self, path: str, change: object = None, *, universe: str = "default") -> dict[str, Any]:
        """Post to the control API."""
        answer = await self.client.post(f"/_mock/{path}", json=change, headers={"x-mock-universe": universe})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def advance(self, seconds: float, *, universe: str = "default") -> list[dict[str, Any]]:
        """Move the clock, and return the attempts that were made on the way."""
        made: list[dict[str, Any]] = (await self.control("clock", {"advance": seconds}, universe=universe))["callbacks"]
        return made

    async def now(self, *, universe: str = "default") -> float:
        """Return the simulator's time."""
        shown = await self.client.get("/_mock/clock", headers={"x-mock-universe": universe})
        time: float = shown.json()["now"]
        return time

    async def end(self, task: str) -> float:
        """Return when a task will end, or has ended."""
        facts = await self._facts.task("default", task)
        assert facts is not None
        return facts.timeline.ends_at / SECOND

    async def finish(self, task: str) -> tuple[float, list[dict[str, Any]]]:
        """Move the clock to the very end of a task; return that time, and the attempts made on the way."""
        end = await self.end(task)
        made = await self.advance(end - await self.now())
        assert await self.now() == end
        return end, made

    async def deliveries(self, **filters: str) -> list[dict[str, Any]]:
        """Return the ledger of deliveries."""
        answer = await self.client.get("/_mock/callbacks", params=filters)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["callbacks"]
        return found


class Simulate(Protocol):
    """How a test gets a simulation whose callbacks to a receiver's host come to the receiver."""

    async def __call__(self, *receivers: Receiver, **settings: Any) -> Simulation:
        """Simulate with these settings; the clock is frozen if they give no speed."""
        ...


@pytest.fixture
def simulate(serve: Serve, facts: SqliteStore) -> Simulate:
    """How to get a simulation."""

    async def start(*receivers: Receiver, **settings: Any) -> Simulation:
        wanted: dict[str, Any] = {"speed": 0, "callback_routes": [each.route for each in receivers], **settings}
        return Simulation(await serve(store=facts, **wanted), facts)

    return start


@pytest.fixture
async def simulation(simulate: Simulate, receiver: Receiver) -> Simulation:
    """A simulation with a frozen clock, and a route to the receiver."""
    return await simulate(receiver)
