"""The clocks of `time`, as a user's code sees them: real time, and what has passed on the virtual clock besides."""

import sys
import time
from collections.abc import Callable
from typing import Any, Final

from contracts.drive.sleeping.callers import is_user_module
from contracts.drive.sleeping.sleepers import opened

_NANOSECONDS: Final = 1_000_000_000


class Reading:
    """Takes the place of a function of `time` that returns the time.

    Args:
        real: The function.
    """

    def __init__(self, real: Callable[[], Any]) -> None:
        self.real = real
        self.__name__ = real.__name__
        self.__doc__ = real.__doc__

    def __call__(self) -> Any:
        """Return the time that the caller is to see."""
        now, sleepers = self.real(), opened()[-1:]
        module = sys._getframe(1).f_globals.get("__name__") or ""  # noqa: SLF001 - the caller is what counts
        if not sleepers or not sleepers[0].clocks or not is_user_module(module):
            return now
        elapsed = sleepers[0].elapsed
        return now + (round(elapsed * _NANOSECONDS) if isinstance(now, int) else elapsed)


READINGS: Final = tuple(
    Reading(real)
    for real in (time.monotonic, time.monotonic_ns, time.perf_counter, time.perf_counter_ns, time.time, time.time_ns)
)
"""What takes the place of each."""
