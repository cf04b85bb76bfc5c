"""What the control API tells of deliveries, and sending one anew."""

from typing import Any

import pytest

from contracts.drive.receiver import Receiver, Reply
from tests.bodies import invalid_request
from tests.callbacks.conftest import HOOK, LONGEST_TASK, Simulation

pytestmark = pytest.mark.anyio

LEDGER = "/_mock/callbacks"


async def test_every_field(simulation: Simulation, receiver: Receiver) -> None:
    """A delivery with its URL, variant and state, and each attempt with its times, what came back and how much."""
    receiver.script(Reply(500, b"not now"), Reply(204))
    task = await simulation.create("callback=gzip")
    end = await simulation.end(task)
    (waiting,) = await simulation.deliveries()
    assert waiting == {
        "id": waiting["id"],
        "task": task,
        "url": HOOK,
        "variant": "gzip",
        "state": "due",
        "due_at": end,
        "attempts": [],
    }
    await simulation.finish(task)
    (retrying,) = await simulation.deliveries()
    first: dict[str, Any] = {
        "due_at": end,
        "started_at": end,
        "ended_at": end,
        "status": 500,
        "error": None,
        "bytes": 7,
        "faults": [],
    }
    assert retrying == waiting | {"due_at": end + 1, "attempts": [first]}
    await simulation.advance(1)
    (done,) = await simulation.deliveries()
    later = {"due_at": end + 1, "started_at": end + 1, "ended_at": end + 1, "status": 204, "bytes": 0}
    assert done == retrying | {"state": "delivered", "due_at": None, "attempts": [first, first | later]}


async def test_what_an_advance_tells(simulation: Simulation, receiver: Receiver) -> None:
    """Of each attempt its task, number, time and outcome."""
    receiver.script(Reply(503))
    task = await simulation.create()
    end, made = await simulation.finish(task)
    made += await simulation.advance(1)
    assert made == [
        {"task": task, "attempt": 1, "at": end, "status": 503, "error": None},
        {"task": task, "attempt": 2, "at": end + 1, "status": 200, "error": None},
    ]


async def test_filters(simulation: Simulation, receiver: Receiver) -> None:
    """By task, by state, and by both; in the order in which the tasks were created."""
    receiver.script(Reply(200), *[Reply(500)] * 4)
    tasks = {"delivered": await simulation.create()}
    await simulation.advance(LONGEST_TASK)
    tasks["given up"] = await simulation.create()
    await simulation.advance(LONGEST_TASK + 7)
    tasks["due"] = await simulation.create()
    assert [(each["task"], each["state"]) for each in await simulation.deliveries()] == [
        (task, state) for state, task in tasks.items()
    ]
    for state, task in tasks.items():
        assert [each["task"] for each in await simulation.deliveries(state=state)] == [task]
        assert [each["state"] for each in await simulation.deliveries(task=task)] == [state]
        assert len(await simulation.deliveries(task=task, state=state)) == 1
    assert await simulation.deliveries(task=tasks["due"], state="delivered") == []
    assert await simulation.deliveries(task="nobody") == []


async def test_faithful_is_a_variant(simulation: Simulation) -> None:
    """What nobody planned to go wrong is called so."""
    await simulation.create()
    assert [each["variant"] for each in await simulation.deliveries()] == ["faithful"]


async def test_each_universe_has_its_own(simulation: Simulation) -> None:
    """The ledger shows the universe that is asked for, and says which."""
    await simulation.create()
    answer = await simulation.client.get(LEDGER, headers={"x-mock-universe": "blue"})
    assert answer.json() == {"universe": "blue", "callbacks": []}


@pytest.mark.parametrize(
    ("query", "param", "message"),
    [
        ("status=due", "status", "status: unknown name; did you mean state?"),
        ("x=1", "x", "x: unknown name; known are task, state"),
        ("state=", "state", 'state: expected delivered, due or given up, got ""'),
        ("state=failed", "state", 'state: expected delivered, due or given up, got "failed"'),
    ],
)
async def test_an_unknown_filter(simulation: Simulation, query: str, param: str, message: str) -> None:
    """It is refused with the names or values that there are."""
    answer = await simulation.client.get(f"{LEDGER}?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"] == invalid_request(message, param)


async def test_redeliver(simulation: Simulation, receiver: Receiver) -> None:
    """A delivery that was given up is sent anew, now, with all four attempts; the earlier ones stay in the ledger."""
    receiver.script(*[Reply(500)] * 7)
    task = await simulation.create()
    await simulation.advance(LONGEST_TASK + 7)
    now = await simulation.now()
    (given_up,) = await simulation.deliveries(state="given up")
    answer = await simulation.control(f"callbacks/{given_up['id']}/redeliver")
    assert answer == {
        "redelivered": given_up["id"],
        "callbacks": [{"task": task, "attempt": 5, "at": now, "status": 500, "error": None}],
    }
    made = await simulation.advance(3_600)
    assert [(attempt["attempt"], attempt["at"] - now, attempt["status"]) for attempt in made] == [
        (6, 1, 500),
        (7, 3, 500),
        (8, 7, 200),
    ]
    (delivery,) = await simulation.deliveries(state="delivered")
    assert delivery["attempts"][:4] == given_up["attempts"]
    assert len(delivery["attempts"]) == 8


async def test_redeliver_what_was_delivered(simulation: Simulation, receiver: Receiver) -> None:
    """It comes again, as a receiver must be able to bear."""
    await simulation.finish(await simulation.create())
    (delivery,) = await simulation.deliveries()
    for _ in range(2):
        await simulation.control(f"callbacks/{delivery['id']}/redeliver")
    first, *others = receiver.received
    assert [other.body for other in others] == [first.body] * 2
    (delivery,) = await simulation.deliveries()
    assert (delivery["state"], len(delivery["attempts"])) == ("delivered", 3)


@pytest.mark.parametrize("number", ["0", "999", "-1", "1.5", "one", "9" * 18, "9" * 50, "%C2%B2"])
async def test_no_such_delivery(simulation: Simulation, receiver: Receiver, number: str) -> None:
    """What is no id, and an id that nothing has, are not found."""
    await simulation.finish(await simulation.create())
    answer = await simulation.client.post(f"{LEDGER}/{number}/redeliver")
    assert answer.status_code == 404
    error: dict[str, Any] = answer.json()["error"]
    shown = {"%C2%B2": "\u00b2"}.get(number, number[:40])
    assert error["message"].endswith(f"no callback {shown} in the universe default; GET /_mock/callbacks lists them")
    assert len(receiver.received) == 1


async def test_a_delivery_of_another_universe(simulation: Simulation, receiver: Receiver) -> None:
    """Its id leads nowhere from here."""
    await simulation.finish(await simulation.create())
    (delivery,) = await simulation.deliveries()
    path = f"{LEDGER}/{delivery['id']}/redeliver"
    assert (await simulation.client.post(path, headers={"x-mock-universe": "blue"})).status_code == 404
    assert len(receiver.received) == 1


async def test_the_ways_of_the_paths(simulation: Simulation) -> None:
    """The ledger is read, and a redelivery is posted."""
    assert (await simulation.client.post(LEDGER)).status_code == 405
    assert (await simulation.client.get(f"{LEDGER}/1/redeliver")).status_code == 405
    assert (await simulation.client.head(LEDGER)).status_code == 200
