"""Who is asleep, and the one rule by which time moves for them.

Time moves to the instant at which the first sleeper is due, and only while nobody is at work: no request is under way,
whoever was woken has gone on, nothing else is ready on the event loop of that sleeper, and no other thread of the test
runs. No sleep takes longer than it would without all this, or than a second where that is more: each host counts real
time too, so that nobody can wait for ever.
"""

import heapq
import threading
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from itertools import count
from types import FrameType
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from contracts.drive.sleeping.callers import is_users
from contracts.drive.sleeping.threads import Threads

Wake: TypeAlias = Callable[[], None]
"""Called, on any thread, when a sleeper is to wake."""

Runs = TypeVar("Runs", bound=Hashable)
HostOf = TypeVar("HostOf", bound="Host")

_TICK: Final = 1e-6
"""Clocks may count whole microseconds: who is due within one is due."""

TURNS: Final = 100
"""After so many turns of a loop time moves even so: something turns without end, and would in real time too."""

AGAIN: Final = 0.001
"""How soon a host sees that no other thread is at work any more; in real seconds."""

_PATIENCE: Final = 1.0
"""A sleep for less than so many seconds may take as long, in real time: nothing takes that long but what is stuck."""


def longest(seconds: float) -> float:
    """Return how much real time, in seconds, a sleep may take."""
    return max(seconds, _PATIENCE)


class SleepClock(Protocol):
    """A clock that sleeps can move."""

    def now(self) -> float:
        """Return the time, in seconds."""

    def advance_to(self, when: float) -> Future[None]:
        """Move on to a time, and do what falls due on the way; done when all of that has settled.

        It may stop on the way, where something has happened; then it is asked again, if somebody still sleeps. A time
        that has passed moves nothing. Called on any thread; must not wait.
        """


class Host(Protocol):
    """What a sleeper runs on: an event loop, or a thread."""

    @property
    def is_running(self) -> bool:
        """Whether who is woken can go on."""

    def look(self) -> None:
        """Call `Sleepers.move` as soon as nothing else is ready here; called on any thread, and must not wait."""


class Sleeper:
    """Somebody asleep.

    Args:
        due: When it wakes, in seconds of the virtual clock.
        order: How many fell asleep before.
        host: What it runs on.
        wake: Wakes it.
    """

    def __init__(self, due: float, order: int, host: Host, wake: Wake) -> None:
        self.due = due
        self.order = order
        self.host = host
        self.wake = wake
        self.is_awake = False
        self.error: BaseException | None = None

    def __lt__(self, other: "Sleeper") -> bool:
        return (self.due, self.order) < (other.due, other.order)

    def check(self) -> None:
        """Raise what went wrong when time was to be moved, if anything did."""
        if self.error is not None:
            raise self.error


