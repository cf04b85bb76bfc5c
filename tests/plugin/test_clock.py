"""The clock that a test holds."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal

from contracts import Evolink
from contracts.evolink import app_control, simulator
from contracts.evolink.app_control import AppControl
from contracts.evolink.options import Options
from mock_server import ControlError
from tests.plugin.shop import create, send, status


@pytest.mark.parametrize(("by", "seconds"), [("24h", 86_400), ("1.5h", 5_400), (90, 90), (0.5, 0.5)])
def test_advance(evolink: Evolink, by: str | float, seconds: float) -> None:
    """By a text or by seconds."""
    before = evolink.clock.now
    assert evolink.clock.advance(by).now - before == pytest.approx(seconds)
    assert evolink.clock.now - before == pytest.approx(seconds)


def test_advance_by_a_timedelta(evolink: Evolink) -> None:
    """As Python has lengths of time."""
    before = evolink.clock.now
    evolink.clock.advance(timedelta(minutes=2, milliseconds=500))
    assert evolink.clock.now - before == pytest.approx(120.5)


def test_a_length_of_time_that_is_none(evolink: Evolink) -> None:
    """The control API's own sentence."""
    with pytest.raises(ControlError, match=r"advance: expected .*such as 90s, 1\.5h, 24h or 7d"):
        evolink.clock.advance("a day")


def test_time_stands_still_by_itself(evolink: Evolink) -> None:
    """And begins at the time of the real world."""
    assert evolink.clock.now == evolink.clock.now
    assert abs(evolink.clock.now - time.time()) < 600


def test_step(evolink: Evolink) -> None:
    """From event to event."""
    task = create(evolink)
    evolink.clock.step()
    assert status(evolink, task) == "processing"
    evolink.clock.step()
    assert status(evolink, task) == "completed"
    other = create(evolink)
    evolink.clock.step(2)
    assert status(evolink, other) == "completed"


def test_until_a_task_ends(evolink: Evolink) -> None:
    """By its id, by the body of an answer, or as a fact; twice is as good as once."""
    first, second, third = (create(evolink) for _ in range(3))
    evolink.clock.until(first["id"], "completed")
    assert status(evolink, first) == "completed"
    ended = evolink.clock.until(second)
    assert status(evolink, second) == "completed"
    assert evolink.clock.until(second, "completed").now == ended.now
    evolink.clock.until(evolink.tasks[-1])
    assert status(evolink, third) == "completed"


def test_until_a_task_starts(evolink: Evolink) -> None:
    """No further, and no further again."""
    task = create(evolink)
    started = evolink.clock.until(task, "processing")
    assert status(evolink, task) == "processing"
    assert started.now == evolink.tasks[0].starts_at
    assert evolink.clock.until(task, "processing").now == started.now


def test_until_something_that_will_not_be(evolink: Evolink) -> None:
    """What is planned is told, and no time passes."""
    evolink.plan("fail=service_error at=50% nth=1")
    failing, other = create(evolink), create(evolink)
    before = evolink.clock.now
    with pytest.raises(AssertionError, match=r"task-\S+ will not be completed: it ends as failed \(service_error\)"):
        evolink.clock.until(failing, "completed")
    with pytest.raises(AssertionError, match=r"will not be cancelled: it ends as completed$"):
        evolink.clock.until(other, "cancelled")
    assert evolink.clock.now == before
    evolink.clock.until(failing, "failed")
    with pytest.raises(AssertionError, match="will not be processing: it is failed"):
        evolink.clock.until(failing, "processing")


def test_until_something_that_cannot_be(evolink: Evolink) -> None:
    """No such status, no such task, a task that is held."""
    task = create(evolink)
    with pytest.raises(ValueError, match="until: expected a status of processing, completed, failed, cancelled, got"):
        evolink.clock.until(task, "complete")  # type: ignore[arg-type]
    with pytest.raises(ControlError, match="no task task-unknown in the universe default"):
        evolink.clock.until("task-unknown", "completed")
    evolink.control.hold_task(task["id"])
    with pytest.raises(ControlError, match="does not end by itself: it is held"):
        evolink.clock.until(task, "completed")
    with pytest.raises(AssertionError, match="will not be processing: it is held, or finds no slot"):
        evolink.clock.until(task, "processing")


@pytest.mark.anyio
async def test_coroutines_have_ways_of_their_own(evolink: Evolink) -> None:
    """The same, awaited."""
    task = create(evolink)
    before = evolink.clock.now
    await evolink.clock.advance_async("1s")
    assert evolink.clock.now - before == pytest.approx(1)
    await evolink.clock.step_async()
    assert status(evolink, task) == "processing"
    await evolink.clock.until_async(task, "completed")
    assert status(evolink, task) == "completed"


def test_sleeps_move_the_clock(evolink: Evolink) -> None:
    """Those of the client, and the time line says so."""
    create(evolink)
    before = evolink.clock.now
    time.sleep(200)
    assert evolink.clock.now - before == pytest.approx(200)
    assert evolink.tasks[0].status == "completed"
    assert "sleep" in evolink.timeline


