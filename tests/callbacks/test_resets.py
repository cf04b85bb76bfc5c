"""What a reset, and a redelivery, do to attempts that are under way."""

import asyncio
import threading
from asyncio import StreamReader, StreamWriter
from contextlib import suppress

import pytest

from contracts.drive.receiver import Receiver
from mock_server.universes.clock import Wall, wall_clock
from tests.callbacks.conftest import Simulate
from tests.callbacks.workers import Hold, arrived

pytestmark = pytest.mark.anyio

SOON = "cancel at=0%"


class Patience:
    """Never answers, and knows when the other side has hung up."""

    def __init__(self) -> None:
        self.over = threading.Event()

    async def perform(self, reader: StreamReader, _: StreamWriter) -> None:
        """Wait."""
        with suppress(OSError):
            await reader.read()
        self.over.set()


@pytest.fixture
def wall() -> Wall:
    """Real time itself."""
    return wall_clock


async def test_a_reset_forgets_what_is_due(simulate: Simulate, receiver: Receiver) -> None:
    """Nothing of what was scheduled comes after it, and the ledger is empty."""
    simulation = await simulate(receiver, speed=1_000)
    for _ in range(5):
        await simulation.create()
    await simulation.control("reset")
    later = await simulation.create("cancel at=99%")
    await arrived(receiver, 1)
    assert [came.json()["id"] for came in receiver.received] == [later]
    assert [delivery["task"] for delivery in await simulation.deliveries()] == [later]


async def test_a_reset_ends_what_is_under_way(simulate: Simulate, receiver: Receiver) -> None:
    """The attempt is given up: its receiver is hung up on, and nothing of it is recorded or tried again."""
    patience = Patience()
    receiver.script(patience)
    simulation = await simulate(receiver, speed=1_000)
    await simulation.create(SOON)
    await arrived(receiver, 1)
    await simulation.control("reset")
    assert await asyncio.to_thread(patience.over.wait, 5)
    assert await simulation.deliveries() == []
    later = await simulation.create(SOON)
    await arrived(receiver, 2)
    assert receiver.received[1].json()["id"] == later
    assert len(receiver.received) == 2


async def test_a_reset_leaves_other_universes_alone(simulate: Simulate, receiver: Receiver) -> None:
    """What is under way elsewhere comes to its end."""
    hold = Hold()
    receiver.script(hold)
    simulation = await simulate(receiver, speed=1_000)
    await simulation.create(SOON)
    await arrived(receiver, 1)
    await simulation.control("reset", universe="blue")
    await simulation.control("clock", {"mode": "frozen"})
    hold.release()
    assert await simulation.advance(0) == []
    (delivery,) = await simulation.deliveries()
    assert delivery["state"] == "delivered"


async def test_a_redelivery_while_one_is_under_way(simulate: Simulate, receiver: Receiver) -> None:
    """It follows when the attempt under way has ended, whatever came of that; both are in the ledger."""
    hold = Hold(200)
    receiver.script(hold)
    simulation = await simulate(receiver, speed=1_000)
    await simulation.create(SOON)
    await arrived(receiver, 1)
    (delivery,) = await simulation.deliveries()
    answer = await simulation.control(f"callbacks/{delivery['id']}/redeliver")
    assert answer["callbacks"] == []
    assert len(receiver.received) == 1
    hold.release()
    await arrived(receiver, 2)
    await simulation.control("clock", {"mode": "frozen"})
    await simulation.advance(0)
    (delivery,) = await simulation.deliveries()
    assert (delivery["state"], len(delivery["attempts"])) == ("delivered", 2)


async def test_a_redelivery_on_a_frozen_clock_while_one_is_under_way(simulate: Simulate, receiver: Receiver) -> None:
    """It waits for that one, and is made before it is answered."""
    hold = Hold(500)
    receiver.script(hold)
    simulation = await simulate(receiver, speed=1_000)
    await simulation.create(SOON)
    await arrived(receiver, 1)
    await simulation.control("clock", {"mode": "frozen"})
    (delivery,) = await simulation.deliveries()
    asking = asyncio.create_task(simulation.control(f"callbacks/{delivery['id']}/redeliver"))
    assert len(receiver.received) == 1
    hold.release()
    assert [(attempt["attempt"], attempt["status"]) for attempt in (await asking)["callbacks"]] == [(2, 200)]
