"""Time by hand: how a clock runs, and how it is moved."""

from typing import Any

import httpx2
import pytest

from mock_server.client import AsyncControl, ControlError
from tests.bodies import invalid_request
from tests.serving import START, Serve, Wall, create

pytestmark = pytest.mark.anyio

CLOCK = "/_mock/clock"
HOOK = "https://hooks.example.com/done"
NOW = START / 1_000_000
END_OF_TIME = 9_999_999_999
DURATION = "expected a number from 0 to 864000000 or a text such as 90s, 1.5h, 24h or 7d"


@pytest.mark.parametrize(
    ("change", "mode", "rate", "passed"),
    [
        ({"mode": "real"}, "real", 1, 10),
        ({"mode": "frozen"}, "frozen", 0, 0),
        ({"mode": "scaled", "rate": 20}, "scaled", 20, 200),
        ({"mode": "scaled", "rate": 0.5}, "scaled", 0.5, 5),
        ({"mode": "scaled", "rate": 1_000_000}, "scaled", 1_000_000, 10_000_000),
        ({"mode": "scaled", "rate": 1}, "real", 1, 10),
        ({"mode": "frozen", "advance": None, "rate": None}, "frozen", 0, 0),
        ({"advance": 12.5}, "real", 1, 22.5),
        ({"advance": 0}, "real", 1, 10),
        ({"advance": 864_000_000}, "real", 1, 864_000_010),
        ({"set": NOW + 60}, "real", 1, 70),
        ({"set": NOW - 60}, "real", 1, -50),
    ],
    ids=str,
)
async def test_a_change_holds_from_now_on(
    client: httpx2.AsyncClient, wall: Wall, change: dict[str, Any], mode: str, rate: float, passed: float
) -> None:
    """Ten real seconds later, so many have passed."""
    answer = await client.post(CLOCK, json=change)
    assert answer.status_code == 200
    assert answer.json()["callbacks"] == []
    wall.advance(10)
    shown = (await client.get(CLOCK)).json()
    assert (shown["universe"], shown["mode"], shown["rate"]) == ("default", mode, rate)
    assert shown["now"] == NOW + passed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("250ms", 0.25),
        ("1.5m", 90),
        ("24h", 86_400),
        ("7d", 604_800),
        ("0.000001s", 0.000_001),
        ("9999d", 863_913_600),
        ("99999999s", 99_999_999),
    ],
)
async def test_a_duration_may_be_a_text(control: AsyncControl, text: str, seconds: float) -> None:
    """A number with its unit."""
    assert (await control.change_clock(advance=text)).now == NOW + seconds


async def test_time_is_shown_in_words(client: httpx2.AsyncClient) -> None:
    """The clock's time is there for people, too."""
    assert (await client.get(CLOCK)).json() == {
        "universe": "default",
        "mode": "real",
        "rate": 1,
        "now": NOW,
        "time": "2025-09-06T14:42:23Z",
    }


async def test_a_frozen_clock_goes_on_from_where_it_was(control: AsyncControl, wall: Wall) -> None:
    """Time that passed while it stood still is not made up for."""
    await control.change_clock(mode="frozen")
    wall.advance(1_000)
    await control.change_clock(advance=5)
    await control.change_clock(mode="real")
    wall.advance(1)
    assert (await control.show_clock()).now == NOW + 6


