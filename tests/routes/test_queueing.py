"""Slots: how many tasks run at once, who waits, and for how long."""

from math import ceil

import httpx2
import pytest

from mock_server.core.types import NEVER, SECOND
from mock_server.store import SqliteStore
from tests.routes.queues import control, create_many, limit, lives, statuses
from tests.serving import CREATE, Serve, Wall, bearer, create, example

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

HOOK = "https://hooks.example.com/evolink"

VIP = "sk-vip"

MINUTES = 600


async def join(client: httpx2.AsyncClient, group: str, key: str = VIP) -> dict[str, str]:
    """Put the account of a key into a user group, and return the header that carries the key."""
    await control(client, "POST", "accounts", {"key": key, "group": group})
    return bearer(key)


@pytest.mark.clauses("RES-STATUS", "OP-ASYNC")
async def test_tasks_beyond_the_slots_stay_pending(serve: Serve, wall: Wall, facts: SqliteStore) -> None:
    """With two slots two tasks run, and each other one starts at the very instant at which one of them ends."""
    client = await serve(store=facts, slots=2)
    await create_many(client, 4)
    planned = await lives(facts)
    first_end, second_end = sorted(life.ends_at for life in planned[:2])
    assert [life.starts_at for life in planned[2:]] == [first_end, second_end]
    for at, ended, running, waiting in (
        (first_end - 1, 0, 2, 2),
        (first_end, 1, 2, 1),
        (second_end - 1, 1, 2, 1),
        (second_end, 2, 2, 0),
    ):
        wall.advance_to(at)
        expected = ["completed"] * ended + ["pending"] * waiting + ["processing"] * running
        assert sorted(await statuses(client)) == expected
    wall.advance(MINUTES)
    assert await statuses(client) == ["completed"] * 4


async def test_the_first_created_runs_first(serve: Serve, facts: SqliteStore) -> None:
    """Of tasks that are created together each one starts as the one before it ends, whosever queue time is shortest."""
    client = await serve(store=facts, slots=1)
    await create_many(client, 6)
    planned = await lives(facts)
    ready = [life.starts_at - life.waited for life in planned]
    assert planned[0].starts_at == ready[0] > min(ready)
    assert [life.starts_at for life in planned[1:]] == [life.ends_at for life in planned[:-1]]


@pytest.mark.clauses("RES-ETA")
async def test_the_estimate_follows_the_wait(serve: Serve, wall: Wall, facts: SqliteStore) -> None:
    """A task that waits is announced later by just its wait, and counts down from there while it waits and runs."""
    client = await serve(store=facts, slots=1)
    first, second, third = [await create(client) for _ in range(3)]
    planned = await lives(facts)
    waits = [life.waited / SECOND for life in planned]
    assert waits[0] == 0 < waits[1] < waits[2]
    for body, waited in zip((first, second, third), waits, strict=True):
        assert (body["status"], body["progress"]) == ("pending", 0)
        assert body["task_info"]["estimated_time"] == 120 + ceil(waited)
    wall.advance_to(planned[1].starts_at)
    seen = (await client.get(f"/v1/tasks/{second['id']}")).json()
    run_so_far = (planned[1].starts_at - planned[1].created_at) / SECOND
    assert (seen["status"], seen["task_info"]["estimated_time"]) == ("processing", ceil(120 + waits[1] - run_so_far))


@pytest.mark.clauses("RES-ETA", "RES-STATUS")
async def test_no_slot_at_all(serve: Serve, wall: Wall, facts: SqliteStore) -> None:
    """Without a slot tasks are accepted and stay pending; the estimate stands still, and counts down once there is."""
    client = await serve(store=facts, slots=0)
    task = await create(client)
    (life,) = await lives(facts)
    ready = life.starts_at - life.waited
    wall.advance(86_400)
    seen = (await client.get(f"/v1/tasks/{task['id']}")).json()
    assert seen["status"] == "pending"
    assert seen["task_info"]["estimated_time"] == 120 - (ready - life.created_at) // SECOND
    await limit(client, slots=1)
    wall.advance(1)
    seen = (await client.get(f"/v1/tasks/{task['id']}")).json()
    assert seen["status"] == "processing"
    assert seen["task_info"]["estimated_time"] == 119 - (ready - life.created_at) // SECOND
    listed = (await client.get("/v1/tasks", params={"status": "processing"})).json()
    assert [row["id"] for row in listed["data"]] == [task["id"]]


