"""Callbacks that go wrong on purpose: what arrives, when, and how often."""

import asyncio
import gzip
import json
from asyncio import StreamReader, StreamWriter
from typing import Any, get_args

import pytest

from contracts.drive.receiver import Received, Receiver, Reply
from mock_server.core.plans import CallbackFault
from tests.callbacks.conftest import IN_PROCESS, Simulation
from tests.serving import CREATE, example

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

QUICK = {"slow-body": "slow-body:0.01"}
"""Faults that take real time, with little of it."""

SENT = [fault for fault in get_args(CallbackFault) if fault != "never"]


class Gather:
    """Accepts when so many requests are there at the same time."""

    def __init__(self, together: int) -> None:
        self._barrier = asyncio.Barrier(together)

    async def perform(self, _: StreamReader, writer: StreamWriter) -> None:
        """Wait for the others, and accept."""
        await self._barrier.wait()
        writer.write(Reply(204).head)


def read(came: Received) -> Any:
    """Read a body that may be packed."""
    packed = came.headers.get("content-encoding") == "gzip"
    return json.loads(gzip.decompress(came.body) if packed else came.body)


@pytest.mark.parametrize(
    ("fault", "offsets"),
    [
        ("never", []),
        ("late", [60]),
        ("late:0.25", [0.25]),
        ("twice", [0, 1]),
        ("twice:30", [0, 30]),
        ("concurrent", [0, 0]),
        ("concurrent:5", [0] * 5),
        ("stale", [0, 1]),
        ("stale:12", [0, 12]),
        ("other-task", [0]),
        ("unknown-status", [0]),
        ("extra-fields", [0]),
        ("gzip", [0]),
        ("chunked", [0]),
        ("slow-body:0.01", [0]),
    ],
)
async def test_when_and_how_often(simulation: Simulation, receiver: Receiver, fault: str, offsets: list[float]) -> None:
    """To a receiver that accepts, at these seconds after the end."""
    task = await simulation.create(f"callback={fault}")
    end, made = await simulation.finish(task)
    made += await simulation.advance(3_600)
    assert [round(attempt["at"] - end, 6) for attempt in made] == offsets
    assert [attempt["status"] for attempt in made] == [200] * len(offsets) == [200] * len(receiver.received)


@pytest.mark.parametrize(
    ("fault", "changes"),
    [
        ("late", [{}]),
        ("twice", [{}, {}]),
        ("concurrent", [{}, {}]),
        ("other-task", [{"id": "task-unified-1757169743-00000000"}]),
        ("unknown-status", [{"status": "archived"}]),
        (
            "extra-fields",
            [
                {
                    "trace_id": "4bf92f3577b34da6",
                    "experimental": {"score": 0.5, "tags": []},
                    "finished": None,
                }
            ],
        ),
        ("gzip", [{}]),
        ("chunked", [{}]),
        ("slow-body:0.01", [{}]),
    ],
)
async def test_what_arrives(
    simulation: Simulation, receiver: Receiver, fault: str, changes: list[dict[str, Any]]
) -> None:
    """The task as a query shows it, but for what the fault changes."""
    task = await simulation.create(f"callback={fault}")
    await simulation.advance(300)
    shown = await simulation.task(task)
    assert [read(came) for came in receiver.received] == [shown | change for change in changes]


async def test_stale(simulation: Simulation, receiver: Receiver) -> None:
    """After the end has been told comes what was so before it."""
    task = await simulation.create("fail=service_error at=40% callback=stale")
    await simulation.advance(300)
    newer, older = receiver.received
    assert (newer.json()["status"], newer.json()["progress"]) == ("failed", 0)
    assert (older.json()["status"], older.json()["progress"]) == ("processing", 39)
    assert newer.json()["id"] == older.json()["id"] == task


@pytest.mark.parametrize(
    ("fault", "sent", "not_sent"),
    [
        ("gzip", {"content-encoding": "gzip"}, "transfer-encoding"),
        ("chunked", {"transfer-encoding": "chunked"}, "content-length"),
        ("slow-body:0.01", {}, "transfer-encoding"),
        ("late", {}, "content-encoding"),
    ],
)
async def test_how_it_is_sent(
    simulation: Simulation, receiver: Receiver, fault: str, sent: dict[str, str], not_sent: str
) -> None:
    """Packed, or without a length, or slowly: the headers say which."""
    await simulation.create(f"callback={fault}")
    await simulation.advance(300)
    (came,) = receiver.received
    length = {} if fault == "chunked" else {"content-length": str(len(came.body))}
    assert came.headers.items() >= {**sent, **length, "content-type": "application/json"}.items()
    assert not_sent not in came.headers


@IN_PROCESS
async def test_a_slow_body_takes_its_time(
    simulation: Simulation, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes in eight pieces: one at once, and the last when the time is over."""
    pauses = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("mock_server.callbacks.posted.sleep", pause)
    await simulation.create("callback=slow-body:7")
    await simulation.advance(300)
    assert pauses == [1] * 7
    assert len(receiver.received) == 1


async def test_early(simulation: Simulation, receiver: Receiver) -> None:
    """The end is told before the request is answered, while a query still shows the task in the queue."""
    task = await simulation.create("callback=early")
    (came,) = receiver.received
    (delivery,) = await simulation.deliveries()
    assert delivery["attempts"][0]["started_at"] == await simulation.now()
    assert (await simulation.task(task))["status"] == "pending"
    assert await simulation.advance(300) == []
    assert came.json() == await simulation.task(task)


async def test_concurrent_callbacks_overlap(simulation: Simulation, receiver: Receiver) -> None:
    """A receiver that waits for all of them before it answers any gets all of them."""
    gather = Gather(4)
    receiver.script(*[gather] * 4)
    await simulation.create("callback=concurrent:4")
    made = await simulation.advance(300)
    assert [attempt["status"] for attempt in made] == [204] * 4


@pytest.mark.clauses("CB-RETRIES")
@pytest.mark.parametrize("fault", SENT)
async def test_a_retry_repeats_the_fault(simulation: Simulation, receiver: Receiver, fault: CallbackFault) -> None:
    """Each of what is sent has the usual schedule, and each attempt of it sends the same."""
    receiver.script(*[Reply(500)] * 99)
    await simulation.create(f"callback={QUICK.get(fault, fault)}")
    await simulation.advance(3_600)
    deliveries = await simulation.deliveries()
    for delivery in deliveries:
        first, *_ = times = [attempt["started_at"] for attempt in delivery["attempts"]]
        assert [round(at - first, 6) for at in times] == [0, 1, 3, 7]
        assert delivery["state"] == "given up"
    bodies = [came.body for came in receiver.received]
    assert len(bodies) == 4 * len(deliveries)
    assert len(set(bodies)) == (2 if fault == "stale" else 1)


async def test_a_directive_that_cannot_be_understood(simulation: Simulation) -> None:
    """The request is refused by its prompt, and nothing comes of it."""
    answer = await simulation.client.post(CREATE, json=example(prompt="[mock: fail=boom]"))
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["param"], error["code"]) == ("prompt", "invalid_request")
    assert "the directive [mock: ...] in the prompt has fail=boom; known are content_policy_viol" in error["message"]
    assert (await simulation.client.get("/v1/tasks")).json()["total"] == 0
