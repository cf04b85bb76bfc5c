"""Receivers that take too long. The time of an attempt is short here, so that nobody waits for ten seconds."""

from collections.abc import Iterator

import pytest

from contracts.drive.receiver import Hang, Receiver, Reply
from mock_server.egress.egress import Egress
from mock_server.egress.routes import read_route
from tests.callbacks.conftest import Simulate, Simulation

pytestmark = pytest.mark.anyio

SHORT = 0.4
"""Real seconds after which an attempt is given up here."""


@pytest.fixture
def other() -> Iterator[Receiver]:
    """A receiver for other.example.com."""
    with Receiver(host="other.example.com", tls=False) as running:
        yield running


@pytest.fixture
async def impatient(
    simulate: Simulate, receiver: Receiver, other: Receiver, monkeypatch: pytest.MonkeyPatch
) -> Simulation:
    """A simulation whose attempts have little real time."""

    def open_egress(_: object) -> Egress:
        routes = dict(read_route(each.route) for each in (receiver, other))
        return Egress(routes, seconds=SHORT)

    monkeypatch.setattr("mock_server.assembly.open_egress", open_egress)
    return await simulate()


@pytest.mark.clauses("CB-TIMEOUT", "CB-RETRIES")
async def test_a_hanging_receiver_costs_ten_seconds(impatient: Simulation, receiver: Receiver) -> None:
    """A frozen clock counts each attempt as ten seconds, and the next follows as long after them as it should."""
    receiver.script(*[Hang()] * 4)
    end, made = await impatient.finish(await impatient.create())
    made += await impatient.advance(3_600)
    assert [round(attempt["at"] - end, 6) for attempt in made] == [0, 11, 23, 37]
    assert {attempt["error"] for attempt in made} == {f"no whole answer within {SHORT:g} s"}
    (delivery,) = await impatient.deliveries()
    assert [round(attempt["ended_at"] - end, 6) for attempt in delivery["attempts"]] == [10, 21, 33, 47]
    assert delivery["state"] == "given up"


@pytest.mark.clauses("CB-TIMEOUT")
async def test_others_are_not_delayed_by_it(impatient: Simulation, receiver: Receiver, other: Receiver) -> None:
    """While one delivery hangs, those of other tasks are attempted at their own times."""
    receiver.script(*[Hang()] * 2)
    other.script(Reply(500))
    hanging = await impatient.create("callback=concurrent:2 cancel at=10%")
    failing = await impatient.create("cancel at=10%", callback_url=other.url)
    ends = {task: await impatient.end(task) for task in (hanging, failing)}
    made = await impatient.advance(200)
    starts = {task: [round(each["at"] - ends[task], 6) for each in made if each["task"] == task] for task in ends}
    assert starts == {hanging: [0, 0, 11, 11], failing: [0, 1]}
