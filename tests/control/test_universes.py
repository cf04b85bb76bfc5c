"""Whole universes by hand: they are listed, shown, begun anew and deleted."""

import httpx2
import pytest

from mock_server.client import AsyncControl, ControlError
from mock_server.store import SqliteStore
from tests.serving import CREATE, KEY, START, Serve, Wall, bearer, create, example

pytestmark = pytest.mark.anyio

NOW = START / 1_000_000
HOOK = "https://hooks.example.com/done"


@pytest.fixture
def elsewhere(client: httpx2.AsyncClient) -> AsyncControl:
    """The control API as to the universe `elsewhere`."""
    return AsyncControl(str(client.base_url), client=client, universe="elsewhere")


async def test_universes_come_into_being_when_they_are_used(
    client: httpx2.AsyncClient, control: AsyncControl, elsewhere: AsyncControl
) -> None:
    """They are listed by name, each with its time and how much is in it."""
    assert (await control.list_universes()).universes == ()
    await create(client)
    await create(client)
    await elsewhere.change_clock(mode="frozen")
    listed = (await control.list_universes()).universes
    assert [(found.universe, found.mode, found.tasks, found.accounts) for found in listed] == [
        ("default", "real", 2, 1),
        ("elsewhere", "frozen", 0, 0),
    ]
    assert (listed[0].now, listed[0].time, listed[0].rate) == (NOW, "2025-09-06T14:42:23Z", 1)
    assert listed[0].exchanges == 2
    assert listed[1] == await control.show_universe("elsewhere")


async def test_the_key_names_its_universe(client: httpx2.AsyncClient) -> None:
    """As in the API, and the header goes before it."""
    key = bearer("sk-mock-checkout")
    assert (await client.get("/_mock/clock", headers=key)).json()["universe"] == "checkout"
    named = {**key, "x-mock-universe": "other"}
    assert (await client.get("/_mock/clock", headers=named)).json()["universe"] == "other"
    del client.headers["authorization"]
    assert (await client.get("/_mock/clock")).json()["universe"] == "default"


async def test_a_name_that_none_can_have(client: httpx2.AsyncClient) -> None:
    """The rule is told, and the header named."""
    answer = await client.get("/_mock/health", headers={"x-mock-universe": "Elsewhere"})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "X-Mock-Universe"


@pytest.mark.parametrize("name", ["nowhere", "NO", "x" * 200])
async def test_what_does_not_exist(control: AsyncControl, name: str) -> None:
    """It is not made by asking, and cannot be deleted."""
    for ask in (control.show_universe, control.forget_universe):
        with pytest.raises(ControlError) as raised:
            await ask(name)
        assert (raised.value.status, raised.value.code) == (404, "not_found")
        assert raised.value.message.endswith(f"no universe {name[:64]!r}; GET /_mock/universes lists them")
    assert (await control.list_universes()).universes == ()


async def test_a_deleted_universe(client: httpx2.AsyncClient, control: AsyncControl, elsewhere: AsyncControl) -> None:
    """Nothing of it is left, and no other is touched; its name can be used again."""
    task = await create(client, callback_url=HOOK)
    await elsewhere.change_clock(advance=5)
    gone = await control.forget_universe("default")
    assert (gone.universe, gone.deleted) == ("default", True)
    assert [found.universe for found in (await control.list_universes()).universes] == ["elsewhere"]
    assert (await client.get(f"/v1/tasks/{task['id']}")).status_code == 404
    assert (await control.list_callbacks()).callbacks == ()


async def test_reset(client: httpx2.AsyncClient, facts: SqliteStore, wall: Wall) -> None:
    """Nothing of the universe is left: tasks, accounts, keys, and its clock begins anew."""
    headers = {"idempotency-key": "once"}
    task = (await client.post(CREATE, json=example(), headers=headers)).json()
    await client.post("/_mock/clock", json={"mode": "frozen"})
    wall.advance(60)
    answer = await client.post("/_mock/reset")
    assert answer.json() == {
        "universe": "default",
        "mode": "real",
        "rate": 1,
        "now": NOW + 60,
        "time": "2025-09-06T14:43:23Z",
    }
    assert await facts.accounts("default") == ()
    assert (await client.get("/v1/tasks")).json()["total"] == 0
    assert (await client.get(f"/v1/tasks/{task['id']}")).status_code == 404
    assert (await client.get("/v1/credits")).json()["data"]["user"]["remaining_credits"] == 1_000
    again = await client.post(CREATE, json=example(prompt="Another"), headers=headers)
    assert again.status_code == 200


async def test_reset_leaves_other_universes_alone(client: httpx2.AsyncClient, elsewhere: AsyncControl) -> None:
    """A test that cleans up after itself does not disturb its neighbour."""
    await create(client)
    await elsewhere.reset_universe()
    assert (await client.get("/v1/tasks")).json()["total"] == 1


async def test_reset_takes_away_what_was_set(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """Limits and what is special about accounts are gone, too."""
    await control.change_limits(slots=0)
    await control.change_account(key=KEY, group="vip", closed=True, credits=1)
    await control.reset_universe()
    assert (await control.show_limits()).slots is None
    assert (await control.list_accounts()).accounts == ()
    assert (await create(client))["usage"]["user_group"] == "default"


async def test_the_same_universe_after_a_reset(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """The universe begins from its seed again: the same request at the same time makes the same task."""
    first = await create(client)
    await control.reset_universe()
    assert await create(client) == first


async def test_a_seed_of_its_own(client: httpx2.AsyncClient, control: AsyncControl, elsewhere: AsyncControl) -> None:
    """It gives another universe, and the same one whenever it is given, also under another name."""
    ids = []
    for seed in (None, "a", "b", "a"):
        await control.reset_universe(seed=seed)
        ids.append((await create(client))["id"])
    assert ids[1] == ids[3]
    assert len(set(ids)) == 3
    await elsewhere.reset_universe(seed="a")
    named = await client.post(CREATE, json=example(), headers={"x-mock-universe": "elsewhere"})
    assert named.json()["id"] == ids[1]


@pytest.mark.parametrize(
    ("mode", "speed", "passed"), [("frozen", 1.0, 0), ("real", 20.0, 10), (None, 20.0, 200)], ids=str
)
async def test_how_a_universe_begins(serve: Serve, wall: Wall, mode: str | None, speed: float, passed: float) -> None:
    """From a time of its own, frozen, real, or as fast as the server's others."""
    client = await serve(speed=speed)
    answer = await client.post("/_mock/reset", json={"start": 1_000_000_000.5, "mode": mode})
    assert (answer.json()["now"], answer.json()["time"]) == (1_000_000_000.5, "2001-09-09T01:46:40Z")
    wall.advance(10)
    assert (await client.get("/_mock/clock")).json()["now"] == 1_000_000_000.5 + passed


@pytest.mark.parametrize(
    ("change", "param"), [({"mode": "scaled"}, "mode"), ({"start": -1}, "start"), ({"sead": "a"}, "sead")], ids=str
)
async def test_a_beginning_that_cannot_be(client: httpx2.AsyncClient, change: object, param: str) -> None:
    """The universe stays as it is."""
    await create(client)
    answer = await client.post("/_mock/reset", json=change)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert (await client.get("/v1/tasks")).json()["total"] == 1
