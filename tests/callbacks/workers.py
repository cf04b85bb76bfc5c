"""Several workers on one store, each as a server of its own has it, and a receiver that lets them wait."""

import asyncio
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from typing import Final

from contracts.drive.receiver import Receiver, Reply
from mock_server.callbacks.callbacks import Callbacks, Made
from mock_server.calls.planning import Planning
from mock_server.core.types import SECOND, Task
from mock_server.counters import Counters
from mock_server.egress.egress import Egress
from mock_server.egress.routes import read_route
from mock_server.journal.journal import Journals
from mock_server.store import Store
from mock_server.store.records import CallbackRecord
from mock_server.universes.clock import Wall
from mock_server.universes.universe import Universe
from mock_server.universes.universes import Universes
from tests.store.conftest import build_task

HOOK: Final = "https://hooks.example.com/evolink"
"""Where the callbacks of all tasks here go."""


class Worker:
    """What a server does about callbacks, without the server.

    Args:
        store: Where the deliveries are.
        receiver: Where they go.
        wall: Where real time comes from.
        rate: How fast the clocks of its universes run.
    """

    def __init__(self, store: Store, receiver: Receiver, wall: Wall, rate: float = 0) -> None:
        self.store = store
        self.receiver = receiver
        self.universes = Universes(store, seed=b"", rate=rate, journals=Journals(0, begun=wall()), wall=wall)
        self.callbacks = Callbacks(
            store,
            self.universes,
            Egress(dict([read_route(receiver.route)])),
            planning=Planning(store, self.universes),
            counters=Counters(),
            wall=wall,
        )

    async def universe(self, name: str = "default") -> Universe:
        """Return a universe as this worker has it."""
        return await self.universes.open(name)

    async def run_due(self, name: str = "default") -> list[tuple[str, int | None]]:
        """Make what is due, and return tasks and statuses."""
        made = await self.callbacks.run_due(await self.universe(name))
        return [(attempt.task, attempt.status) for attempt in made]

    async def advance(self, seconds: float, name: str = "default") -> tuple[Made, ...]:
        """Move the clock of a universe forward."""
        universe = await self.universe(name)
        return await self.callbacks.advance(universe, universe.now() + round(seconds * SECOND))

    async def deliveries(self, name: str = "default") -> tuple[CallbackRecord, ...]:
        """Return the ledger."""
        return await self.store.callbacks(name)


class Hold:
    """Accepts when it is let go."""

    def __init__(self, status: int = 204) -> None:
        self._status = status
        self._released = threading.Event()

    def release(self) -> None:
        """Let it answer."""
        self._released.set()

    async def perform(self, _: StreamReader, writer: StreamWriter) -> None:
        """Wait, and answer."""
        await asyncio.to_thread(self._released.wait, 10)
        writer.write(Reply(self._status).head)


async def store_ended(store: Store, number: int, universe: str = "default") -> Sequence[Task]:
    """Store so many tasks that ended long ago, one second after the other, and whose callbacks are due."""
    tasks = [build_task(each, lasts=100 + each, universe=universe, callback_url=HOOK) for each in range(number)]
    for task in tasks:
        await store.create_task(task, opening=10**9)
    return tasks


async def arrived(receiver: Receiver, number: int) -> None:
    """Wait until so many requests have come, while the workers go on."""
    await asyncio.to_thread(receiver.wait_for, number)
