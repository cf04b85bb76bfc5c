# ruff: noqa: PLW0108, ASYNC105 - a lambda looks a name up when it is called, as a client does
import asyncio
import asyncio.tasks
import threading
import time
import time as time_of_a_client
from asyncio import sleep as pause
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from time import sleep as nap
from types import ModuleType
from typing import Any

import anyio
import anyio.to_thread
import pytest
import trio
import urllib3

from tests.sleeping.conftest import RUNNERS, Main, MovedClock

HOUR = 3_600.0
"""So long that no test could wait for it."""

pytestmark = pytest.mark.usefixtures("sleeps")


def by_default(seconds: float, sleep: Callable[[float], object] = time.sleep) -> None:
    """Sleep as a function that can be given another way."""
    sleep(seconds)


def by_named_default(seconds: float, *, sleep: Callable[[float], object] = time.sleep) -> None:
    """Sleep as one that is given it by name."""
    sleep(seconds)


class Poller:
    """A client that keeps its sleep."""

    nap: Callable[[float], object] = time.sleep

    def __init__(self, sleep: Callable[[float], object] = time.sleep) -> None:
        self.sleep = sleep

    @classmethod
    def rest(cls, seconds: float, sleep: Callable[[float], object] = time.sleep) -> None:
        """Sleep as a class."""
        sleep(seconds)


def by_event(seconds: float) -> None:
    """Wait for what nobody does."""
    assert threading.Event().wait(seconds) is False


def by_thread(seconds: float) -> None:
    """Have a thread sleep."""
    thread = threading.Thread(target=time.sleep, args=(seconds,))
    thread.start()
    thread.join()


def by_pool(seconds: float) -> None:
    """Have a thread of a pool sleep."""
    with ThreadPoolExecutor() as pool:
        pool.submit(time.sleep, seconds).result()


def by_library(seconds: float) -> None:
    """Sleep as a library that tries again does: `tenacity.nap` has this very function."""
    library = ModuleType("tenacity.nap")
    exec("import time\ndef sleep(seconds):\n    time.sleep(seconds)", vars(library))  # noqa: S102 - no file for two lines
    library.sleep(seconds)


def by_urllib3(seconds: float) -> None:
    """Do as an answer said."""
    urllib3.Retry(1).sleep(urllib3.HTTPResponse(headers={"retry-after": str(round(seconds))}))


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(lambda seconds: time.sleep(seconds), id="time.sleep"),
        pytest.param(lambda seconds: time_of_a_client.sleep(seconds), id="import time as"),
        pytest.param(lambda seconds: sleep(seconds), id="from time import sleep"),
        pytest.param(lambda seconds: nap(seconds), id="from time import sleep as"),
        pytest.param(lambda seconds: Poller().sleep(seconds), id="default of a method"),
        pytest.param(lambda seconds: Poller().nap(seconds), id="attribute of a class"),
        pytest.param(lambda seconds: Poller.rest(seconds), id="default of a class method"),
        by_default,
        by_named_default,
        by_event,
        by_thread,
        by_pool,
        by_library,
        by_urllib3,
    ],
)
def test_a_blocking_sleep_moves_the_clock(clock: MovedClock, way: Callable[[float], object]) -> None:
    """However a client comes by its sleep, it takes just as long on the clock, and no time."""
    way(HOUR)
    assert clock.passed == HOUR


async def by_anyio_tasks(seconds: float) -> None:
    """Have a group of tasks sleep, by a function that is handed on."""
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, seconds)
        group.start_soon(anyio.sleep, seconds / 2)


async def by_anyio_thread(seconds: float) -> None:
    """Have a thread sleep."""
    await anyio.to_thread.run_sync(time.sleep, seconds)


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(lambda seconds: anyio.sleep(seconds), id="anyio.sleep"),
        pytest.param(lambda seconds: anyio.sleep_until(anyio.current_time() + seconds), id="anyio.sleep_until"),
        by_anyio_tasks,
        by_anyio_thread,
    ],
)
def test_a_sleep_of_anyio_moves_the_clock(
    clock: MovedClock, run: Callable[[Main], Any], way: Callable[[float], Awaitable[object]]
) -> None:
    """On every event loop that it runs on."""

    async def main() -> None:
        await way(HOUR)

    run(main)
    assert clock.passed == pytest.approx(HOUR, abs=0.5)  # until a time that was a moment ago


async def by_asyncio_thread(seconds: float) -> None:
    """Have a thread sleep."""
    await asyncio.to_thread(time.sleep, seconds)


@pytest.mark.parametrize("runner", ["asyncio", "uvloop"])
@pytest.mark.parametrize(
    "way",
    [
        pytest.param(lambda seconds: asyncio.sleep(seconds), id="asyncio.sleep"),
        pytest.param(lambda seconds: asyncio.tasks.sleep(seconds), id="asyncio.tasks.sleep"),
        pytest.param(lambda seconds: pause(seconds), id="from asyncio import sleep as"),
        pytest.param(lambda seconds: asyncio.gather(asyncio.sleep(seconds), pause(1)), id="gather"),
        pytest.param(lambda seconds: asyncio.wait_for(asyncio.sleep(seconds), 3 * seconds), id="wait_for"),
        by_asyncio_thread,
    ],
)
def test_a_sleep_of_asyncio_moves_the_clock(
    clock: MovedClock, runner: str, way: Callable[[float], Awaitable[object]]
) -> None:
    """Whoever awaits it: what counts is who called it."""

    async def main() -> None:
        await way(HOUR)

    RUNNERS[runner](main)
    assert clock.passed == HOUR


async def by_trio_tasks(seconds: float) -> None:
    """Have a nursery sleep, by a function that is handed on."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep, seconds)
        nursery.start_soon(trio.sleep, seconds / 2)


async def by_trio_thread(seconds: float) -> None:
    """Have a thread sleep."""
    await trio.to_thread.run_sync(time.sleep, seconds)


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(lambda seconds: trio.sleep(seconds), id="trio.sleep"),
        pytest.param(lambda seconds: trio.sleep_until(trio.current_time() + seconds), id="trio.sleep_until"),
        by_trio_tasks,
        by_trio_thread,
    ],
)
def test_a_sleep_of_trio_moves_the_clock(clock: MovedClock, way: Callable[[float], Awaitable[object]]) -> None:
    """As those of asyncio do."""

    async def main() -> None:
        await way(HOUR)

    trio.run(main)
    assert clock.passed == pytest.approx(HOUR, abs=0.5)


@pytest.mark.anyio
async def test_a_sleep_returns_its_result(clock: MovedClock) -> None:
    """The second argument of `asyncio.sleep` is not forgotten."""
    assert await asyncio.sleep(HOUR, "slept") == "slept"
    assert clock.passed == HOUR


@pytest.mark.anyio
async def test_a_thread_that_started_real_work_is_waited_for(clock: MovedClock) -> None:
    """A task that sleeps does not overtake a thread that sleeps less, however long that takes to begin."""

    def work() -> float:
        sum(range(200_000))
        time.sleep(10)
        sum(range(200_000))
        time.sleep(10)
        return clock.passed

    async def wait() -> float:
        await asyncio.sleep(15)
        return clock.passed

    assert tuple(await asyncio.gather(asyncio.to_thread(work), wait())) == (20, 15)