def test_sleeps_can_be_left_alone(open_simulator: Callable[..., Any]) -> None:
    """Then they take real time."""
    evolink = open_simulator(sleeps=False)
    before = evolink.clock.now
    time.sleep(0.001)
    assert evolink.clock.now == before


def test_callbacks_fall_due_on_the_way(evolink: Evolink) -> None:
    """Each way tells of the attempts that were made; nobody is there to take them."""
    task = create(evolink, callback_url="https://hooks.example.com/done")
    ended = evolink.clock.until(task)
    assert [(made.attempt, made.status) for made in ended.callbacks] == [(1, None)]
    assert [made.attempt for made in evolink.clock.advance("10s").callbacks] == [2, 3, 4]
    assert len(evolink.callbacks[0].attempts) == 4


def test_a_sleep_that_is_over_moves_nothing(evolink: Evolink, portal: BlockingPortal) -> None:
    """Another one has moved the clock further meanwhile."""
    control = evolink.control
    assert isinstance(control, AppControl)
    evolink.clock.advance(10)
    portal.call(partial(control.move_to, control.now - 5, by="sleep"))
    assert [move.by for move in control.moves] == ["advance 10"]


def test_a_delay_that_is_planned_moves_the_clock(evolink: Evolink) -> None:
    """As if the client had waited for it; the move is in the time line."""
    before, task = evolink.clock.now, create(evolink)
    evolink.plan("delay 3 on=query times=1")
    status(evolink, task)
    assert evolink.clock.now - before == pytest.approx(3)
    assert "delay" in evolink.timeline


def test_a_delay_moves_no_clock_that_is_told_to_stand(open_simulator: Callable[..., Evolink]) -> None:
    """Nor takes any time."""
    evolink = open_simulator(sleeps=False)
    before, task = evolink.clock.now, create(evolink)
    evolink.plan("delay 3 on=query")
    assert status(evolink, task) == "pending"
    assert evolink.clock.now == before


def test_a_callback_wakes_who_sleeps_meanwhile(evolink: Evolink) -> None:
    """Time does not go on before the client has acted upon it."""
    task = create(evolink, callback_url="https://hooks.example.com/done")

    async def wait_for_it() -> float:
        loop, told = asyncio.get_running_loop(), asyncio.Event()

        def receive(_: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
            loop.call_soon_threadsafe(told.set)
            start_response("204 No Content", [])
            return []

        evolink.deliver_to(receive, host="hooks.example.com")
        waits = [asyncio.create_task(wait) for wait in (asyncio.sleep(3_600), told.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        waits[0].cancel()
        status(evolink, task)
        return evolink.clock.now

    assert asyncio.run(wait_for_it()) == evolink.tasks[0].ends_at


def test_the_end_of_a_test_while_the_clock_is_moved(portal: BlockingPortal, caplog: pytest.LogCaptureFixture) -> None:
    """The move is given up, and who slept wakes; nothing looks for what is not there any more."""
    taking = threading.Event()

    async def receive(*_: object) -> None:
        taking.set()
        await asyncio.Event().wait()

    with simulator.open_simulator(portal, Options()) as evolink:
        evolink.deliver_to(receive, host="hooks.example.com")
        create(evolink, callback_url="https://hooks.example.com/done")
        sleeper = threading.Thread(target=lambda: time.sleep(3_600))
        sleeper.start()
        taking.wait()
    sleeper.join()
    assert isinstance(evolink.control, AppControl)
    assert not evolink.control.moves
    assert not [told.getMessage() for told in caplog.records if told.levelno >= logging.ERROR]


def test_a_delay_while_the_clock_is_moved(evolink: Evolink, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that asks the API, and is made to wait, lets no more time pass than who moves the clock wants."""
    monkeypatch.setattr(app_control, "PATIENCE", 0.01)
    asked = []

    def receive(_: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        asked.append(status(evolink, task))
        start_response("204 No Content", [])
        return []

    evolink.deliver_to(receive, host="hooks.example.com")
    task = create(evolink, callback_url="https://hooks.example.com/done")
    evolink.plan("delay 3 on=query")
    before = evolink.clock.now
    evolink.clock.advance("1h")
    assert asked == ["completed"]
    assert evolink.clock.now - before == pytest.approx(3_600)


def test_dates_follow_the_clients_time(evolink: Evolink) -> None:
    """What an answer is dated, and when it says to come again, is by the time that has passed for the client."""
    evolink.plan("answer 429 retry-after=date+30 on=credits")
    answers = []
    for seconds in (0, 3_600):
        evolink.clock.advance(seconds)
        answers.append(send(evolink, "GET", "/v1/credits").headers)
    dates = [[parsedate_to_datetime(told[name]) for name in ("date", "retry-after")] for told in answers]
    for before, after in zip(*dates, strict=True):
        assert timedelta(seconds=3_600) <= after - before < timedelta(seconds=3_660)
    for date, again in dates:
        assert timedelta(seconds=29) <= again - date <= timedelta(seconds=31)


def test_a_clock_that_runs(evolink: Evolink) -> None:
    """It is moved as far as it is told to be, and time passes besides."""
    evolink.control.change_clock(mode="real")
    before = evolink.clock.now
    evolink.clock.advance(600)
    evolink.clock.advance(600)
    assert 1_200 <= evolink.clock.now - before < 1_500
