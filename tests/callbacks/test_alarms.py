"""Alarms: when they go off, on a loop whose time the test moves."""

import asyncio
from collections.abc import Callable

import pytest

from mock_server.journal.journal import Journals
from mock_server.universes.alarms import REST_SECONDS, Alarms
from mock_server.universes.clock import Clock
from mock_server.universes.universe import Universe, UniverseFacts


class Call:
    """A call that a loop was asked for."""

    def __init__(self, at: float, function: Callable[[Universe], None], universe: Universe) -> None:
        self.at, self.cancelled = at, False
        self._function, self._universe = function, universe

    def cancel(self) -> None:
        """Do not call."""
        self.cancelled = True

    def make(self) -> None:
        """Call."""
        self._function(self._universe)


class Loop:
    """An event loop as far as alarms need one."""

    def __init__(self) -> None:
        self.now = 100.0
        self.calls: list[Call] = []

    def time(self) -> float:
        """Return its time, in seconds."""
        return self.now

    def call_at(self, at: float, function: Callable[[Universe], None], universe: Universe) -> Call:
        """Call a function later."""
        self.calls.append(Call(at, function, universe))
        return self.calls[-1]

    def waiting(self) -> list[float]:
        """Return the times of the calls to come."""
        return [call.at for call in self.calls if not call.cancelled and call.at > self.now]

    def run_until(self, at: float) -> None:
        """Let time pass."""
        self.now = at
        for call in [call for call in self.calls if call.at <= at]:
            self.calls.remove(call)
            if not call.cancelled:
                call.make()


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    """The running loop."""
    loop = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)
    return loop


@pytest.fixture
def rung() -> list[str]:
    """The universes whose alarm went off."""
    return []


@pytest.fixture
def alarms(rung: list[str]) -> Alarms:
    """Alarms that write into `rung`."""
    return Alarms(lambda universe: rung.append(universe.name))


def universe(name: str) -> Universe:
    """Make a universe."""
    facts = UniverseFacts(clock=Clock().dump(), rate=1, seed=b"", life=1)
    return Universe(name, facts, version=1, clock=Clock(), journal=Journals(0, begun=0).open())


BLUE, RED = universe("blue"), universe("red")


def test_the_earliest_counts(loop: Loop, alarms: Alarms, rung: list[str]) -> None:
    """Of the times that are asked for, in any order, one alarm goes off at the first; the rest is asked for anew."""
    for seconds in (5, 3, 9):
        alarms.set(BLUE, seconds)
    assert loop.waiting() == [103]
    loop.run_until(102)
    assert rung == []
    loop.run_until(103)
    assert rung == ["blue"]
    assert loop.waiting() == []


def test_each_universe_has_its_own(loop: Loop, alarms: Alarms, rung: list[str]) -> None:
    """One universe's alarm says nothing of another's."""
    alarms.set(BLUE, 5)
    alarms.set(RED, 3)
    loop.run_until(103)
    alarms.cancel(RED)
    assert loop.waiting() == [105]
    loop.run_until(105)
    assert rung == ["red", "blue"]


def test_an_alarm_rests(loop: Loop, alarms: Alarms, rung: list[str]) -> None:
    """What is due at once is waited for a moment if the alarm just went off, and not at all otherwise."""
    alarms.set(BLUE, 0)
    loop.run_until(100)
    alarms.set(BLUE, -1)
    alarms.set(RED, -1)
    loop.run_until(100)
    assert rung == ["blue", "red"]
    assert loop.waiting() == [100 + REST_SECONDS]


def test_alarms_are_taken_back(loop: Loop, alarms: Alarms, rung: list[str]) -> None:
    """A cancelled alarm does not go off, and can be set anew for a later time."""
    alarms.set(BLUE, 3)
    alarms.set(RED, 3)
    alarms.cancel(BLUE)
    alarms.set(BLUE, 6)
    assert sorted(loop.waiting()) == [103, 106]
    alarms.clear()
    loop.run_until(200)
    assert rung == []
