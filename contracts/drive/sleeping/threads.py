"""Which other threads of a test are at work.

Those count that were started since, the one that opened it all, and workers that had nothing to do then; others that
were there before have nothing to do with the test. A thread is not at work while it is asleep, or waits in the standard
library or in an event loop for what has not come yet.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, TypeAlias

_Waits: TypeAlias = Callable[[Mapping[str, Any]], bool]


def _always(_found: Mapping[str, Any]) -> bool:
    """Tell what holds for a function that does nothing but wait."""
    return True


def _in_condition(found: Mapping[str, Any]) -> bool:
    """Tell whether a condition has not told yet: then it takes who waits from its list."""
    return "waiter" not in found or found["waiter"] in found["self"]._waiters  # noqa: SLF001 - what there is for it


def _in_pool(found: Mapping[str, Any]) -> bool:
    """Tell whether nothing has been handed to a worker of `concurrent.futures`.

    Since Python 3.13 what is handed to a worker that waits is in no queue any more; but the pool counts who is free.
    """
    executor = found["executor_reference"]()
    return bool(found["work_queue"].empty()) and (executor is None or _are_free(executor))


def _are_free(executor: ThreadPoolExecutor) -> bool:
    """Tell whether a pool counts as free each of its workers that seems to wait."""
    frames = sys._current_frames()  # noqa: SLF001 - what there is for it
    workers = [frames[thread.ident] for thread in list(executor._threads) if thread.ident in frames]  # noqa: SLF001
    free = executor._idle_semaphore._value  # noqa: SLF001 - the same
    return free >= sum(_waits(worker) is _in_pool for worker in workers)


def _in_trio_pool(found: Mapping[str, Any]) -> bool:
    """Tell whether nothing has been handed to a worker of trio."""
    return found["self"]._job is None  # noqa: SLF001 - the same


_WAITING: Final[Mapping[tuple[object, str], _Waits]] = {
    ("asyncio.runners", "run"): _always,  # a loop that is not written in Python
    ("asyncio.windows_events", "_poll"): _always,
    ("concurrent.futures.thread", "_worker"): _in_pool,
    ("selectors", "select"): _always,
    ("socket", "accept"): _always,
    ("socket", "readinto"): _always,
    ("ssl", "read"): _always,
    ("threading", "_wait_for_tstate_lock"): _always,
    ("threading", "join"): _always,
    ("threading", "wait"): _in_condition,
    ("trio._core._io_epoll", "get_events"): _always,
    ("trio._core._io_kqueue", "get_events"): _always,
    ("trio._core._io_windows", "get_events"): _always,
    ("trio._core._thread_cache", "_work"): _in_trio_pool,
    ("uvloop", "run"): _always,
}
"""By the module and the name of a thread's innermost function: whether it waits, given its variables."""


_IDLE: Final = frozenset({_in_pool, _in_trio_pool})


class Threads:
    """The threads of a test."""

    def __init__(self) -> None:
        self._asleep: set[int] = set()
        frames = sys._current_frames()  # noqa: SLF001 - the same
        busy = {thread for thread, frame in frames.items() if not _is_idle(frame)} - {threading.get_ident()}
        self._others = {thread for thread in threading.enumerate() if thread.ident in busy}

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Count this thread as asleep, and from now on as one of the test's."""
        thread = threading.get_ident()
        self._others.discard(threading.current_thread())
        self._asleep.add(thread)
        try:
            yield
        finally:
            self._asleep.discard(thread)

    def is_asleep(self, thread: int) -> bool:
        """Tell whether a thread is asleep as a whole."""
        return thread in self._asleep

    def at_work(self) -> bool:
        """Tell whether any thread of the test but this one is at work."""
        ours = {thread.ident for thread in threading.enumerate() if thread not in self._others}
        awake = ours - self._asleep - {threading.get_ident()}
        frames = sys._current_frames()  # noqa: SLF001 - the same
        return any(not _is_waiting(frame) for thread, frame in frames.items() if thread in awake)


def _is_waiting(frame: FrameType) -> bool:
    """Tell whether a thread, given its innermost frame, waits for something that has not come."""
    waits = _waits(frame)
    return waits is not None and waits(frame.f_locals)


def _is_idle(frame: FrameType) -> bool:
    """Tell whether a thread is a worker that has nothing to do."""
    return _waits(frame) in _IDLE and _is_waiting(frame)


def _waits(frame: FrameType) -> _Waits | None:
    return _WAITING.get((frame.f_globals.get("__name__"), frame.f_code.co_name))
