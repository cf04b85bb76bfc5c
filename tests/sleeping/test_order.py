import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from contracts.drive.sleeping import Sleeps
from contracts.drive.sleeping.sleepers import Sleepers
from contracts.drive.sleeping.trio_sleep import Run
from tests.sleeping.conftest import RUNNERS, Main, MovedClock

HOUR = 3_600.0
"""So long that no test could wait for it."""

SECONDS = st.integers(1, 9).map(float) | st.floats(0.001, 1e6)


class InstantClock:
    """A clock that moves where it is asked."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        """Return the time."""
        return self._now

    def advance_to(self, when: float) -> Future[None]:
        """Move on to a time."""
        self._now = max(self._now, when)
        moved: Future[None] = Future()
        moved.set_result(None)
        return moved


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


@pytest.mark.parametrize("runner", RUNNERS)
@given(naps=st.lists(st.lists(SECONDS, min_size=1, max_size=3), min_size=1, max_size=8))
def test_tasks_wake_in_the_order_of_their_times(runner: str, naps: list[list[float]]) -> None:
    """Each at its own time, be there many that sleep several times, and of one time in the order of falling asleep."""
    clock = InstantClock()
    woken: list[tuple[float, float]] = []

    async def sleeper(seconds: list[float]) -> None:
        for nap in seconds:
            due = clock.now() + nap
            await anyio.sleep(nap)
            woken.append((clock.now(), due))

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for seconds in naps:
                group.start_soon(sleeper, seconds)

    with Sleeps(clock):
        RUNNERS[runner](main)
    assert [due for _, due in woken] == sorted(due for _, due in woken)
    assert [now for now, _ in woken] == pytest.approx([due for _, due in woken], abs=2e-6)
    assert clock.now() == pytest.approx(max(map(sum, naps)))


@given(seconds=st.lists(st.sampled_from([1.0, 2.0, 3.0]), min_size=2, max_size=12))
def test_of_one_time_who_fell_asleep_first_wakes_first(seconds: list[float]) -> None:
    """On asyncio, which starts its tasks in order."""
    woken: list[tuple[float, int]] = []

    async def sleeper(number: int) -> None:
        await asyncio.sleep(seconds[number])
        woken.append((seconds[number], number))

    async def main() -> None:
        await asyncio.gather(*map(sleeper, range(len(seconds))))

    with Sleeps(InstantClock()):
        asyncio.run(main())
    assert woken == sorted(woken)


def test_threads_wake_in_the_order_of_their_times(clock: MovedClock) -> None:
    """As long as all of them sleep before the first wakes."""
    woken: list[float] = []
    start = threading.Barrier(4)

    def sleeper(seconds: float) -> None:
        start.wait()
        time.sleep(seconds)
        woken.append(seconds)

    with Sleeps(clock) as sleeps, ThreadPoolExecutor(4) as pool:
        with sleeps.busy():
            slept = [pool.submit(sleeper, seconds) for seconds in (3.0, 1.0, 4.0, 2.0)]
            while asleep(sleeps) < 4:
                pass
        for future in slept:
            future.result()
    assert woken == [1, 2, 3, 4]
    assert clock.passed == 4


def test_what_is_cancelled_does_not_move_the_clock(clock: MovedClock, run: Callable[[Main], Any]) -> None:
    """A task that no longer sleeps is forgotten, and who slept longer goes on."""

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.sleep, 2 * HOUR)
            await anyio.sleep(HOUR)
            group.cancel_scope.cancel()

    with Sleeps(clock):
        run(main)
        assert clock.passed == HOUR
        time.sleep(1)
    assert clock.passed == HOUR + 1


async def quick(turns: int) -> None:
    """Let others go on so many times."""
    for _ in range(turns):
        await anyio.lowlevel.checkpoint()


def test_what_is_ready_goes_first(clock: MovedClock, run: Callable[[Main], Any]) -> None:
    """Time does not move while a task has something to do."""
    seen: list[float] = []

    async def work() -> None:
        await quick(20)
        seen.append(clock.passed)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(work)
            await anyio.sleep(HOUR)

    with Sleeps(clock):
        run(main)
    assert seen == [0]


def test_what_turns_without_end_does_not_stop_time(clock: MovedClock, run: Callable[[Main], Any]) -> None:
    """A task may wait for another by asking again and again."""
    done: list[bool] = []

    async def ask() -> None:
        while not done:  # noqa: ASYNC110 - it is what is tested
            await anyio.sleep(0)  # noqa: ASYNC115 - the same

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await anyio.sleep(HOUR)
            done.append(True)

    with Sleeps(clock):
        run(main)
    assert clock.passed == HOUR


def test_no_time_passes_while_a_request_is_under_way(
    monkeypatch: pytest.MonkeyPatch, clock: MovedClock, run: Callable[[Main], Any]
) -> None:
    """However many there are; and a sleep within one takes real time, so that nobody waits for ever."""
    monkeypatch.setattr("contracts.drive.sleeping.sleepers._PATIENCE", 0)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            with requesting(sleeps):
                group.start_soon(anyio.sleep, HOUR)
                with requesting(sleeps):
                    await anyio.sleep(0.001)
                await quick(5)
                time.sleep(0.001)  # noqa: ASYNC251 - it blocks as a client may
                assert threading.Event().wait(0.001) is False
                assert clock.asked == []

    with Sleeps(clock) as sleeps:
        run(main)
    assert clock.passed == HOUR


def test_a_request_that_is_tried_again_sleeps_in_between(clock: MovedClock, run: Callable[[Main], Any]) -> None:
    """As some clients do it within a request; another request still counts."""

    async def request() -> None:
        with sleeps.busy():
            await anyio.sleep(HOUR)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            with requesting(sleeps):
                group.start_soon(request)
                await quick(20)
                assert clock.asked == []

    with Sleeps(clock) as sleeps:
        run(main)
        with sleeps.busy():
            time.sleep(HOUR)
    assert clock.passed == 2 * HOUR


def test_a_wait_is_over_when_its_event_is_set(clock: MovedClock) -> None:
    """By what happens on the way: the clock has gone no further."""
    event = threading.Event()
    clock.stops[clock.now() + 60] = event.set
    with Sleeps(clock):
        assert event.wait(HOUR)
        assert event.wait(HOUR)
    assert clock.passed == 60


def test_a_wait_is_over_when_a_thread_sets_its_event(clock: MovedClock) -> None:
    """Who waits does not overtake a thread that has yet to begin, or works for a while."""
    jobs: queue.Queue[threading.Event] = queue.Queue()

    def work() -> None:
        for _ in range(2):
            event = jobs.get()
            sum(range(100_000))
            time.sleep(60)
            event.set()

    def nap(event: threading.Event) -> None:
        time.sleep(60)
        event.set()

    with Sleeps(clock):
        threading.Thread(target=work).start()
        for _ in range(2):
            event = threading.Event()
            jobs.put(event)
            assert event.wait(HOUR)
        with ThreadPoolExecutor(1) as pool:
            for _ in range(2):
                event = threading.Event()
                pool.submit(nap, event)
                assert event.wait(HOUR)
    assert clock.passed == 240


def test_a_clock_may_stop_on_its_way(clock: MovedClock, run: Callable[[Main], Any]) -> None:
    """What happens there may sleep for less."""
    seen: list[float] = []

    async def main() -> None:
        async with anyio.create_task_group() as group:

            async def happen() -> None:
                await happened.wait()
                await anyio.sleep(10)
                seen.append(clock.passed)

            happened = anyio.Event()
            group.start_soon(happen)
            tell.append(happened)
            await anyio.sleep(5)
            happened.set()
            await anyio.sleep(HOUR)
            seen.append(clock.passed)

    tell: list[anyio.Event] = []
    clock.stops = {clock.now() + at: lambda: None for at in (1, 7, 12, 60)}
    with Sleeps(clock):
        run(main)
    assert seen == [15, HOUR + 5]


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
