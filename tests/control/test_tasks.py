"""Tasks by hand: they are shown with all their facts, and are cancelled, finished, failed, held and released."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from mock_server.client import AsyncControl, ControlError
from mock_server.control.shapes import TaskChanged, TaskState
from mock_server.core.ids import account_id
from mock_server.core.tasks.errors import TASK_ERRORS
from tests.serving import CREATE, KEY, START, Wall, bearer, create, example

pytestmark = pytest.mark.anyio

HOOK = "https://hooks.example.com/done"
NOW = START / 1_000_000
UNKNOWN = "task-unified-1757169743-7cvnl5zw"
RESERVED = 23.8

Change = Callable[[AsyncControl, str], Awaitable[TaskChanged]]
CHANGES: dict[str, Change] = {
    "cancelled": lambda control, task: control.cancel_task(task),
    "finished": lambda control, task: control.finish_task(task),
    "failed": lambda control, task: control.fail_task(task),
    "held": lambda control, task: control.hold_task(task),
    "released": lambda control, task: control.release_task(task),
}
"""What a hand can do to a task, as the refusals call it."""

ENDINGS = {"cancelled": ("cancelled", 0), "finished": ("completed", RESERVED), "failed": ("failed", 0)}
"""What ends a task, with the status that it leads to and what is charged."""


async def credits_of(client: httpx2.AsyncClient) -> tuple[float, float]:
    """Return what remains and what was used."""
    figures = (await client.get("/v1/credits")).json()["data"]["user"]
    return figures["remaining_credits"], figures["used_credits"]


async def test_all_facts_of_a_task(client: httpx2.AsyncClient, wall: Wall) -> None:
    """What is planned can be seen before it happens; of the prompt, only its length."""
    body = example(callback_url=HOOK)
    task = (await client.post(CREATE, json=body)).json()["id"]
    wall.advance(60)
    shown = (await client.get(f"/_mock/tasks/{task}")).json()
    starts_at, ends_at, result = (shown.pop(name) for name in ("starts_at", "ends_at", "result"))
    assert NOW < starts_at < NOW + 60 < ends_at
    assert result.startswith(f"/{shown['account']}/")
    assert 0 < shown.pop("progress") < 100
    assert shown == {
        "id": task,
        "account": account_id("default", KEY),
        "group": "default",
        "model": "wan2.6-reference-video-flash",
        "status": "processing",
        "held": False,
        "created_at": NOW,
        "waited": 0,
        "outcome": "completed",
        "error": None,
        "ledger": [{"kind": "reserve", "credits": RESERVED, "at": NOW}],
        "callback_url": HOOK,
        "request": {**body, "prompt": "(redacted: 16 characters)"},
    }


async def test_an_ended_task(client: httpx2.AsyncClient, control: AsyncControl, wall: Wall) -> None:
    """Its ledger says when its credits moved."""
    task = (await create(client, prompt="A cat [mock: fail=generation_timeout at=50%]"))["id"]
    wall.advance(600)
    shown = await control.show_task(task)
    assert (shown.status, shown.progress, shown.outcome, shown.error) == ("failed", 0, "failed", "generation_timeout")
    assert [(entry.kind, entry.credits, entry.at) for entry in shown.ledger] == [
        ("reserve", RESERVED, shown.created_at),
        ("release", RESERVED, shown.ends_at),
    ]


async def test_the_list(client: httpx2.AsyncClient, control: AsyncControl, wall: Wall) -> None:
    """Tasks of all accounts, the first created first; of one account, or of one status as it is now."""
    tasks = [(await create(client, prompt=f"A cat{directive}"))["id"] for directive in ("", " [mock: cancel at=0%]")]
    wall.advance(600)
    mine = await client.post(CREATE, json=example(), headers=bearer("sk-other"))
    tasks.append(mine.json()["id"])
    listed = await control.list_tasks()
    assert (listed.universe, [task.id for task in listed.tasks]) == ("default", tasks)
    assert listed.tasks[2] == await control.show_task(tasks[2])
    of_other = await control.list_tasks(account=account_id("default", "sk-other"))
    assert [task.id for task in of_other.tasks] == tasks[2:]
    found = {
        status: [task.id for task in (await control.list_tasks(status=status)).tasks]
        for status in ("pending", "processing", "completed", "failed", "cancelled")
    }
    assert found == {
        "pending": tasks[2:],
        "processing": [],
        "completed": tasks[:1],
        "failed": [],
        "cancelled": tasks[1:2],
    }
    assert (await control.list_tasks(account=tasks[0])).tasks == ()


@pytest.mark.parametrize("query", ["status=done", "status=null", "statuss=failed", "account="])
async def test_a_query_that_cannot_be(client: httpx2.AsyncClient, query: str) -> None:
    """The parameter is named."""
    answer = await client.get(f"/_mock/tasks?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == query.partition("=")[0]


@pytest.mark.parametrize("wait", [0, 60], ids=["pending", "processing"])
@pytest.mark.parametrize("ending", ENDINGS)
async def test_an_end_by_hand(
    client: httpx2.AsyncClient, control: AsyncControl, wall: Wall, ending: str, wait: float
) -> None:
    """The task ends now, its credits move now, and who asks sees it."""
    status, charged = ENDINGS[ending]
    task = (await create(client))["id"]
    wall.advance(wait)
    changed = (await CHANGES[ending](control, task)).task
    assert (changed.status, changed.outcome, changed.ends_at) == (status, status, NOW + wait)
    assert changed == await control.show_task(task)
    seen = (await client.get(f"/v1/tasks/{task}")).json()
    assert seen["status"] == status
    assert await credits_of(client) == (1_000 - charged, charged)
    wall.advance(600)
    assert (await client.get(f"/v1/tasks/{task}")).json()["status"] == status
    assert await credits_of(client) == (1_000 - charged, charged)


@pytest.mark.parametrize("code", TASK_ERRORS)
async def test_every_code_of_the_error_page(client: httpx2.AsyncClient, control: AsyncControl, code: str) -> None:
    """A task can fail with each, in the words that a failed task has."""
    task = (await create(client))["id"]
    assert (await control.fail_task(task, code=code)).task.error == code
    error = (await client.get(f"/v1/tasks/{task}")).json()["error"]
    assert (error["code"], error["message"]) == (code, TASK_ERRORS[code].message)


async def test_a_failure_that_says_nothing_else(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """It is the service's."""
    assert (await control.fail_task((await create(client))["id"])).task.error == "service_error"


