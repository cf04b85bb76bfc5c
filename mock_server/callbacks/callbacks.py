"""Callbacks: each is sent when its task has ended, and again one, two and four seconds after a failure.

The schedule is in the store, the time is the universe's, and an attempt takes as long as the network takes. An alarm
for each universe waits for its earliest due time; whoever claims a callback makes the attempt, so that of several
workers one does. A worker that dies leaves a lease. It is void when the store is next opened by somebody who has it
alone, as after a restart; while others have it open, it runs out, and one of them makes the attempt.
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any, Final

import msgspec

from mock_server.callbacks.posted import make_post
from mock_server.calls.planning import Planning
from mock_server.core.callbacks.retry import ATTEMPT_SECONDS, next_due
from mock_server.core.callbacks.sendings import shape
from mock_server.core.types import SECOND, Instant, Task
from mock_server.counters import Counters
from mock_server.egress.egress import Egress, EgressError, EgressTimeout
from mock_server.store.protocol import Store
from mock_server.store.records import Attempt, DueCallback
from mock_server.universes.alarms import Alarms
from mock_server.universes.clock import LATEST, Wall
from mock_server.universes.universe import Universe
from mock_server.universes.universes import Universes

LEASE: Final = (ATTEMPT_SECONDS + 5) * SECOND
"""How long a claimed attempt is its worker's own: longer than an attempt can take. Real microseconds."""

MOST_AT_ONCE: Final = 4_096
"""How many attempts one worker has under way; more wait for a place."""

STOP_SECONDS: Final = 2.0
"""How long a stopping server waits for the attempts that are under way."""

TROUBLE_SECONDS: Final = 1.0
"""How long after the store failed the schedule is looked at again."""

SENDING: Final[ContextVar[DueCallback]] = ContextVar("sending")
"""The callback whose next attempt is being made, for whatever takes what is posted."""

logger = logging.getLogger(__name__)


