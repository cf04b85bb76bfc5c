import asyncio
import inspect
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import FunctionType, ModuleType
from typing import Any

import anyio
import pytest
import trio

from contracts.drive.sleeping import Sleeps, delivering
from tests.sleeping.conftest import RUNNERS, Main, MovedClock

MOMENT = 0.001
"""What is left real takes so long."""

KEPT = (time.sleep, asyncio.sleep, anyio.sleep, anyio.sleep_until, trio.sleep, trio.sleep_until, threading.Event.wait)
"""What there was before."""


def seen() -> tuple[object, ...]:
    """Return what there is now."""
    return (
        time.sleep,
        asyncio.sleep,
        anyio.sleep,
        anyio.sleep_until,
        trio.sleep,
        trio.sleep_until,
        threading.Event.wait,
    )


def module(name: str, source: str) -> Any:
    """Return a module that is imported under a name."""
    found = ModuleType(name)
    sys.modules[name] = found
    exec(source, vars(found))  # noqa: S102 - a module of a few lines
    return found


@pytest.mark.usefixtures("sleeps")
@pytest.mark.parametrize("name", ["httpx2._client", "urllib3.connectionpool", "trio._x", "contracts.x", "sched"])
def test_the_inner_workings_of_libraries_wait(monkeypatch: pytest.MonkeyPatch, clock: MovedClock, name: str) -> None:
    """What sleeps for a purpose of its own does so in real time."""
    monkeypatch.setitem(sys.modules, name, None)  # so that it is put back
    inner = module(
        name,
        "import asyncio, anyio, threading, time, trio\n"
        "def sleep(seconds):\n    time.sleep(seconds)\n    threading.Event().wait(seconds)\n"
        "async def pause(seconds):\n    await asyncio.sleep(seconds)\n    await anyio.sleep(seconds)\n"
        "async def rest(seconds):\n    await trio.sleep(seconds)\n    await trio.sleep_until(trio.current_time())\n"
        "    await anyio.sleep(seconds)\n    await anyio.sleep_until(anyio.current_time())\n",
    )
    inner.sleep(MOMENT)
    asyncio.run(inner.pause(MOMENT))
    trio.run(inner.rest, MOMENT)
    assert clock.asked == []


@pytest.mark.usefixtures("sleeps")
def test_a_timer_waits(clock: MovedClock) -> None:
    """What is to happen by real time, does."""
    done = threading.Event()
    timer = threading.Timer(MOMENT, done.set)
    timer.start()
    timer.join()
    assert done.wait(60)
    assert clock.asked == []


@pytest.mark.usefixtures("sleeps")
def test_no_time_takes_none(clock: MovedClock, run: Callable[[Main], Any]) -> None:
    """To sleep for nothing is to let others go on."""

    async def main() -> None:
        await anyio.sleep(0)  # noqa: ASYNC115 - it is what is tested
        await anyio.sleep_until(anyio.current_time() - 1)

    run(main)
    time.sleep(0)
    assert threading.Event().wait(0) is False
    assert clock.asked == []


@pytest.mark.usefixtures("sleeps")
@pytest.mark.parametrize(
    ("call", "error"),
    [
        pytest.param(lambda: time.sleep(-1), ValueError, id="negative"),
        pytest.param(lambda: time.sleep("1"), TypeError, id="text"),  # type: ignore[arg-type]
        pytest.param(lambda: time.sleep(float("nan")), ValueError, id="no number"),
        pytest.param(lambda: time.sleep(float("inf")), OverflowError, id="for ever"),
        pytest.param(lambda: time.sleep(), TypeError, id="nothing"),  # type: ignore[call-arg]  # noqa: PLW0108 - looked up late
        pytest.param(lambda: anyio.run(anyio.sleep, -1), ValueError, id="negative, anyio"),
        pytest.param(lambda: trio.run(trio.sleep, -1), ValueError, id="negative, trio"),
    ],
)
def test_nonsense_is_refused_as_ever(call: Callable[[], object], error: type[Exception]) -> None:
    """By the function whose it is."""
    with pytest.raises(error):
        call()


