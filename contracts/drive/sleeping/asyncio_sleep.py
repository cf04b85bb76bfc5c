"""Sleeps of tasks on asyncio: `asyncio.sleep`."""

import asyncio
import inspect
import sys
import threading
from collections.abc import Coroutine
from contextlib import suppress
from functools import wraps
from typing import Any, Final

from contracts.drive.sleeping.sleepers import AGAIN, TURNS, Sleepers, is_delivering, longest, whose

REAL_SLEEP: Final = asyncio.sleep

_QUIET: Final = 2
"""In so many turns of the loop after each other nothing else was ready; the system is asked in between."""


@wraps(REAL_SLEEP)
def sleep(delay: float, result: Any = None) -> Coroutine[Any, Any, Any]:
    """Take the place of `asyncio.sleep`: whose it is shows where it is called, which may not be where it is awaited."""
    sleepers = whose(sys._getframe(1), delay)  # noqa: SLF001 - the caller is what counts
    return REAL_SLEEP(delay, result) if sleepers is None else pass_time(sleepers, delay, result)


getattr(inspect, "markcoroutinefunction", id)(sleep)  # Python 3.11 cannot


async def pass_time(sleepers: Sleepers, seconds: float, result: Any = None) -> Any:
    """Sleep until so many virtual seconds have passed, but no longer than is real; returns the result."""
    if is_delivering():
        return await REAL_SLEEP(0, result)
    loop = asyncio.get_running_loop()
    woken: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        with suppress(asyncio.InvalidStateError):  # it has been, or has left
            woken.set_result(None)

    host = sleepers.host(loop, Loop)
    timer = loop.call_later(longest(seconds), wake)
    try:
        with sleepers.asleep(seconds, host, lambda: host.call(wake)) as sleeper:
            await woken
    finally:
        timer.cancel()
    sleeper.check()
    return result


class Loop:
    """An event loop of asyncio, as the host of the tasks that sleep on it.

    Args:
        sleepers: Whom it hosts, among others.
        loop: The loop, which is running.
    """

    def __init__(self, sleepers: Sleepers, loop: asyncio.AbstractEventLoop) -> None:
        self._sleepers = sleepers
        self._loop = loop
        self._thread = threading.get_ident()
        self._looking = False
        self._turns = self._quiet = 0

    @property
    def is_running(self) -> bool:
        """Whether who is woken can go on."""
        return self._loop.is_running() and not self._sleepers.threads.is_asleep(self._thread)

    def call(self, function: Any) -> None:
        """Call a function on the loop, from any thread; a loop that has ended has nothing left to do."""
        own = threading.get_ident() == self._thread
        with suppress(RuntimeError):
            (self._loop.call_soon if own else self._loop.call_soon_threadsafe)(function)

    def look(self) -> None:
        """Move time as soon as nothing else is ready on the loop."""
        if not self._looking:
            self._looking = True
            self._turns = self._quiet = 0
            self.call(self._turn)

    def _turn(self) -> None:
        """See whether anything else was ready in this turn of the loop."""
        self._turns += 1
        self._quiet = 0 if self._has_ready() else self._quiet + 1
        if self._quiet < _QUIET and self._turns < TURNS:
            self._loop.call_soon(self._turn)
            return
        self._looking = False
        if not self._sleepers.move(self):
            self._loop.call_later(AGAIN, self.look)

    def _has_ready(self) -> bool:
        """Tell whether the loop has anything to call; one that does not show it, whether a task can go on."""
        ready = getattr(self._loop, "_ready", None)
        return bool(ready) if ready is not None else any(map(_can_go_on, asyncio.all_tasks(self._loop)))


def _can_go_on(task: asyncio.Task[Any]) -> bool:
    """Tell whether what a task waits for has come."""
    waits_for: asyncio.Future[Any] | None = getattr(task, "_fut_waiter", None)
    return waits_for is None or waits_for.done()
