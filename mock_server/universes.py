"""Isolated worlds on one server: each has its own time, its own accounts and tasks, and its own luck."""

from mock_server.clock import Clock, Wall, wall_clock
from mock_server.core.ids import CountedDice
from mock_server.core.ratelimit import Bucket
from mock_server.core.types import Instant
from mock_server.store import Store


class Universe:
    """One world. Its tasks and balances are in the store; here is what it does with time and chance.

    Args:
        name: The name that keys and headers use.
        clock: Its time.
        seed: What its chance is made from.
        tasks: How many tasks it has, which is where its dice go on.
    """

    def __init__(self, name: str, *, clock: Clock, seed: bytes, tasks: int) -> None:
        self.name = name
        self.clock = clock
        self.buckets: dict[str, Bucket] = {}
        self._seed = seed
        self._drawn = tasks

    def now(self) -> Instant:
        """Return the universe's time."""
        return self.clock.now()

    def next_dice(self) -> CountedDice:
        """Return the dice for the next task."""
        self._drawn += 1
        return CountedDice(self._seed, self.name, self._drawn)


class Universes:
    """The worlds of one server; each comes into being when it is first asked for.

    Args:
        store: Where their facts are kept.
        seed: What the chance of all of them is made from.
        rate: How fast the clock of a new one runs.
        wall: Where real time comes from.
    """

    def __init__(self, store: Store, *, seed: bytes, rate: float, wall: Wall = wall_clock) -> None:
        self._store = store
        self._seed = seed
        self._rate = rate
        self._wall = wall
        self._open: dict[str, Universe] = {}

    async def open(self, name: str) -> Universe:
        """Return a universe: from memory, from the store, or a new one."""
        universe = self._open.get(name)
        if universe is None:
            record = await self._store.open_universe(name)
            clock = self._clock(record.clock)
            universe = self._open.setdefault(name, Universe(name, clock=clock, seed=self._seed, tasks=record.tasks))
            await self.save_clock(universe)
        return universe

    async def save_clock(self, universe: Universe) -> None:
        """Keep the universe's clock over a restart."""
        await self._store.save_clock(universe.name, universe.clock.dump())

    async def reset(self, name: str) -> Universe:
        """Forget all that happened in a universe and begin it anew."""
        await self._store.reset(name)
        self._open.pop(name, None)
        return await self.open(name)

    def _clock(self, dumped: bytes | None) -> Clock:
        """Start a clock, or go on with one: a frozen one stays so, a running one takes the rate of today."""
        if dumped is None:
            return Clock(rate=self._rate, wall=self._wall)
        clock = Clock.load(dumped, wall=self._wall)
        if clock.mode != "frozen":
            clock.run(self._rate)
        return clock
