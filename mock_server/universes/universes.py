"""The universes of one server: each has its own time, its own accounts and tasks, and its own luck.

What a universe is set to is one value in the store, with a version. A server that shares its store looks at the version
before it serves a request, so that a clock that one of them moves is moved for all; and it changes the value only in
place of the version that it knows, so that no change of another one is lost.
"""

import os
from collections.abc import Callable
from hashlib import blake2b

import msgspec

from mock_server.core.ids import universe_code
from mock_server.core.plans import Plans, open_state
from mock_server.core.types import Instant
from mock_server.journal.journal import Journals
from mock_server.store import Store
from mock_server.store.depot import Depot
from mock_server.store.records import NOTHING, Contents, UniverseRecord
from mock_server.universes.clock import Clock, Wall, wall_clock
from mock_server.universes.universe import Universe, UniverseFacts, decode_facts, encode_facts, own_book


class Universes:
    """The universes of one server; each comes into being when it is first asked for.

    Args:
        store: Where their facts are kept.
        seed: What the chance of all of them is made from.
        rate: How fast the clock of a new one runs.
        plans: What a new one begins with.
        journals: Where what happens in them is kept.
        depot: Where what is in their files is kept; None if they have none.
        wall: Where real time comes from.
    """

    def __init__(
        self,
        store: Store,
        *,
        seed: bytes,
        rate: float,
        plans: Plans = (),
        journals: Journals,
        depot: Depot | None = None,
        wall: Wall = wall_clock,
    ) -> None:
        self._store = store
        self._shared = store.shared
        self._seed = seed
        self._rate = rate
        self._plans = plans
        self._journals = journals
        self._depot = depot
        self._wall = wall
        self._open: dict[str, Universe] = {}
        self.dismissed = False

    async def open(self, name: str) -> Universe:
        """Return a universe as it is set now: from memory, from the store, or a new one."""
        universe = self._open.get(name)
        if universe is not None and (not self._shared or await self._is_current(universe)):
            return universe
        fresh, taken_up = self.new_facts(name), None
        while taken_up is None:
            record = await self._store.open_universe(name, encode_facts(fresh))
            taken_up = await self._take_up(name, record, begun=fresh.life)
        return taken_up

    async def find(self, name: str) -> Universe | None:
        """Return a universe that exists, or None."""
        universe = self._open.get(name)
        if universe is not None and await self._is_current(universe):
            return universe
        while record := await self._store.read_universe(name):
            taken_up = await self._take_up(name, record)
            if taken_up is not None:
                return taken_up
        self._close(name)
        return None

    def stir(self, name: str) -> None:
        """Tell whoever watches a universe that something was done to it."""
        universe = self._open.get(name)
        if universe is not None:
            universe.journal.stir()

    def dismiss(self) -> None:
        """Tell whoever watches universes that it is over, as the server is about to stop."""
        self.dismissed = True
        for name in self._open:
            self.stir(name)

    async def of_code(self, text: str) -> Universe | None:
        """Return the universe whose code a text begins with, such as an account's id; None if there is none."""
        code = text[: len(universe_code(""))]
        name = next((name for name in await self._store.universes() if universe_code(name) == code), None)
        return None if name is None else await self.open(name)

    async def names(self) -> tuple[str, ...]:
        """Return the names of those that exist, in order; let go of those that another server has deleted."""
        names = await self._store.universes()
        for name in self._open.keys() - set(names):
            self._close(name)
        return names

    async def change(self, universe: Universe, alter: Callable[[Universe], object]) -> None:
        """Alter what a universe is set to, over a restart and for other servers.

        If another server has altered something since, that is taken over first and `alter` is called again; if the
        universe was reset or deleted, this came before.
        """
        alter(universe)
        await self.save(universe, alter)

    async def save(self, universe: Universe, alter: Callable[[Universe], object]) -> None:
        """Keep what a universe is set to, once it has been altered (see `change`)."""
        while True:
            facts, name = universe.packed_facts(), universe.name
            version = await self._store.save_universe(name, facts, version=universe.version)
            if version is not None:
                universe.version = version
                return
            record = await self._store.read_universe(name)
            if record is None or not self._follow(universe, decode_facts(record.facts), record.version):
                return
            alter(universe)

    async def replace(self, name: str, facts: UniverseFacts, contents: Contents = NOTHING) -> Universe:
        """Put a universe of these facts and contents into the place of whatever had the name: wholly or not at all."""
        version = await self._store.restore(name, encode_facts(facts), contents)
        await self._sweep_files()
        return self._place(name, facts, version)

    async def reset(
        self, name: str, *, seed: str | None = None, start: Instant | None = None, rate: float | None = None
    ) -> Universe:
        """Forget all that happened in a universe and begin it anew: with a seed, a time and a rate, if they are given.

        It is as new otherwise.
        """
        clock = Clock(rate=self._rate if rate is None else rate, wall=self._wall, start=start)
        facts = self.new_facts(name, clock=clock)
        own = facts.seed if seed is None else own_seed(seed)
        return await self.replace(name, msgspec.structs.replace(facts, seed=own))

    async def forget(self, name: str) -> None:
        """Forget a universe altogether."""
        await self._store.reset(name)
        await self._sweep_files()
        self._close(name)

    def clear_journal(self, universe: Universe) -> None:
        """Begin the journal of a universe anew."""
        universe.journal.close()
        universe.journal = self._journals.open()

    def new_facts(self, name: str, *, clock: Clock | None = None) -> UniverseFacts:
        """Return what a universe of this name is like at the very beginning; its seed is made of the server's."""
        seed = blake2b(name.encode(), key=self._seed, digest_size=32).digest()
        clock, book = clock or Clock(rate=self._rate, wall=self._wall), own_book(name, self._plans)
        return UniverseFacts(
            clock=clock.dump(),
            rate=self._rate,
            seed=seed,
            life=new_life(),
            plans=book.plans,
            given=book.plans,
            plan_state=open_state(book, now=clock.now()) if book else None,
        )

    async def _sweep_files(self) -> None:
        if self._depot is not None:
            await self._store.sweep_files(self._depot.discard)

    async def _is_current(self, universe: Universe) -> bool:
        return await self._store.universe_version(universe.name) == universe.version

    async def _take_up(self, name: str, record: UniverseRecord, *, begun: int | None = None) -> Universe | None:
        """Return the universe of a record, whose life this server may just have begun; None if it has changed since."""
        facts = decode_facts(record.facts)
        known = self._open.get(name)
        if known is not None and self._follow(known, facts, record.version):
            return known
        if facts.life == begun:
            return self._place(name, facts, record.version)
        resumed = self._resumed(name, facts, await self._store.count_tasks(name))
        version = await self._store.save_universe(name, encode_facts(resumed), version=record.version)
        return None if version is None else self._place(name, resumed, version)

    def _follow(self, universe: Universe, facts: UniverseFacts, version: int) -> bool:
        """Take over what is stored, if it is of the same life."""
        if universe.life == facts.life and universe.version != version:
            universe.follow(facts, version, Clock.load(facts.clock, wall=self._wall))
        return universe.life == facts.life

    def _resumed(self, name: str, facts: UniverseFacts, tasks: int) -> UniverseFacts:
        """Return the facts of a universe from earlier; what nobody has set, clock or plans, is as today."""
        clock = Clock.load(facts.clock, wall=self._wall)
        if clock.rate == facts.rate:
            clock.run(self._rate)
        book, state = own_book(name, self._plans), facts.plan_state
        plans = book.plans if facts.plans == facts.given else facts.plans
        if plans != facts.plans:
            state = open_state(book, now=clock.now(), tasks=tasks)
        return msgspec.structs.replace(
            facts,
            clock=clock.dump(),
            rate=self._rate,
            plans=plans,
            plan_state=state,
            given=book.plans,
            opened=facts.opened + 1,
            drawn=max(facts.drawn, tasks),
            requests=0,
        )

    def _place(self, name: str, facts: UniverseFacts, version: int) -> Universe:
        self._close(name)
        clock = Clock.load(facts.clock, wall=self._wall)
        universe = Universe(name, facts, version=version, clock=clock, journal=self._journals.open())
        self._open[name] = universe
        return universe

    def _close(self, name: str) -> None:
        universe = self._open.pop(name, None)
        if universe is not None:
            universe.journal.close()


def own_seed(text: str) -> bytes:
    """Return the seed of a universe that was given one."""
    return blake2b(text.encode(), digest_size=32).digest()


def new_life() -> int:
    """Return a number that no other life of a universe has."""
    return int.from_bytes(os.urandom(8), "big")