class Made(msgspec.Struct, frozen=True):
    """One attempt that was made, as `advance` tells of it."""

    task: str
    number: int
    at: Instant
    status: int | None
    error: str | None


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one attempt; `waited` is how long a frozen clock counts it as having taken, in microseconds."""

    status: int | None = None
    size: int = 0
    error: str | None = None
    waited: int = 0
    faults: tuple[str, ...] = ()


class Callbacks:
    """Makes the attempts of all universes that run here.

    Args:
        store: Where callbacks are kept.
        universes: Whose time they follow.
        egress: What sends them.
        planning: What is planned for them.
        counters: Where attempts are counted.
        wall: Where real time comes from, for leases.
    """

    def __init__(
        self,
        store: Store,
        universes: Universes,
        egress: Egress,
        *,
        planning: Planning,
        counters: Counters,
        wall: Wall,
    ) -> None:
        self._store = store
        self._universes = universes
        self._egress = egress
        self._planning = planning
        self._counters = counters
        self._wall = wall
        self._alarms = Alarms(self._look)
        self._running: dict[str, set[asyncio.Task[Any]]] = {}
        self._attempts: set[asyncio.Task[Any]] = set()
        self._place = asyncio.Event()
        self._stopped = False

    async def start(self) -> None:
        """Take up the schedule that the store holds from earlier."""
        self._stopped = False
        for name in await self._store.universes():
            await self.wake(await self._universes.open(name))

    async def stop(self) -> None:
        """Let the attempts under way end, for a moment, and give up the rest; their leases run out."""
        self._stopped = True
        self._alarms.clear()
        running = [task for tasks in self._running.values() for task in tasks]
        if running:
            await asyncio.wait(running, timeout=STOP_SECONDS)
        for name in tuple(self._running):
            await self._give_up(name)

    def expect(self, universe: Universe, due_at: Instant) -> None:
        """Be there when something falls due. A frozen clock is moved by `advance`, which sees to it then."""
        if universe.clock.rate and due_at <= LATEST:
            self._set_timer(universe, (due_at - universe.now()) / SECOND / universe.clock.rate)

    async def wake(self, universe: Universe) -> None:
        """Look at the schedule anew: after a restart, or when the clock has been changed."""
        self._alarms.cancel(universe)
        wall = self._wall()
        waiting = await self._store.next_due(universe.name, wall=wall)
        if waiting.due_at is not None:
            self.expect(universe, waiting.due_at)
        if waiting.lease_ends is not None:
            self._set_timer(universe, (waiting.lease_ends - wall) / SECOND)

    async def run_due(self, universe: Universe) -> tuple[Made, ...]:
        """Make each attempt that is due now, to its end; one that a reset gives up is not returned."""
        outcomes = await asyncio.gather(*await self._claim(universe), return_exceptions=True)
        return tuple(made for made in outcomes if isinstance(made, Made))

    async def redeliver(self, universe: Universe, callback: int) -> tuple[Made, ...] | None:
        """Send a callback anew, now and with all its retries; None if there is no such callback.

        On a frozen clock the first attempt is made here and now, and returned.
        """
        now = universe.now()
        if not await self._store.redeliver(universe.name, callback, due_at=now, wall=self._wall()):
            return None
        return await self.catch_up(universe)

    async def catch_up(self, universe: Universe) -> tuple[Made, ...]:
        """Look at the schedule anew; on a frozen clock make what is due here and now, and return it."""
        if universe.clock.rate:
            await self.wake(universe)
            return ()
        return await self.advance(universe, universe.now())

    async def advance(self, universe: Universe, to: Instant) -> tuple[Made, ...]:
        """Move the clock forward, and make each attempt that falls due on the way, in order and to its end."""
        target, made = min(LATEST, to), list[Made]()
        while True:
            await self._settle(universe)
            due_at = await self.next_due(universe)
            if due_at is None or due_at > target:
                break
            await self._move_to(universe, due_at)
            made += await self.run_due(universe)
        await self._move_to(universe, target)
        await self.wake(universe)
        return tuple(made)

    async def next_due(self, universe: Universe) -> Instant | None:
        """Return when the next attempt is due that nobody makes yet; None if there is none."""
        return (await self._store.next_due(universe.name, wall=self._wall())).due_at

    async def forget(self, universe: Universe) -> None:
        """Stop everything of a universe that is being reset."""
        self._alarms.forget(universe)
        await self._give_up(universe.name)

    async def _move_to(self, universe: Universe, at: Instant) -> None:
        if at > universe.now():
            await self._universes.change(universe, lambda moved: moved.clock.move_to(at))

    async def _give_up(self, universe: str) -> None:
        """Cancel what is under way, and wait until it has let go of its connection."""
        running = self._running.pop(universe, set())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _set_timer(self, universe: Universe, seconds: float) -> None:
        if not self._stopped:
            self._alarms.set(universe, seconds)

    def _look(self, universe: Universe) -> None:
        self._spawn(universe, self._run_timer(universe))

    async def _run_timer(self, universe: Universe) -> None:
        try:
            current = await self._universes.find(universe.name)  # by now, it may have been begun anew
            if current is not None:
                await self._claim(current)
                await self.wake(current)
        except Exception:
            logger.exception("the callbacks that are due in %s cannot be looked up; trying again soon", universe.name)
            self._set_timer(universe, TROUBLE_SECONDS)

    async def _claim(self, universe: Universe) -> list[asyncio.Task[Made | None]]:
        """Begin the attempts that are due, as many as there are places for; if there is none, wait for one."""
        while len(self._attempts) >= MOST_AT_ONCE:
            self._place.clear()
            await self._place.wait()
        free = MOST_AT_ONCE - len(self._attempts)
        due = await self._store.claim_callbacks(
            universe.name, now=universe.now(), wall=self._wall(), lease=LEASE, limit=free
        )
        begun = [self._spawn(universe, self._attempt(universe, callback)) for callback in due]
        self._attempts.update(begun)
        for attempt in begun:
            attempt.add_done_callback(self._free)
        return begun

    def _free(self, attempt: asyncio.Task[Any]) -> None:
        self._attempts.discard(attempt)
        self._place.set()

    async def _settle(self, universe: Universe) -> None:
        """Wait for the attempts of a universe that are under way."""
        while running := self._running.get(universe.name):
            await asyncio.wait(running)

    async def _attempt(self, universe: Universe, callback: DueCallback) -> Made | None:
        """Make one attempt. If the store fails, the lease runs out, and the attempt is made again."""
        try:
            return await self._make(universe, callback)
        except Exception:
            logger.exception("an attempt at the callback of %s came to nothing; it is made again", callback.task)
            self._set_timer(universe, LEASE / SECOND)
            return None

    async def _make(self, universe: Universe, callback: DueCallback) -> Made | None:
        """Make one attempt, record it, and see to the next."""
        task = await self._store.task(universe.name, callback.task)
        if task is None:
            return None
        SENDING.set(callback)  # each attempt is made by a task of its own
        started_at = universe.now()
        late = (started_at - callback.due_at) / SECOND / (universe.clock.rate or 1)
        sent = await self._send(universe, task, callback)
        self._counters.count_attempt(sent.status, late=late)
        ended_at = universe.now() if universe.clock.rate else started_at + sent.waited
        attempt = Attempt(callback.due_at, started_at, ended_at, sent.status, sent.error, sent.size, sent.faults)
        number = max(1, callback.attempts - callback.earlier + 1)
        due_at = await self._store.finish_attempt(callback, attempt, next_due=next_due(number, sent.status, ended_at))
        universe.journal.stir()
        if due_at is not None:
            self.expect(universe, due_at)
        return Made(task.id, callback.attempts + 1, started_at, sent.status, sent.error)

    async def _send(self, universe: Universe, task: Task, callback: DueCallback) -> "Sent":
        """Post what is planned of the callback, and return what came of it."""
        faults: tuple[str, ...] = ()
        try:
            script = await self._planning.find_script(universe, "callback", task=task.id, account=task.account)
            faults = script.strikes
            self._counters.count_faults(faults)
            headers, body = make_post(shape(task, callback.variant, universe.now()), script, wall=self._wall())
            answer = await self._egress.post(callback.url, body, headers)
        except EgressTimeout as error:
            return Sent(error=str(error), waited=ATTEMPT_SECONDS * SECOND, faults=faults)
        except EgressError as error:
            return Sent(error=str(error), faults=faults)
        except Exception as error:
            logger.exception("the callback of %s failed; this is a bug of the simulator", task.id)
            return Sent(error=f"a bug of the simulator: {type(error).__name__}", faults=faults)
        return Sent(status=answer.status, size=answer.size, faults=faults)

    def _spawn(self, universe: Universe, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        running = self._running.setdefault(universe.name, set())
        task = asyncio.get_running_loop().create_task(work)
        running.add(task)
        task.add_done_callback(running.discard)
        return task
