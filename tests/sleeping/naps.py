"""What sleeps, and for how long."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import anyio
import anyio.lowlevel
import anyio.to_thread

from contracts.drive.sleeping import Sleeps

HOUR = 3_600.0
"""So long that no test could wait for it."""


def asleep(sleeps: Sleeps) -> int:
    """Return how many sleep."""
    assert sleeps._sleepers is not None
    return len(sleeps._sleepers._asleep)


@contextmanager
def requesting(sleeps: Sleeps) -> Iterator[None]:
    """Let a request be under way, of another thread."""
    with ThreadPoolExecutor(1) as pool:
        busy = sleeps.busy()
        pool.submit(busy.__enter__).result()
        yield
        pool.submit(busy.__exit__, None, None, None).result()


async def quick(turns: int) -> None:
    """Let others go on so many times."""
    for _ in range(turns):
        await anyio.lowlevel.checkpoint()