class Sleepers:
    """All who are asleep on one clock, whatever they run on.

    Args:
        clock: What their sleeping moves.
        clocks: Whether the clocks of `time` go with it.
        before: Called before each sleep and each request, where it stands; what it raises ends that.
    """

    def __init__(self, clock: SleepClock, *, clocks: bool = False, before: Callable[[], object] = lambda: None) -> None:
        self.clocks = clocks
        self.threads = Threads()
        self._clock = clock
        self._before = before
        self._start = clock.now()
        self._lock = threading.RLock()
        self._hosts: dict[object, Any] = {}
        self._order = count()
        self._asleep: list[Sleeper] = []
        self._waking: set[Sleeper] = set()
        self._busy = 0
        self._moving = False
        self._closed = False

    @property
    def elapsed(self) -> float:
        """How many seconds of the virtual clock have passed since the beginning."""
        return self._clock.now() - self._start

    def host(self, runs: Runs, make: Callable[["Sleepers", Runs], HostOf]) -> HostOf:
        """Return the one host for what runs tasks; it is made when its first task falls asleep."""
        if runs not in self._hosts:
            self._hosts[runs] = make(self, runs)
        host: HostOf = self._hosts[runs]
        return host

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Let no time pass but for those who sleep within, as a request that is tried again does."""
        self._before()
        _requests.set(_requests.get() + 1)
        self._count(1)
        try:
            yield
        finally:
            _requests.set(_requests.get() - 1)
            self._count(-1)
            self.turn()

    @contextmanager
    def asleep(self, seconds: float, host: Host, wake: Wake) -> Iterator[Sleeper]:
        """Count somebody as asleep, who goes on when woken or when it likes to; its requests are not under way then."""
        self._before()
        requests = _requests.get()
        with self._lock:
            self._busy -= requests
            sleeper = Sleeper(self._clock.now() + seconds, next(self._order), host, wake)
            if self._closed:
                sleeper.is_awake = True
            else:
                heapq.heappush(self._asleep, sleeper)
        try:
            self.turn()
            if sleeper.is_awake:
                wake()
            yield sleeper
        finally:
            self._remove(sleeper)
            self._count(requests)
            self.turn()

    def turn(self) -> None:
        """Have the host of the first sleeper look whether time can move."""
        with self._lock:
            first = self._first()
        if first is not None:
            first.host.look()

    def move(self, host: Host) -> bool:
        """Move time for a host on which nothing else is ready, if its sleeper is the first; do not wait for it.

        Returns:
            False if another thread is at work, which is not going to tell when it no longer is.
        """
        with self._lock:
            first = self._first()
            if first is None or first.host is not host:
                return True
            if self.threads.at_work():
                return False
            self._moving = True
            before = self._clock.now()
        try:
            future = self._clock.advance_to(first.due)
        except BaseException as error:  # noqa: BLE001 - whoever sleeps gets it
            future = Future()
            future.set_exception(error)
        future.add_done_callback(partial(self._settled, first.due, before))
        return True

    def close(self) -> None:
        """Wake everybody."""
        with self._lock:
            self._closed = True
            woken = self._wake_until(threading.TIMEOUT_MAX, None)
        for sleeper in woken:
            sleeper.wake()

    def _count(self, requests: int) -> None:
        with self._lock:
            self._busy += requests

    def _first(self) -> Sleeper | None:
        """Return who wakes first, unless no time can pass now."""
        if self._busy > 0 or self._moving or any(sleeper.host.is_running for sleeper in self._waking):
            return None
        if self._asleep and self._asleep[0].host.is_running:
            return self._asleep[0]
        return min((sleeper for sleeper in self._asleep if sleeper.host.is_running), default=None)

    def _settled(self, due: float, before: float, future: Future[None]) -> None:
        """Wake who is due, now that time has moved; a clock that has not moved is not asked again."""
        error = RuntimeError("the clock was stopped while it moved") if future.cancelled() else future.exception()
        with self._lock:
            self._moving = False
            now = self._clock.now()
            woken = self._wake_until(now if error is None and now > before else max(now, due), error)
        for sleeper in woken:
            sleeper.wake()
        self.turn()

    def _wake_until(self, when: float, error: BaseException | None) -> list[Sleeper]:
        """Take those who are due from the sleepers, in the order of their waking."""
        woken = []
        while self._asleep and self._asleep[0].due <= when + _TICK:
            sleeper = heapq.heappop(self._asleep)
            sleeper.is_awake, sleeper.error = True, error
            woken.append(sleeper)
        self._waking.update(woken)
        return woken

    def _remove(self, sleeper: Sleeper) -> None:
        """Count somebody as asleep no longer."""
        with self._lock:
            self._waking.discard(sleeper)
            if not sleeper.is_awake:
                self._asleep.remove(sleeper)
                heapq.heapify(self._asleep)


_requests: Final = ContextVar("requests", default=0)
"""How many requests this context is in."""

_open: Final[list[Sleepers]] = []
_delivering: Final = ContextVar("delivering", default=False)


def opened() -> list[Sleepers]:
    """Return all that are open; the last one counts."""
    return _open


@contextmanager
def delivering() -> Iterator[None]:
    """Let sleeps of this context end at once: time waits for what is called in it, and so cannot pass."""
    token = _delivering.set(True)
    try:
        yield
    finally:
        _delivering.reset(token)


def is_delivering() -> bool:
    """Tell whether sleeps of this context end at once."""
    return _delivering.get()


def whose(frame: FrameType, seconds: object) -> Sleepers | None:
    """Return who counts a sleep of so many seconds that is called in this frame; None leaves it real.

    What is no number of seconds, or none that can be waited for, is left to the real function as well.
    """
    if not _open or not isinstance(seconds, int | float) or not 0 < seconds <= threading.TIMEOUT_MAX:
        return None
    return _open[-1] if is_users(frame) else None