def test_closing_leaves_nothing(clock: MovedClock) -> None:
    """Each function is the very one that it was, also where it has a name of its own."""
    with Sleeps(clock, clocks=True):
        assert not any(now is before for now, before in zip(seen(), KEPT, strict=True))
    assert all(now is before for now, before in zip(seen(), KEPT, strict=True))
    assert isinstance(threading.Event.wait, FunctionType)


def test_a_module_gets_its_names_back(monkeypatch: pytest.MonkeyPatch, clock: MovedClock) -> None:
    """Whether it was imported before, or while sleeps were virtual, or was imported anew."""
    source = "from time import sleep\ndef nap(seconds, *, how=sleep): how(seconds)\nclass Nap:\n    sleep = sleep\n"

    def kept(found: Any) -> set[object]:
        return {found.sleep, found.nap.__kwdefaults__["how"], vars(found.Nap)["sleep"]}

    for name in ("early", "late"):
        monkeypatch.setitem(sys.modules, name, None)  # so that it is put back
    early = module("early", source)
    with Sleeps(clock):
        late = module("late", source)
        assert kept(early) == kept(late) == {time.sleep}
        early.nap(5)
        late.Nap().sleep(5)
    assert kept(early) == kept(late) == {time.sleep} == {KEPT[0]}
    del sys.modules["late"]
    early = module("early", source)
    with Sleeps(clock):
        early.nap(5)
        late.nap(MOMENT)  # nobody knows it any more
    assert kept(early) == {KEPT[0]}
    assert clock.passed == 15


def test_what_was_kept_while_it_was_open_works_after(clock: MovedClock, run: Callable[[Main], Any]) -> None:
    """A client that outlives the test sleeps in real time."""
    with Sleeps(clock, clocks=True):
        sleep, pause, until, monotonic = time.sleep, anyio.sleep, anyio.sleep_until, time.monotonic
    early = time.monotonic()

    async def main() -> None:
        await pause(MOMENT)
        await until(anyio.current_time() + MOMENT)

    sleep(MOMENT)
    run(main)
    assert early < monotonic() <= time.monotonic()
    assert clock.asked == []


def test_the_last_that_was_opened_counts(clock: MovedClock) -> None:
    """Also when the first is closed first."""
    inner, outer = MovedClock(), clock
    first, second = Sleeps(outer), Sleeps(inner)
    with first:
        time.sleep(1)
        with second:
            time.sleep(2)
        time.sleep(4)
        second.__enter__()
    time.sleep(8)
    assert time.sleep is not KEPT[0]
    second.__exit__()
    second.__exit__()
    assert time.sleep is KEPT[0]
    assert (outer.passed, inner.passed) == (5, 10)
    inner.close()


def test_what_is_open_is_not_opened(clock: MovedClock) -> None:
    """The one who does hears of it, and nothing is lost."""
    with Sleeps(clock) as sleeps:
        with pytest.raises(RuntimeError, match="open already"):
            sleeps.__enter__()
        time.sleep(5)
    assert clock.passed == 5
    assert time.sleep is KEPT[0]


def test_a_patch_of_the_users_own_is_left_alone(monkeypatch: pytest.MonkeyPatch, clock: MovedClock) -> None:
    """Who has put something in the place of `time.sleep` wants that."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with Sleeps(clock):
        time.sleep(5)
    assert (slept, clock.asked, time.sleep) == ([5], [], slept.append)


def test_it_can_be_turned_off(clock: MovedClock) -> None:
    """What is not open patches nothing."""
    with Sleeps(clock).busy():
        time.sleep(MOMENT)
    assert clock.asked == []


def test_sleep_is_still_a_coroutine_function(clock: MovedClock) -> None:
    """Where Python lets a function say so."""
    with Sleeps(clock):
        assert inspect.iscoroutinefunction(asyncio.sleep) == hasattr(inspect, "markcoroutinefunction")
        assert asyncio.sleep.__name__ == "sleep"


@pytest.mark.usefixtures("sleeps")
@pytest.mark.parametrize("runner", RUNNERS)
def test_what_is_called_while_time_moves_does_not_sleep(clock: MovedClock, runner: str) -> None:
    """A receiver of callbacks on the clock's own thread would wait for itself."""
    steps: list[Any] = []

    async def receive() -> None:
        await anyio.sleep(600)
        steps.append("slept")

    def deliver() -> None:
        with delivering():
            time.sleep(600)
            steps.append(threading.Event().wait(600))
            RUNNERS[runner](receive)

    clock.stops[clock.now() + 5] = deliver
    time.sleep(10)
    assert steps == [False, "slept"]
    assert clock.passed == 10


