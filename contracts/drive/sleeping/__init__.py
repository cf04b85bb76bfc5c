"""Sleeping without waiting: while it is open, the sleeps of a user's code move a clock.

    with Sleeps(clock) as sleeps:
        time.sleep(300)  # the clock has moved by five minutes, and what fell due in them is done

What is patched and what is not: docs/explanation/time.md. Whoever sends requests enters `busy` around each, and whoever
calls a user's code while time moves enters `delivering` around that.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Self

from contracts.drive.sleeping.patches import start, stop
from contracts.drive.sleeping.sleepers import SleepClock, Sleepers, delivering

__all__ = ["SleepClock", "Sleeps", "delivering"]


class Sleeps:
    """Lets the sleeps of a user's code move a clock, while it is used as a context manager.

    Of several that are open, the one that was opened last counts; none can be open twice. Whoever still sleeps when it
    closes wakes.

    Args:
        clock: What is moved.
        clocks: Whether the clocks of `time` go with it, as a user's code sees them.
        before: Called before each sleep and each request, where it stands; what it raises ends that.
    """

    def __init__(self, clock: SleepClock, *, clocks: bool = False, before: Callable[[], object] = lambda: None) -> None:
        self._clock = clock
        self._clocks = clocks
        self._before = before
        self._sleepers: Sleepers | None = None

    def __enter__(self) -> Self:
        if self._sleepers is not None:
            raise RuntimeError("these sleeps are open already; open others with `Sleeps(clock)`")
        self._sleepers = Sleepers(self._clock, clocks=self._clocks, before=self._before)
        start(self._sleepers)
        return self

    def __exit__(self, *_: object) -> None:
        if self._sleepers is not None:
            stop(self._sleepers)
            self._sleepers.close()
            self._sleepers = None

    def busy(self) -> AbstractContextManager[None]:
        """Let no time pass while a request is under way; where nothing is open, do nothing."""
        return nullcontext() if self._sleepers is None else self._sleepers.busy()