async def test_slots_for_each_account(serve: Serve, facts: SqliteStore) -> None:
    """An account that has used up its slots keeps nobody else waiting."""
    client = await serve(store=facts, slots_per_account=1)
    mine = await create_many(client, 2)
    other = await client.post(CREATE, json=example(), headers=bearer("sk-other"))
    waits = {task.id: task.timeline.waited for task in await facts.tasks_of("default")}
    assert waits[mine[0]] == waits[other.json()["id"]] == 0 < waits[mine[1]]


@pytest.mark.clauses("RES-GROUP")
async def test_slots_for_each_group(serve: Serve, facts: SqliteStore) -> None:
    """A group's slots are shared by its accounts; another group's stay as they are."""
    client = await serve(store=facts, slots_per_group=("vip=1", "default=0"))
    for key, group in (("sk-a", "vip"), ("sk-b", "vip"), ("sk-c", "default")):
        answer = await client.post(CREATE, json=example(), headers=await join(client, group, key))
        assert answer.json()["usage"]["user_group"] == group
    first, second, default = await lives(facts)
    assert (first.waited, default.waited) == (0, NEVER)
    assert second.starts_at == first.ends_at


@pytest.mark.parametrize(("comes", "expected"), [("before", [2, 0, 1]), ("after", [0, 2, 1])])
async def test_who_waits_is_served_by_group(
    serve: Serve, wall: Wall, facts: SqliteStore, comes: str, expected: list[int]
) -> None:
    """A task of a vip goes before those of others that have not started, not before one that has, whenever it comes."""
    client = await serve(store=facts, slots=1)
    await create_many(client, 2)
    first, _ = await lives(facts)
    wall.advance_to(first.starts_at - (comes == "before"))
    await client.post(CREATE, json=example(), headers=await join(client, "vip"))
    planned = await lives(facts)
    assert sorted(range(3), key=lambda number: planned[number].starts_at) == expected
    one, two, three = (planned[number] for number in expected)
    assert (two.starts_at, three.starts_at) == (one.ends_at, two.ends_at)


@pytest.mark.parametrize("verb", ["cancel", "fail", "finish"])
async def test_a_slot_that_is_freed_by_hand(serve: Serve, wall: Wall, facts: SqliteStore, verb: str) -> None:
    """Who is ended by hand leaves its slot at that instant, and all others move up with their callbacks."""
    client = await serve(store=facts, slots=1)
    names = await create_many(client, 3, callback_url=HOOK)
    first, *_ = await lives(facts)
    wall.advance_to(first.starts_at + 10 * SECOND)
    await control(client, "POST", f"tasks/{names[0]}/{verb}")
    assert (await statuses(client))[1:] == ["processing", "pending"]
    ended, second, third = await lives(facts)
    assert ended.ends_at == second.starts_at == wall()
    assert third.starts_at == second.ends_at
    first_due = {
        callback["task"]: callback["attempts"][0]["due_at"] if callback["attempts"] else callback["due_at"]
        for callback in (await control(client, "GET", "callbacks"))["callbacks"]
    }
    lives_now = zip(names, (ended, second, third), strict=True)
    assert first_due == {name: life.ends_at / SECOND for name, life in lives_now}


async def test_who_waits_can_be_ended(serve: Serve, facts: SqliteStore) -> None:
    """A task that is cancelled while it waits costs nothing, and those behind it move up."""
    client = await serve(store=facts, slots=1)
    names = await create_many(client, 3)
    changed = await control(client, "POST", f"tasks/{names[1]}/cancel")
    assert changed["task"]["status"] == "cancelled"
    first, _, third = await lives(facts)
    assert third.starts_at == first.ends_at
    assert (await client.get("/v1/credits")).json()["data"]["user"]["remaining_credits"] == 1_000 - 2 * 23.8


@pytest.mark.clauses("RES-ETA")
async def test_who_is_held_keeps_its_slot(serve: Serve, wall: Wall, facts: SqliteStore) -> None:
    """While a task that runs is held, the one behind it has no start; it gets one when the first is released."""
    client = await serve(store=facts, slots=1)
    names = await create_many(client, 2)
    first, _ = await lives(facts)
    wall.advance_to(first.starts_at)
    await control(client, "POST", f"tasks/{names[0]}/hold")
    wall.advance(86_400)
    assert await statuses(client) == ["processing", "pending"]
    shown = await control(client, "GET", f"tasks/{names[1]}")
    assert (shown["starts_at"], shown["ends_at"]) == (None, None)
    await control(client, "POST", f"tasks/{names[0]}/release")
    first, second = await lives(facts)
    assert second.starts_at == first.ends_at == wall() + first.run