class Broken(MovedClock):
    """A clock that cannot be moved."""

    def __init__(self, future: Future[None] | None) -> None:
        super().__init__()
        self._future = future

    def advance_to(self, when: float) -> Future[None]:
        """Fail at once, or later."""
        if self._future is None:
            raise LookupError(when)
        return self._future


def failed() -> Future[None]:
    """Return what failed later."""
    future: Future[None] = Future()
    future.set_exception(LookupError("later"))
    return future


def cancelled() -> Future[None]:
    """Return what will not be done."""
    future: Future[None] = Future()
    future.cancel()
    return future


@pytest.mark.parametrize(
    ("make", "error"),
    [
        pytest.param(lambda: None, LookupError, id="at once"),
        pytest.param(failed, LookupError, id="later"),
        pytest.param(cancelled, RuntimeError, id="stopped"),
    ],
)
def test_who_sleeps_hears_what_went_wrong(
    make: Callable[[], Future[None] | None], error: type[Exception], run: Callable[[Main], Any]
) -> None:
    """A clock that cannot be moved wakes with its error whoever is due, and leaves nobody asleep."""
    clock = Broken(make())

    async def main() -> None:
        with pytest.raises(error):
            await anyio.sleep(60)

    with Sleeps(clock):
        with pytest.raises(error):
            time.sleep(60)
        run(main)
    clock.close()


def test_a_clock_that_stands_still_is_asked_once(clock: MovedClock) -> None:
    """Time may have an end; sleeps go on all the same."""
    clock.stops = {clock.now(): lambda: None}
    with Sleeps(clock):
        time.sleep(60)
    assert len(clock.asked) == 1


class TestClocks:
    """The clocks of `time`, when they go with the virtual one."""

    READ: tuple[Callable[[], float], ...] = (time.monotonic, time.perf_counter, time.time)

    def test_a_deadline_passes(self, clock: MovedClock) -> None:
        """A client that polls until a time gives up, and its clocks agree."""
        with Sleeps(clock, clocks=True):
            started = [time.monotonic(), time.perf_counter(), time.time()]
            nanoseconds = time.monotonic_ns()
            polls = 0
            while time.monotonic() < started[0] + 600:
                polls += 1
                time.sleep(10)
            took = [time.monotonic() - started[0], time.perf_counter() - started[1], time.time() - started[2]]
            took.append((time.monotonic_ns() - nanoseconds) / 1e9)
        assert polls in {59, 60}
        assert took == pytest.approx([clock.passed] * 4, abs=60)

    def test_libraries_see_real_time(self, clock: MovedClock) -> None:
        """Their deadlines are for real waits."""
        inner: dict[str, Any] = {"__name__": "httpx2._client"}
        exec("import time\nread = lambda: time.monotonic()", inner)  # noqa: S102 - a module of two lines
        with Sleeps(clock, clocks=True):
            before = inner["read"]()
            time.sleep(10_000)
            assert inner["read"]() - before < 10_000 <= clock.passed

    def test_they_do_not_go_along_unasked(self, clock: MovedClock) -> None:
        """Nor where an outer one asked and an inner one did not."""
        inner = MovedClock()
        with Sleeps(clock):
            before = time.monotonic()
            time.sleep(10_000)
            assert time.monotonic() - before < 10_000
        with Sleeps(clock, clocks=True), Sleeps(inner):
            before = time.monotonic()
            time.sleep(10_000)
            assert time.monotonic() - before < 10_000
        inner.close()
