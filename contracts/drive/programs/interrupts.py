"""What ends all programs of this process at once: Ctrl-C, SIGTERM, and a terminal that is closed.

They have sessions of their own, so no signal reaches them but by us.
"""

import errno
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock, current_thread, main_thread
from typing import Final

from contracts.drive.programs.running import Running

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))


class Roster:
    """The programs that run in this process."""

    def __init__(self) -> None:
        self._lock = RLock()  # as a signal may come while its thread holds it
        self._running: set[Running] = set()
        self._closed = False

    def start(self, begin: Callable[[], Running]) -> Running:
        """Start a program.

        Raises:
            InterruptedError: All were told to end.
            OSError: It cannot be started.
        """
        with self._lock:
            if self._closed:
                raise InterruptedError(errno.EINTR, "all programs are told to end")
            running = begin()
            self._running.add(running)
            return running

    def leave(self, running: Running) -> None:
        """Strike a program off that has ended."""
        with self._lock:
            self._running.discard(running)

    def close(self) -> None:
        """Let no other program start, kill those that run, and return when they have ended."""
        with self._lock:
            self._closed = True
            running = tuple(self._running)
        for each in running:
            each.kill()

    def open(self) -> None:
        """Let programs start again."""
        with self._lock:
            self._closed = False


ROSTER: Final = Roster()
"""All of them."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Have whatever is to end this process end its programs first, as long as this is open.

    They are killed at once, on whatever threads they are waited for, and then KeyboardInterrupt is raised on the main
    thread. On another thread, which gets no signals, this does nothing.
    """
    if current_thread() is not main_thread():
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in dict.fromkeys(_SIGNALS)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        ROSTER.open()


def _interrupt(_number: int, _frame: object) -> None:
    ROSTER.close()
    raise KeyboardInterrupt