async def test_limits_that_are_changed(serve: Serve, wall: Wall, facts: SqliteStore) -> None:
    """Raised limits let those that wait move up, none lets them wait for ever, and lifted ones let all go on."""
    client = await serve(store=facts, slots=1)
    await create_many(client, 3)
    assert await control(client, "GET", "limits") == {
        "requests_per_minute": None,
        "slots": 1,
        "slots_per_account": None,
        "slots_per_group": {},
    }
    wall.advance(5)
    seen = []
    for slots in (2, 0, None):
        await limit(client, slots=slots)
        planned = await lives(facts)
        seen.append([life.starts_at <= wall() for life in planned] + [planned[2].starts_at >= NEVER])
    assert seen == [[True, True, False, False], [True, True, False, True], [True, True, True, False]]
    await create_many(client, 1)
    assert (await lives(facts))[3].waited == 0


async def test_limits_that_cannot_be(client: httpx2.AsyncClient) -> None:
    """A limit that cannot be is refused with its name and the rule, and nothing has changed."""
    for name, value in (("slots", -1), ("slots_per_account", "2"), ("requests_per_minute", 0), ("slots_per_group", 1)):
        answer = await client.put("/_mock/limits", json={"slots": 1, name: value})
        assert answer.status_code == 400
        assert f" {name}: expected " in answer.json()["error"]["message"]
    assert (await client.put("/_mock/limits", json={"seats": 1})).status_code == 400
    assert (await control(client, "GET", "limits"))["slots"] is None


@pytest.mark.clauses("IDEM-REPLAY")
async def test_a_replay_shows_the_task(serve: Serve, facts: SqliteStore) -> None:
    """The same key gives the task that waits, and takes no slot of its own."""
    client = await serve(store=facts, slots=1)
    await create_many(client, 1)
    bodies = []
    for _ in range(3):
        answer = await client.post(CREATE, json=example(), headers={"idempotency-key": "k"})
        bodies.append(answer.json())
    assert bodies[0] == bodies[1] == bodies[2]
    first, second = await lives(facts)
    assert second.starts_at == first.ends_at


async def test_a_universe_without_limits(serve: Serve, facts: SqliteStore) -> None:
    """What one universe limits changes nothing in another: its tasks are those of a server that limits nothing."""
    plain, limited = await serve(), await serve(store=facts)
    await control(limited, "GET", "clock")
    answer = await limited.put("/_mock/limits", json={"slots": 1}, headers={"x-mock-universe": "blue"})
    assert answer.status_code == 200
    bodies = [[await create(client) for _ in range(5)] for client in (plain, limited)]
    assert bodies[0] == bodies[1]
    assert [life.waited for life in await lives(facts)] == [0] * 5
    assert (await control(limited, "GET", "limits"))["slots"] is None


async def test_a_reset_takes_back_the_limits(serve: Serve) -> None:
    """A universe that begins anew is limited as the server is."""
    client = await serve(slots=3)
    await limit(client, slots=1)
    await control(client, "POST", "reset")
    assert (await control(client, "GET", "limits"))["slots"] == 3


@pytest.mark.clauses("CB-WHEN")
async def test_callbacks_follow_on_a_frozen_clock(serve: Serve) -> None:
    """Each callback is sent when its task ends, be that later for its wait or sooner for a hand."""
    client = await serve(speed=0, slots=1)
    names = await create_many(client, 3, callback_url=HOOK)
    (first, *_) = (await control(client, "GET", "tasks"))["tasks"]
    made = (await control(client, "POST", "clock", {"until": names[0]}))["callbacks"]
    assert [(each["task"], each["at"]) for each in made] == [(names[0], first["ends_at"])]
    made = (await control(client, "POST", f"tasks/{names[1]}/finish"))["callbacks"]
    assert [(each["task"], each["at"]) for each in made if each["attempt"] == 1] == [(names[1], first["ends_at"])]
    _, _, third = (await control(client, "GET", "tasks"))["tasks"]
    assert third["starts_at"] == first["ends_at"]
    made = (await control(client, "POST", "clock", {"advance": MINUTES}))["callbacks"]
    begun = [(each["task"], each["at"]) for each in made if each["attempt"] == 1]
    assert begun == [(names[2], third["ends_at"])]


@pytest.mark.clauses("CB-WHEN")
async def test_a_limit_that_ends_a_task(serve: Serve, facts: SqliteStore) -> None:
    """A task that fails as it starts, and starts because there are slots now, has its callback sent at once."""
    client = await serve(store=facts, speed=0, slots=0)
    await create(client, prompt="a cat [mock: fail=service_error at=0%]", callback_url=HOOK)
    await control(client, "POST", "clock", {"advance": MINUTES})
    await limit(client, slots=1)
    (record,) = await facts.callbacks("default")
    assert len(record.attempts) == 1
    assert await statuses(client) == ["failed"]
