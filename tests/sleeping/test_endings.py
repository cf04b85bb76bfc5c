"""What ends while somebody sleeps: loops, threads, runs, and the sleeps themselves."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
import trio

from contracts.drive.sleeping import Sleeps
from contracts.drive.sleeping.sleepers import Sleepers
from contracts.drive.sleeping.trio_sleep import Run
from tests.sleeping.conftest import RUNNERS, Main, MovedClock
from tests.sleeping.naps import HOUR, asleep, quick, requesting


def test_loops_of_several_threads_share_the_time(clock: MovedClock) -> None:
    """Each wakes at its own time."""
    seen: dict[str, float] = {}

    def sleeper(name: str, seconds: float) -> None:
        async def main() -> None:
            for _ in range(3):
                await anyio.sleep(seconds)
            seen[name] = clock.passed

        RUNNERS[name](main)

    with Sleeps(clock) as sleeps, ThreadPoolExecutor(3) as pool:
        with sleeps.busy():
            slept = [pool.submit(sleeper, *found) for found in (("asyncio", 60.0), ("uvloop", 61.0), ("trio", 62.0))]
            while asleep(sleeps) < 3:
                pass
        for future in slept:
            future.result()
    assert seen == {"asyncio": 180, "uvloop": 183, "trio": 186}


def test_a_loop_that_is_blocked_wakes_late(clock: MovedClock, run: Callable[[Main], Any]) -> None:
    """Who blocks it by a sleep goes on first, as in real time."""
    woken: list[str] = []

    async def main() -> None:
        async with anyio.create_task_group() as group:

            async def sleeper() -> None:
                await anyio.sleep(60)
                woken.append(f"task at {clock.passed:g}")

            group.start_soon(sleeper)
            await quick(3)
            time.sleep(100)  # noqa: ASYNC251 - the same
            woken.append(f"thread at {clock.passed:g}")

    with Sleeps(clock):
        run(main)
    assert woken == ["thread at 100", "task at 100"]


def test_a_loop_that_stands_still_holds_up_nobody(clock: MovedClock) -> None:
    """Its tasks sleep on until it runs again."""

    async def sleeper() -> float:
        await asyncio.sleep(60)
        return clock.passed

    loop = asyncio.new_event_loop()
    with Sleeps(clock):
        task = loop.create_task(sleeper())
        loop.run_until_complete(asyncio.sleep(10))
        time.sleep(20)
        assert loop.run_until_complete(task) == 60
        late = loop.create_task(sleeper())
        loop.run_until_complete(asyncio.sleep(10))
        time.sleep(80)
        assert loop.run_until_complete(late) == 150
    loop.close()


def test_a_loop_that_has_ended_is_forgotten(clock: MovedClock) -> None:
    """A task that was left asleep is never told, and nobody waits for it."""
    loop = asyncio.new_event_loop()
    with Sleeps(clock):
        tasks: list[Any] = [loop.create_task(asyncio.sleep(seconds)) for seconds in (60, HOUR)]
        loop.run_until_complete(asyncio.sleep(10))
        loop.close()
        time.sleep(100)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(time.sleep, 100).result()
    assert clock.passed == 210
    for task in tasks:
        assert not task.done()
        task._log_destroy_pending = False  # it is what is tested


def test_closing_wakes_everybody(clock: MovedClock, run: Callable[[Main], Any]) -> None:
    """Nobody is left asleep, and the clock is not moved for it."""

    async def main() -> None:
        async with anyio.create_task_group() as group:
            with requesting(sleeps):
                group.start_soon(anyio.sleep, HOUR)
                group.start_soon(anyio.to_thread.run_sync, time.sleep, HOUR)
                while asleep(sleeps) < 2:
                    await anyio.lowlevel.checkpoint()
                sleeps.__exit__()

    sleeps = Sleeps(clock)
    with sleeps:
        late = anyio.sleep
        run(main)
    assert clock.asked == []
    assert late is not anyio.sleep


def test_who_falls_asleep_too_late_wakes_at_once(clock: MovedClock, run: Callable[[Main], Any]) -> None:
    """A sleep that was called while it was open may be awaited when it no longer is."""

    async def main() -> None:
        with Sleeps(clock):
            slept = anyio.sleep(HOUR)
        await slept

    run(main)
    assert clock.asked == []


def test_an_interrupt_leaves_nobody_asleep(clock: MovedClock) -> None:
    """Nor does any other exception."""

    class Interrupting(MovedClock):
        def advance_to(self, when: float) -> Future[None]:
            raise KeyboardInterrupt(when)

    broken = Interrupting()
    with Sleeps(clock), Sleeps(broken) as sleeps:
        with pytest.raises(KeyboardInterrupt):
            time.sleep(60)
        assert asleep(sleeps) == 0
        sleeps.__exit__()
        time.sleep(5)
    assert clock.passed == 5
    broken.close()


def test_a_thread_that_works_is_waited_for_by_tasks_of_trio(clock: MovedClock) -> None:
    """Also if it was there before, with nothing to do."""

    def work() -> float:
        sum(range(200_000))
        time.sleep(10)
        return clock.passed

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep, 15)
            seen.append(await trio.to_thread.run_sync(work))

    seen: list[float] = []
    trio.run(partial(trio.to_thread.run_sync, int))
    with Sleeps(clock):
        trio.run(main)
    assert (seen, clock.passed) == ([10], 15)


def test_who_is_cancelled_while_being_woken_is_cancelled(clock: MovedClock) -> None:
    """Whichever comes first, nothing breaks."""

    async def main() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.create_task(asyncio.sleep(60))
        clock.stops[clock.now() + 60] = lambda: loop.call_soon_threadsafe(task.cancel)
        with pytest.raises(asyncio.CancelledError):
            await task

    with Sleeps(clock):
        asyncio.run(main())


def test_a_run_of_trio_that_has_ended_is_not_called(clock: MovedClock) -> None:
    """Nobody is asleep in it any more."""

    async def main() -> Run:
        return Run(Sleepers(clock), trio.lowlevel.current_trio_token())

    run = trio.run(main)
    assert run.is_running
    run.look()
    assert not run.is_running
