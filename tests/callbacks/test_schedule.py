"""When attempts are made: on a frozen clock, to the microsecond, and in no time."""

import pytest

from contracts.drive.receiver import Action, Close, Raw, Receiver, Reply
from tests.callbacks.conftest import Simulate, Simulation

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]


def offsets(times: list[float], end: float) -> list[float]:
    """Return the times as seconds after the end, to the microsecond."""
    return [round(at - end, 6) for at in times]


@pytest.mark.clauses("CB-RETRIES", "CB-SUCCESS")
async def test_four_attempts(simulation: Simulation, receiver: Receiver) -> None:
    """A receiver that never accepts is asked at 0, 1, 3 and 7 seconds after the end, and never again."""
    receiver.script(*[Reply(500)] * 9)
    task = await simulation.create()
    end, made = await simulation.finish(task)
    made += await simulation.advance(3_600)
    assert offsets([attempt["at"] for attempt in made], end) == [0, 1, 3, 7]
    assert [(attempt["task"], attempt["attempt"]) for attempt in made] == [(task, number) for number in (1, 2, 3, 4)]
    assert [(attempt["status"], attempt["error"]) for attempt in made] == [(500, None)] * 4
    assert len(receiver.received) == 4
    (delivery,) = await simulation.deliveries()
    assert (delivery["state"], delivery["due_at"]) == ("given up", None)


@pytest.mark.clauses("CB-RETRIES")
@pytest.mark.parametrize(
    ("passed", "attempts"), [(0, 1), (0.999_999, 1), (1, 2), (2.999_999, 2), (3, 3), (6.999_999, 3), (7, 4), (99, 4)]
)
async def test_no_attempt_before_its_time(
    simulation: Simulation, receiver: Receiver, passed: float, attempts: int
) -> None:
    """A microsecond before an attempt is due it has not been made; when it is due, it has."""
    receiver.script(*[Reply(503)] * 9)
    await simulation.finish(await simulation.create())
    await simulation.advance(passed)
    assert len(receiver.received) == attempts


@pytest.mark.clauses("CB-SUCCESS")
@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
@pytest.mark.parametrize("before", [0, 1, 3])
async def test_any_2xx_is_success(simulation: Simulation, receiver: Receiver, status: int, before: int) -> None:
    """The first answer of that class ends the delivery, whichever attempt it comes to."""
    receiver.script(*[Reply(500)] * before, Reply(status), *[Reply(500)] * 9)
    await simulation.finish(await simulation.create())
    await simulation.advance(3_600)
    assert len(receiver.received) == before + 1
    (delivery,) = await simulation.deliveries()
    assert (delivery["state"], delivery["due_at"]) == ("delivered", None)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500] * before + [status]


@pytest.mark.clauses("CB-SUCCESS")
@pytest.mark.parametrize(
    ("action", "status", "error"),
    [
        (Raw(b"HTTP/1.1 102 Processing\r\n\r\n"), None, "the connection was closed before the answer was whole"),
        (Reply(300), 300, None),
        (Reply(304), 304, None),
        (Reply(400), 400, None),
        (Reply(404), 404, None),
        (Reply(410), 410, None),
        (Reply(429, headers={"retry-after": "3600"}), 429, None),
        (Reply(500), 500, None),
        (Reply(599), 599, None),
        (Raw(b"SSH-2.0-OpenSSH_9.6\r\n"), None, "the answer is not HTTP/1.1"),
        (Close(), None, "the connection was closed before the answer was whole"),
    ],
    ids=lambda value: value.data.split(b"\r\n")[0].decode() if isinstance(value, Raw) else ascii(value)[:40],
)
async def test_anything_else_is_retried(
    simulation: Simulation, receiver: Receiver, action: Action, status: int | None, error: str | None
) -> None:
    """Whatever is not a 2xx leads to the next attempt a second later, even where it asks for more patience."""
    receiver.script(action)
    end, (first,) = await simulation.finish(await simulation.create())
    assert (first["status"], first["error"]) == (status, error)
    (second,) = await simulation.advance(3_600)
    assert (second["status"], offsets([second["at"]], end)) == (200, [1])


@pytest.mark.clauses("CB-SUCCESS")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_a_failure(simulate: Simulate, receiver: Receiver, status: int) -> None:
    """Where it points to hears nothing, at no attempt, though there is a route to it."""
    with Receiver(host="other.example.com", tls=False) as other:
        simulation = await simulate(receiver, other)
        receiver.script(*[Reply(status, headers={"location": f"{other.url}/evolink"})] * 4)
        await simulation.finish(await simulation.create())
        await simulation.advance(3_600)
        (delivery,) = await simulation.deliveries()
        assert [attempt["status"] for attempt in delivery["attempts"]] == [status] * 4
        assert (len(receiver.received), other.received) == (4, ())


async def test_everything_is_run_in_order(simulation: Simulation, receiver: Receiver) -> None:
    """Ten tasks with different ends and a receiver that refuses: one advance makes each attempt in its turn."""
    receiver.script(*[Reply(500)] * 99)
    tasks = []
    for percent in (90, 10, 50, 30, 70, 20, 99, 40, 60, 80):
        tasks.append(await simulation.create(f"fail=service_error at={percent}%"))
        await simulation.advance(0.3)
    ends = {task: await simulation.end(task) for task in tasks}
    made = await simulation.advance(200)
    assert [attempt["at"] for attempt in made] == sorted(attempt["at"] for attempt in made)
    assert len(made) == len(receiver.received) == 40
    assert [came.json()["id"] for came in receiver.received] == [attempt["task"] for attempt in made]
    for task in tasks:
        assert offsets([attempt["at"] for attempt in made if attempt["task"] == task], ends[task]) == [0, 1, 3, 7]


async def test_the_body_of_a_retry_is_that_of_the_first_attempt(simulation: Simulation, receiver: Receiver) -> None:
    """A task that has ended does not change any more."""
    receiver.script(*[Reply(500)] * 4)
    await simulation.finish(await simulation.create())
    await simulation.advance(60)
    first, *others = receiver.wait_for(4)
    assert all(other.body == first.body for other in others)
