"""Sleeps of tasks on trio: `trio.sleep` and `trio.sleep_until`. Imported only where trio is."""

import sys
import threading
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Final

import trio
from trio.lowlevel import TrioToken

from contracts.drive.sleeping.sleepers import AGAIN, TURNS, Sleepers, is_delivering, longest, whose

REAL_SLEEP: Final = trio.sleep
REAL_SLEEP_UNTIL: Final = trio.sleep_until


@wraps(REAL_SLEEP)
def sleep(seconds: float) -> Coroutine[Any, Any, None]:
    """Take the place of `trio.sleep`."""
    sleepers = whose(sys._getframe(1), seconds)  # noqa: SLF001 - the caller is what counts
    return REAL_SLEEP(seconds) if sleepers is None else pass_time(sleepers, seconds)


@wraps(REAL_SLEEP_UNTIL)
def sleep_until(deadline: float) -> Coroutine[Any, Any, None]:
    """Take the place of `trio.sleep_until`."""
    sleepers = whose(sys._getframe(1), deadline - trio.current_time())  # noqa: SLF001 - the same
    return REAL_SLEEP_UNTIL(deadline) if sleepers is None else pass_time(sleepers, deadline - trio.current_time())


async def pass_time(sleepers: Sleepers, seconds: float) -> None:
    """Sleep until so many virtual seconds have passed, but no longer than is real."""
    if is_delivering():
        await REAL_SLEEP(0)
        return
    woken = trio.Event()
    host = sleepers.host(trio.lowlevel.current_trio_token(), Run)
    with trio.move_on_after(longest(seconds)), sleepers.asleep(seconds, host, lambda: host.call(woken.set)) as sleeper:
        await woken.wait()
    sleeper.check()


class Run:
    """A run of trio, as the host of the tasks that sleep in it.

    Args:
        sleepers: Whom it hosts, among others.
        token: The run.
    """

    def __init__(self, sleepers: Sleepers, token: TrioToken) -> None:
        self._sleepers = sleepers
        self._token = token
        self._thread = threading.get_ident()
        self._has_ended = False
        self._looking = False

    @property
    def is_running(self) -> bool:
        """Whether who is woken can go on."""
        return not (self._has_ended or self._sleepers.threads.is_asleep(self._thread))

    def call(self, function: Callable[[], object]) -> None:
        """Call a function in the run, from any thread; a run that has ended has nothing left to do."""
        try:
            self._token.run_sync_soon(function)
        except trio.RunFinishedError:
            self._has_ended = True

    def look(self) -> None:
        """Move time as soon as all tasks of the run are blocked."""
        if not self._looking:
            self._looking = True
            self.call(lambda: trio.lowlevel.spawn_system_task(self._move))

    async def _move(self) -> None:
        """Wait until all tasks are blocked, or turn without end; then move."""
        from trio.testing import wait_all_tasks_blocked  # noqa: PLC0415 - takes as long to import as all of trio

        with trio.CancelScope() as scope:
            turns = Turns(scope)
            trio.lowlevel.add_instrument(turns)
            try:
                await wait_all_tasks_blocked()
            finally:
                trio.lowlevel.remove_instrument(turns)
        self._looking = False
        if not self._sleepers.move(self):
            await REAL_SLEEP(AGAIN)
            self.look()


class Turns(trio.abc.Instrument):
    """Counts the turns of a run, and lets no more pass than are worth waiting for.

    Args:
        scope: What waits.
    """

    def __init__(self, scope: trio.CancelScope) -> None:
        self._scope = scope
        self._turns = 0

    def after_io_wait(self, timeout: float) -> None:  # noqa: ARG002 - as trio calls it
        """Count."""
        self._turns += 1
        if self._turns == TURNS:
            self._scope.cancel()
