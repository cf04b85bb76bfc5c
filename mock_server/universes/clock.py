"""The clock that a universe lives by: it runs as fast as real time, faster, or not at all, and can be moved forward.

Whatever the mode, one formula gives the time: where the clock was anchored, plus the real time since then times a rate.
"""

import time
from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from mock_server.core.types import SECOND, Instant

Mode: TypeAlias = Literal["real", "scaled", "frozen"]
"""How a clock runs: with real time, a number of times faster, or only when it is moved."""

Wall: TypeAlias = Callable[[], int]
"""Real time in microseconds since the epoch; never steps back."""

RATES: Final[Mapping[str, float]] = {"real": 1.0, "frozen": 0.0}
"""The rates of the modes that have one of their own; a scaled clock is given one."""

FASTEST: Final = 1_000_000.0
"""The highest rate: a day passes in under a tenth of a second."""

LATEST: Final = 9_999_999_999 * SECOND
"""Where time ends, on 2286-11-20: a task's id has ten digits for the second in which it was created (TASK-ID-FORM)."""

_STARTED_WALL: Final = time.time_ns() // 1_000
_STARTED_MONOTONIC: Final = time.monotonic_ns() // 1_000

_decoder = msgspec.msgpack.Decoder(tuple[float, int, int])


def wall_clock() -> int:
    """Return real time in microseconds since the epoch, unmoved by corrections of the system's clock."""
    return _STARTED_WALL + time.monotonic_ns() // 1_000 - _STARTED_MONOTONIC


class Clock:
    """One universe's time.

    Args:
        rate: Seconds of the universe for each real second: 1 is real, 0 is frozen.
        wall: Where real time comes from.
        start: The universe's time at the beginning; now, if not given.
    """

    def __init__(self, *, rate: float = 1.0, wall: Wall = wall_clock, start: Instant | None = None) -> None:
        self._wall = wall
        self._rate = rate
        self._anchor_wall = wall()
        self._anchor = self._anchor_wall if start is None else start

    @property
    def mode(self) -> Mode:
        """How the clock runs."""
        if self._rate == 0:
            return "frozen"
        return "real" if self._rate == 1 else "scaled"

    @property
    def rate(self) -> float:
        """Seconds of the universe for each real second."""
        return self._rate

    def now(self) -> Instant:
        """Return the universe's time."""
        return min(LATEST, self._anchor + int((self._wall() - self._anchor_wall) * self._rate))

    def run(self, rate: float) -> None:
        """Go on from here at another rate; 0 freezes."""
        self._anchor, self._anchor_wall = self.now(), self._wall()
        self._rate = rate

    def advance(self, seconds: float) -> None:
        """Move forward by so many seconds, in any mode."""
        self._anchor = min(LATEST, self._anchor + round(seconds * SECOND))

    def move_to(self, at: Instant) -> None:
        """Move forward to an instant; one that has passed moves nothing."""
        self._anchor = min(LATEST, self._anchor + max(0, at - self.now()))

    def start_at(self, at: Instant) -> None:
        """Go on from another instant, be it earlier: only where nothing has happened yet."""
        self._anchor, self._anchor_wall = at, self._wall()

    def dump(self) -> bytes:
        """Write the clock down, so that `load` can go on from it later."""
        return msgspec.msgpack.encode((self._rate, self._anchor_wall, self._anchor))

    @classmethod
    def load(cls, dumped: bytes, *, wall: Wall = wall_clock) -> "Clock":
        """Go on from what `dump` wrote; the real time in between has passed for a clock that runs.

        If the machine's own clock was set back in between, no time has passed.
        """
        clock = cls(wall=wall)
        clock._rate, anchor_wall, clock._anchor = _decoder.decode(dumped)
        clock._anchor_wall = min(anchor_wall, clock._anchor_wall)
        return clock