async def test_a_code_that_no_page_has(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """The codes that there are are listed, and the task goes on."""
    task = (await create(client))["id"]
    with pytest.raises(ControlError) as raised:
        await control.fail_task(task, code="boredom")
    assert (raised.value.status, raised.value.param) == (400, "code")
    assert raised.value.message.endswith(f"code: expected one of {', '.join(TASK_ERRORS)}, got 'boredom'")
    assert (await control.show_task(task)).error is None


@pytest.mark.parametrize("ending", ENDINGS)
async def test_the_callback_follows_on_a_frozen_clock(
    client: httpx2.AsyncClient, control: AsyncControl, ending: str
) -> None:
    """It is attempted before the answer comes; the attempts that are left are made when the clock is moved."""
    await control.change_clock(mode="frozen")
    task = (await create(client, callback_url=HOOK))["id"]
    changed = await CHANGES[ending](control, task)
    assert [(made.task, made.attempt, made.at) for made in changed.callbacks] == [(task, 1, NOW)]
    moved = await control.change_clock(advance=600)
    assert [made.attempt for made in moved.callbacks] == [2, 3, 4]


async def test_the_callback_follows_on_a_running_clock(
    client: httpx2.AsyncClient, control: AsyncControl, wall: Wall
) -> None:
    """The answer does not wait for it; it is due when the task ends."""
    task = (await create(client, callback_url=HOOK))["id"]
    wall.advance(10)
    assert (await control.cancel_task(task)).callbacks == ()
    await control.change_clock(advance=600)
    delivery = (await control.list_callbacks()).callbacks[0]
    assert (delivery.task, len(delivery.attempts)) == (task, 4)
    assert delivery.attempts[0].due_at == NOW + 10


async def test_a_held_task_stands_still(client: httpx2.AsyncClient, control: AsyncControl, wall: Wall) -> None:
    """Its status and progress stay, and no end is in sight; released, it goes on where it stood."""
    task = (await create(client, callback_url=HOOK))["id"]
    planned = await control.show_task(task)
    wall.advance(60)
    held = (await control.hold_task(task)).task
    assert (held.held, held.status, held.ends_at) == (True, "processing", None)
    wall.advance(1_000)
    still = await control.show_task(task)
    assert (still.progress, still.status) == (held.progress, "processing")
    seen = (await client.get(f"/v1/tasks/{task}")).json()
    assert (seen["status"], seen["progress"]) == ("processing", held.progress)
    released = (await control.release_task(task)).task
    assert (released.held, released.progress) == (False, held.progress)
    assert released.ends_at == (planned.ends_at or 0) + 1_000
    await control.change_clock(advance=600)
    assert (await control.show_task(task)).status == "completed"
    assert (await control.list_callbacks(task=task)).callbacks[0].attempts[0].due_at == released.ends_at


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_held_task_can_be_ended(client: httpx2.AsyncClient, control: AsyncControl, ending: str) -> None:
    """A hold keeps a task from ending by itself, not by hand."""
    task = (await create(client))["id"]
    await control.hold_task(task)
    changed = (await CHANGES[ending](control, task)).task
    assert (changed.status, changed.held) == (ENDINGS[ending][0], changed.held)
    assert changed.ends_at == NOW


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("ending", ENDINGS)
async def test_nothing_happens_to_an_ended_task(
    client: httpx2.AsyncClient, control: AsyncControl, ending: str, change: str
) -> None:
    """Who tries is told the status, and all is as it was."""
    task = (await create(client))["id"]
    ended: TaskState = (await CHANGES[ending](control, task)).task
    with pytest.raises(ControlError) as raised:
        await CHANGES[change](control, task)
    assert (raised.value.status, raised.value.code) == (409, "conflict")
    assert raised.value.message == (
        f"This cannot be done now: a task that is {ended.status} cannot be {change}; nothing can happen to it any more"
    )
    assert await control.show_task(task) == ended


@pytest.mark.parametrize(
    ("change", "before"), [("held", ["held"]), ("released", []), ("released", ["held", "released"])]
)
async def test_what_does_not_fit(
    client: httpx2.AsyncClient, control: AsyncControl, change: str, before: list[str]
) -> None:
    """A held task is not held again, and one that is not is not released."""
    task = (await create(client))["id"]
    for earlier in before:
        await CHANGES[earlier](control, task)
    with pytest.raises(ControlError, match=f"cannot be {change}") as raised:
        await CHANGES[change](control, task)
    assert raised.value.status == 409


@pytest.mark.parametrize("change", CHANGES)
async def test_no_such_task(control: AsyncControl, change: str) -> None:
    """A task is looked for in its universe alone; a long name is cut."""
    for name in (UNKNOWN, "x" * 500, "a/b?c#d%2F"):
        with pytest.raises(ControlError) as raised:
            await CHANGES[change](control, name)
        assert (raised.value.status, raised.value.code) == (404, "not_found")
        assert len(raised.value.message) < 200


async def test_a_task_of_another_universe(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """It is unknown here."""
    task = (await create(client))["id"]
    elsewhere = AsyncControl(str(client.base_url), client=client, universe="elsewhere")
    with pytest.raises(ControlError, match="no task"):
        await elsewhere.show_task(task)
    assert (await elsewhere.list_tasks()).tasks == ()
    assert (await control.show_task(task)).id == task


async def test_a_hand_lets_others_move_up(client: httpx2.AsyncClient, control: AsyncControl, wall: Wall) -> None:
    """With one slot the next task starts when the first is cancelled."""
    await control.change_limits(slots=1)
    first, second = [(await create(client))["id"] for _ in range(2)]
    wall.advance(30)
    assert (await control.show_task(second)).status == "pending"
    await control.cancel_task(first)
    shown: dict[str, Any] = (await client.get(f"/v1/tasks/{second}")).json()
    assert shown["status"] == "processing"
    assert (await control.show_task(second)).starts_at == NOW + 30
