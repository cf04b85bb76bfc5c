"""Sleeps that block a thread: `time.sleep`, and `threading.Event.wait` with a timeout."""

import sys
import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Final

from contracts.drive.sleeping.sleepers import AGAIN, Sleepers, is_delivering, longest, whose

REAL_SLEEP: Final = time.sleep
REAL_WAIT: Final = threading.Event.wait

_monotonic: Final = time.monotonic
"""Real time: what this module calls is not a user's call, but would take longer."""


class Sleep:
    """Takes the place of `time.sleep`; a function would become a method where a class keeps it."""

    __name__ = "sleep"
    __doc__ = time.sleep.__doc__

    def __call__(self, seconds: float, /) -> None:
        """Sleep for so many seconds."""
        sleepers = whose(sys._getframe(1), seconds)  # noqa: SLF001 - the caller is what counts
        if sleepers is None:
            REAL_SLEEP(seconds)
        elif not is_delivering():
            told = threading.Lock()
            told.acquire()
            pass_time(sleepers, seconds, told)


SLEEP: Final = Sleep()


@wraps(REAL_WAIT)
def wait(event: threading.Event, timeout: float | None = None) -> bool:
    """Take the place of `threading.Event.wait`."""
    caller = sys._getframe(1)  # noqa: SLF001 - the same
    sleepers = whose(caller, timeout)
    if sleepers is None or timeout is None or caller.f_globals.get("__name__") == "threading":
        return REAL_WAIT(event, timeout)
    return event.is_set() if is_delivering() else _wait(sleepers, event, timeout)


def _wait(sleepers: Sleepers, event: threading.Event, timeout: float) -> bool:
    """Wait as one of those who are told when the event is set."""
    waiters, lock = event._cond._waiters, event._cond  # type: ignore[attr-defined]  # noqa: SLF001 - telling one alone
    told = threading.Lock()
    told.acquire()
    with lock:
        if event.is_set():
            return True
        waiters.append(told)
    try:
        pass_time(sleepers, timeout, told, is_over=lambda: told not in waiters)
    finally:
        with lock:
            was_set = told not in waiters
            if not was_set:
                waiters.remove(told)
    return was_set


class Thread:
    """A thread that is asleep as a whole, as the host of its only sleeper.

    Args:
        told: Held, and let go of when there is something to see.
    """

    is_running = True

    def __init__(self, told: threading.Lock) -> None:
        self._told = told

    def look(self) -> None:
        """Have the thread see what there is to see."""
        try:
            self._told.release()
        except RuntimeError:  # it has been told and has not seen yet
            return


def pass_time(
    sleepers: Sleepers, seconds: float, told: threading.Lock, *, is_over: Callable[[], bool] = lambda: False
) -> None:
    """Sleep on this thread until so many virtual seconds have passed or it is over, but no longer than is real."""
    until = _monotonic() + longest(seconds)
    host = Thread(told)
    with sleepers.asleep(seconds, host, host.look) as sleeper, sleepers.threads.asleep():
        while not (sleeper.is_awake or is_over()) and (left := until - _monotonic()) > 0:
            told.acquire(timeout=left if sleepers.move(host) else min(left, AGAIN))
    sleeper.check()
