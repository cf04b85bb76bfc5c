import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.drive.sleeping import Sleeps
from tests.sleeping.conftest import RUNNERS, Main, MovedClock
from tests.sleeping.naps import HOUR, asleep, quick, requesting

SECONDS = st.integers(1, 9).map(float) | st.integers(1, 10**9).map(lambda milliseconds: milliseconds / 1_000)
"""Never within a microsecond of each other, unless they are the same."""


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


@pytest.mark.uncounted
@pytest.mark.parametrize("runner", RUNNERS)
@given(naps=st.lists(st.lists(SECONDS, min_size=1, max_size=3), min_size=1, max_size=8))
def test_tasks_wake_in_the_order_of_their_times(runner: str, naps: list[list[float]]) -> None:
    """Each at its own time, be there many that sleep several times, and of one time in the order of falling asleep."""
    clock = InstantClock()
    woken: list[tuple[float, float]] = []

    async def sleeper(seconds: list[float]) -> None:
        for nap in seconds:
            due = round(clock.now() + nap, 3)
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