async def test_advance_moves_tasks(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """What fell due on the way is done when the answer comes."""
    task = await create(client)
    await control.change_clock(advance=200)
    assert (await client.get(f"/v1/tasks/{task['id']}")).json()["status"] == "completed"


async def test_steps_lead_from_event_to_event(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """A task starts, it ends with a first attempt at its callback, and the attempt is made again; then nothing is left.

    No route leads to the callback's host, so that each attempt fails.
    """
    await control.change_clock(mode="frozen")
    task = (await create(client, callback_url=HOOK))["id"]
    planned = await control.show_task(task)
    started = await control.change_clock(step=1)
    assert (started.now, started.callbacks) == (planned.starts_at, ())
    ended = await control.change_clock(step=1)
    assert ended.now == planned.ends_at
    assert [(made.task, made.attempt, made.at, made.status) for made in ended.callbacks] == [(task, 1, ended.now, None)]
    assert "offline" in (ended.callbacks[0].error or "")
    last = await control.change_clock(step=10)
    assert [made.attempt for made in last.callbacks] == [2, 3, 4]
    assert [made.at - ended.now for made in last.callbacks] == [1, 3, 7]
    nothing = await control.change_clock(step=10_000)
    assert (nothing.now, nothing.callbacks) == (last.now, ())


async def test_steps_where_nothing_is_to_come(control: AsyncControl) -> None:
    """In an empty universe a step leads nowhere."""
    assert (await control.change_clock(step=1)).now == NOW


async def test_until_a_task_has_ended(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """The clock stops at the very end of the task, and what ended before it has its callback."""
    await control.change_clock(mode="frozen")
    tasks = [(await create(client, callback_url=HOOK))["id"] for _ in range(3)]
    ends = [(await control.show_task(task)).ends_at for task in tasks]
    last = max(range(3), key=lambda number: ends[number] or 0)
    moved = await control.change_clock(until=tasks[last])
    assert moved.now == ends[last]
    assert {made.task for made in moved.callbacks} == set(tasks)
    again = await control.change_clock(until=tasks[last])
    assert (again.now, again.callbacks) == (moved.now, ())


async def test_until_a_task_has_ended_that_waits_for_another(serve: Serve) -> None:
    """With one slot the second task starts when the first has ended."""
    client = await serve(slots=1, speed=0.0)
    control = AsyncControl(str(client.base_url), client=client)
    first, second = [(await create(client))["id"] for _ in range(2)]
    await control.change_clock(step=1)
    assert (await control.hold_task(first)).task.status == "processing"
    with pytest.raises(ControlError) as raised:
        await control.change_clock(until=second)
    assert (raised.value.status, raised.value.param) == (409, "until")
    assert raised.value.message.endswith(f"{second} does not end by itself: it is held, or finds no slot")
    await control.release_task(first)
    moved = await control.change_clock(until=second)
    assert moved.now == (await control.show_task(second)).ends_at
    assert (await control.show_task(first)).status == "completed"


async def test_until_an_unknown_task(control: AsyncControl) -> None:
    """It is told where to look."""
    with pytest.raises(ControlError) as raised:
        await control.change_clock(until="task-unified-1757169743-7cvnl5zw")
    assert (raised.value.status, raised.value.code) == (404, "not_found")
    assert raised.value.message.endswith(
        "no task task-unified-1757169743-7cvnl5zw in the universe default; GET /_mock/tasks lists them"
    )


async def test_time_does_not_go_back_once_there_are_tasks(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """What has happened stays so; in another universe it is none of ours."""
    await create(client)
    with pytest.raises(ControlError) as raised:
        await control.change_clock(set=NOW - 1)
    assert (raised.value.status, raised.value.code, raised.value.param) == (409, "conflict", "set")
    assert raised.value.message.endswith(f"time goes forward only, once there are tasks; it is {NOW} now")
    elsewhere = AsyncControl(str(client.base_url), client=client, universe="elsewhere")
    assert (await elsewhere.change_clock(set=0)).now == 0
    assert (await control.change_clock(set=NOW)).now == NOW


async def test_set_makes_what_falls_due(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """Setting the clock forward is an advance."""
    await control.change_clock(mode="frozen")
    task = (await create(client, callback_url=HOOK))["id"]
    moved = await control.change_clock(set=NOW + 1_000)
    assert [made.task for made in moved.callbacks] == [task] * 4
    assert moved.now == NOW + 1_000


async def test_the_end_of_time(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """Time ends; a task whose end lies beyond it does not end by itself, and there is no step left to it."""
    await control.change_clock(mode="frozen")
    await control.change_clock(set=END_OF_TIME)
    task = (await create(client))["id"]
    assert (await control.change_clock(advance="1d")).now == END_OF_TIME
    assert (await control.change_clock(step=10_000)).now == END_OF_TIME
    with pytest.raises(ControlError, match="does not end by itself"):
        await control.change_clock(until=task)


WAYS = 'send one of mode, advance, step, until, set, such as {"mode": "frozen"} or {"advance": 12.5}; got '
RATE = 'a rate goes with the mode scaled and with no other: {"mode": "scaled", "rate": 20}'
RATES = "expected a number above 0 and of at most 1000000"
REFUSED: dict[str, tuple[object, str, str | None]] = {
    "nothing": ({}, f"{WAYS}none", None),
    "two": ({"mode": "frozen", "advance": 1}, f"{WAYS}mode and advance", None),
    "three": ({"step": 1, "advance": 1, "set": 1}, f"{WAYS}advance and step and set", None),
    "a rate alone": ({"rate": 2}, f"{WAYS}none", None),
    "nulls": ({"mode": None, "step": None}, f"{WAYS}none", None),
    "scaled without a rate": ({"mode": "scaled"}, RATE, "rate"),
    "frozen with a rate": ({"mode": "frozen", "rate": 2}, RATE, "rate"),
    "a rate to advance": ({"advance": 5, "rate": 2}, RATE, "rate"),
    "another mode": ({"mode": "fast"}, 'mode: expected frozen, real or scaled, got "fast"', "mode"),
    "a rate of nothing": ({"mode": "scaled", "rate": 0}, f"rate: {RATES}, got 0", "rate"),
    "a rate backwards": ({"mode": "scaled", "rate": -1}, f"rate: {RATES}, got -1", "rate"),
    "too fast": ({"mode": "scaled", "rate": 1_000_001}, f"rate: {RATES}, got 1000001", "rate"),
    "backwards": ({"advance": -0.1}, f"advance: {DURATION}, got -0.1", "advance"),
    "too far": ({"advance": 864_000_001}, f"advance: {DURATION}, got 864000001", "advance"),
    "a number in quotes": ({"advance": "5"}, f'advance: {DURATION}, got "5"', "advance"),
    "too many days": ({"advance": "10000d"}, f'advance: {DURATION}, got "10000d"', "advance"),
    "true": ({"advance": True}, f"advance: {DURATION}, got true", "advance"),
    "no step": ({"step": 0}, "step: expected a whole number from 1 to 10000, got 0", "step"),
    "beyond time": (
        {"set": END_OF_TIME + 1},
        "set: expected a number from 0 to 9999999999, got 10000000000",
        "set",
    ),
    "until nothing": ({"until": ""}, 'until: expected a text of 1 to 256 characters, got ""', "until"),
    "an unknown name": (
        {"seconds": 5},
        "seconds: unknown name; known are mode, rate, advance, step, until, set",
        "seconds",
    ),
    "a misspelt name": (
        {"advanse": 5},
        "advanse: unknown name; did you mean advance?",
        "advanse",
    ),
    "a list": ([], "expected an object, got a list of 0", None),
    "a number": (5, "expected an object, got 5", None),
    "null": (None, "expected an object, got null", None),
}


@pytest.mark.parametrize(("body", "detail", "param"), REFUSED.values(), ids=list(REFUSED))
async def test_refused_changes(client: httpx2.AsyncClient, body: object, detail: str, param: str | None) -> None:
    """A change that cannot be is told why, and the clock stays as it is."""
    content = b"null" if body is None else None
    answer = await client.post(CLOCK, json=body, content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"] == invalid_request(detail, param)
    assert (await client.get(CLOCK)).json()["mode"] == "real"
