"""Callbacks on clocks that run, that are changed on the way, and that differ from each other."""

import asyncio

import pytest

from contracts.drive.receiver import Received, Receiver, Reply
from mock_server.core.types import SECOND
from mock_server.universes.clock import LATEST, Wall, wall_clock
from tests.callbacks.conftest import HOOK, LONGEST_TASK, Simulate, Simulation

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

SOON = "fail=service_error at=0%"
"""The task ends as soon as it leaves the queue, after 1 to 4 seconds."""


async def arrivals(receiver: Receiver, number: int) -> tuple[Received, ...]:
    """Wait until so many requests have come, while the simulator goes on."""
    return await asyncio.to_thread(receiver.wait_for, number)


class TestOfClocksThatRun:
    """By real time, as it is and faster."""

    @pytest.fixture
    def wall(self) -> Wall:
        """Real time itself."""
        return wall_clock

    @pytest.mark.clauses("CB-WHEN", "CB-RETRIES")
    async def test_a_scaled_clock(self, simulate: Simulate, receiver: Receiver) -> None:
        """On a fast clock callbacks and retries come by themselves, each not before it is due."""
        receiver.script(Reply(500), Reply(500))
        simulation = await simulate(receiver, speed=1_000)
        await simulation.create(SOON)
        await arrivals(receiver, 3)
        await simulation.control("clock", {"mode": "frozen"})
        (delivery,) = await simulation.deliveries()
        attempts = delivery["attempts"]
        assert [attempt["status"] for attempt in attempts][:2] == [500, 500]
        assert all(attempt["started_at"] >= attempt["due_at"] for attempt in attempts)
        for before, after, delay in zip(attempts, attempts[1:], (1, 2), strict=False):
            assert round(after["due_at"] - before["ended_at"], 5) == delay

    async def test_a_real_clock(self, simulate: Simulate, receiver: Receiver) -> None:
        """As fast as real time: what is due in a moment comes in a moment."""
        simulation = await simulate(receiver)
        task = await simulation.create(SOON)
        await simulation.advance(await simulation.end(task) - await simulation.now() - 0.01)
        assert receiver.received == ()
        await simulation.control("clock", {"mode": "real"})
        (came,) = await arrivals(receiver, 1)
        assert came.json()["id"] == task

    async def test_a_clock_that_is_made_faster(self, simulate: Simulate, receiver: Receiver) -> None:
        """What was hours away by the slow clock is due at once by the fast one."""
        simulation = await simulate(receiver, speed=0.01)
        await simulation.create()
        await simulation.control("clock", {"mode": "scaled", "rate": 1_000_000})
        await arrivals(receiver, 1)

    async def test_a_running_clock_that_is_advanced(self, simulate: Simulate, receiver: Receiver) -> None:
        """All that falls due on the way is done when the answer comes."""
        receiver.script(*[Reply(500)] * 9)
        simulation = await simulate(receiver, speed=1)
        await simulation.create()
        made = await simulation.advance(LONGEST_TASK + 60)
        assert [attempt["attempt"] for attempt in made] == [1, 2, 3, 4]

    async def test_a_running_clock_that_is_brought_near(self, simulate: Simulate, receiver: Receiver) -> None:
        """What an advance did not reach comes by itself, as much earlier as the clock was moved."""
        simulation = await simulate(receiver, speed=1)
        task = await simulation.create()
        await simulation.advance(await simulation.end(task) - await simulation.now() - 0.05)
        await arrivals(receiver, 1)

    async def test_the_earliest_of_several(self, simulate: Simulate, receiver: Receiver) -> None:
        """A task that ends sooner than one created before it is told of first."""
        simulation = await simulate(receiver, speed=1_000)
        late = await simulation.create("callback=late:20000 cancel at=0%")
        soon = await simulation.create(SOON)
        assert [came.json()["id"] for came in await arrivals(receiver, 1)] == [soon]
        await simulation.advance(20_000)
        assert [came.json()["id"] for came in await arrivals(receiver, 2)] == [soon, late]

    async def test_a_callback_is_redelivered(self, simulate: Simulate, receiver: Receiver) -> None:
        """On a clock that runs it is sent in a moment, after the answer that says so."""
        simulation = await simulate(receiver, speed=1_000)
        await simulation.create(SOON)
        await arrivals(receiver, 1)
        (delivery,) = await simulation.deliveries()
        answer = await simulation.control(f"callbacks/{delivery['id']}/redeliver")
        assert answer == {"redelivered": delivery["id"], "callbacks": []}
        first, again = await arrivals(receiver, 2)
        assert first.body == again.body

    async def test_an_early_callback_is_tried_again(self, simulate: Simulate, receiver: Receiver) -> None:
        """One that is sent before the request is answered has its retries after that."""
        receiver.script(Reply(500), Reply(500))
        simulation = await simulate(receiver, speed=1_000)
        await simulation.create("callback=early")
        assert receiver.received
        await arrivals(receiver, 3)


async def test_a_frozen_clock_sends_nothing(simulate: Simulate, receiver: Receiver) -> None:
    """A clock that was running and stands still now: what was awaited does not come any more."""
    simulation = await simulate(receiver, speed=1)
    await simulation.create()
    await simulation.control("clock", {"mode": "frozen"})
    (delivery,) = await simulation.deliveries()
    assert (delivery["state"], delivery["attempts"]) == ("due", [])
    assert len(await simulation.advance(LONGEST_TASK)) == 1


async def test_an_advance_that_comes_to_nothing(simulation: Simulation, receiver: Receiver) -> None:
    """It says that nothing was sent."""
    await simulation.create()
    assert await simulation.advance(0) == []
    assert await simulation.control("clock", {"mode": "frozen"}) == {
        "universe": "default",
        "mode": "frozen",
        "rate": 0,
        "now": await simulation.now(),
        "time": "2025-09-06T14:42:23Z",
        "callbacks": [],
    }
    assert receiver.received == ()


async def test_universes_have_their_own_time(simulation: Simulation, receiver: Receiver) -> None:
    """Moving one's clock sends one's own callbacks; another's come when its clock is moved."""
    tasks = {}
    for name in ("blue", "red"):
        simulation.client.headers["authorization"] = f"Bearer sk-mock-{name}"
        tasks[name] = await simulation.create()
    assert await simulation.advance(LONGEST_TASK) == []
    (made,) = await simulation.advance(LONGEST_TASK, universe="blue")
    assert made["task"] == tasks["blue"]
    await simulation.advance(5, universe="red")
    assert [came.json()["id"] for came in receiver.received] == [tasks["blue"]]
    await simulation.advance(LONGEST_TASK, universe="red")
    assert [came.json()["id"] for came in receiver.received] == [tasks["blue"], tasks["red"]]
    assert await simulation.now(universe="red") - await simulation.now(universe="blue") == 5


async def test_time_has_an_end(simulation: Simulation) -> None:
    """What would fall due after it never does, and no advance waits for it."""
    await simulation.create()
    while await simulation.now() < LATEST / SECOND:
        await simulation.advance(316_224_000)
    await simulation.create(callback_url=HOOK)
    assert await simulation.advance(1_000) == []
    assert await simulation.now() == LATEST / SECOND
