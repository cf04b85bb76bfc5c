"""Clocks that sleeps move, and ways to run what sleeps."""

from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import anyio
import pytest
import trio
import uvloop

from contracts.drive.sleeping import Sleeps

Main = Callable[[], Awaitable[Any]]

START = 1_000_000.0

RUNNERS: dict[str, Callable[[Main], Any]] = {
    "asyncio": lambda main: anyio.run(main, backend="asyncio"),
    "uvloop": lambda main: anyio.run(main, backend="asyncio", backend_options={"loop_factory": uvloop.new_event_loop}),
    "trio": trio.run,
}
"""How a coroutine function is run, by what it runs on."""


class MovedClock:
    """A clock with a thread of its own, on which everything happens that falls due.

    `stops` are the times at which something happens, and what: there the clock stops on its way.
    """

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.stops: dict[float, Callable[[], object]] = {}
        self._now = START
        self._pool = ThreadPoolExecutor(1, "clock")
        self._pool.submit(int).result()

    @property
    def passed(self) -> float:
        """How many seconds have passed."""
        return round(self._now - START, 6)

    def now(self) -> float:
        """Return the time."""
        return self._now

    def advance_to(self, when: float) -> Future[None]:
        """Move on to a time, or to the next stop."""
        self.asked.append(when)
        return self._pool.submit(self._move, when)

    def close(self) -> None:
        """End the thread."""
        self._pool.shutdown()

    def _move(self, when: float) -> None:
        stop = min((at for at in self.stops if at <= when), default=None)
        self._now = max(self._now, when if stop is None else stop)
        if stop is not None:
            self.stops.pop(stop)()


@pytest.fixture
def clock() -> Iterator[MovedClock]:
    """A clock that nobody has moved."""
    clock = MovedClock()
    yield clock
    clock.close()


@pytest.fixture
def sleeps(clock: MovedClock) -> Iterator[Sleeps]:
    """Sleeps that move the clock, and are open."""
    with Sleeps(clock) as sleeps:
        yield sleeps


@pytest.fixture(params=RUNNERS)
def run(request: pytest.FixtureRequest) -> Callable[[Main], Any]:
    """Runs a coroutine function on asyncio, on uvloop or on trio."""
    return RUNNERS[request.param]
