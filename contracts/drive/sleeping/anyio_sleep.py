"""Sleeps of tasks by way of anyio, on whatever they run: `anyio.sleep` and `anyio.sleep_until`."""

import sys
from collections.abc import Coroutine
from functools import wraps
from typing import Any, Final

import anyio

from contracts.drive.sleeping import asyncio_sleep
from contracts.drive.sleeping.sleepers import Sleepers, whose

REAL_SLEEP: Final = anyio.sleep
REAL_SLEEP_UNTIL: Final = anyio.sleep_until


@wraps(REAL_SLEEP)
def sleep(delay: float) -> Coroutine[Any, Any, None]:
    """Take the place of `anyio.sleep`."""
    sleepers = whose(sys._getframe(1), delay)  # noqa: SLF001 - the caller is what counts
    return REAL_SLEEP(delay) if sleepers is None else _pass_time(sleepers, delay)


@wraps(REAL_SLEEP_UNTIL)
def sleep_until(deadline: float) -> Coroutine[Any, Any, None]:
    """Take the place of `anyio.sleep_until`."""
    sleepers = whose(sys._getframe(1), deadline - anyio.current_time())  # noqa: SLF001 - the same
    return REAL_SLEEP_UNTIL(deadline) if sleepers is None else _pass_time(sleepers, deadline - anyio.current_time())


async def _pass_time(sleepers: Sleepers, seconds: float) -> None:
    """Sleep as the library does on which the task runs."""
    if _is_trio():
        from contracts.drive.sleeping import trio_sleep  # noqa: PLC0415 - only where it is used

        await trio_sleep.pass_time(sleepers, seconds)
    else:
        await asyncio_sleep.pass_time(sleepers, seconds)


def _is_trio() -> bool:
    """Tell whether this task runs on trio."""
    trio = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_task())
