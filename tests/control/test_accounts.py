"""Accounts by hand: their money, their group, and what is closed to them; and the limits of all of them."""

from typing import Any

import httpx2
import pytest

from mock_server.client import AsyncControl, ControlError
from mock_server.control.shapes import LimitsState
from mock_server.core.ids import account_id
from openapi.operations import load_operations
from tests.serving import CREATE, KEY, Serve, Wall, bearer, create, example

pytestmark = pytest.mark.anyio

ACCOUNTS = "/_mock/accounts"
OWN = account_id("default", KEY)
MODEL = "wan2.6-reference-video-flash"


async def test_an_account_with_its_money(client: httpx2.AsyncClient, wall: Wall) -> None:
    """Every account that was used is listed with what it has, has reserved and was charged."""
    await create(client)
    wall.advance(200)
    await create(client, duration=2)
    answer = (await client.get(ACCOUNTS)).json()
    assert answer["accounts"][0].pop("name")
    assert answer == {
        "universe": "default",
        "accounts": [
            {
                "id": OWN,
                "available_credits": 959.54,
                "reserved_credits": 16.66,
                "charged_credits": 23.8,
                "group": "default",
                "closed": False,
                "closed_models": [],
            }
        ],
    }


async def test_names_follow_from_the_seed(serve: Serve) -> None:
    """One seed gives an account one name, on every server; another seed another."""
    names = []
    for seed in ("a", "a", "b"):
        client = await serve(seed=seed)
        await create(client)
        names.append((await client.get(ACCOUNTS)).json()["accounts"][0]["name"])
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize(("key", "account"), [(KEY, None), (None, OWN)], ids=["by its key", "by its id"])
async def test_credits(client: httpx2.AsyncClient, control: AsyncControl, key: str | None, account: str | None) -> None:
    """What is set is available from now on, whatever was reserved; an account that was never used comes into being."""
    assert (await control.change_account(key=key, account=account, credits=23.8)).available_credits == 23.8
    await create(client)
    refused = await client.post(CREATE, json=example())
    assert refused.status_code == 402
    shown = await control.change_account(key=key, account=account, credits=40)
    assert (shown.id, shown.available_credits, shown.reserved_credits) == (OWN, 40, 23.8)
    await create(client)
    assert (await control.list_accounts()).accounts[0].available_credits == 16.2


async def test_a_group_shows_in_new_tasks(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """A task keeps the group that its account had when it was created."""
    before = await create(client)
    assert (await control.change_account(key=KEY, group="vip")).group == "vip"
    after = await create(client)
    groups = [(await client.get(f"/v1/tasks/{task['id']}")).json()["usage"]["user_group"] for task in (before, after)]
    assert groups == ["default", "vip"]
    assert [task.group for task in (await control.list_tasks()).tasks] == groups


async def test_a_closed_key(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """It gets what an unknown key gets, until it is opened again; another key is as before."""
    await control.change_account(key=KEY, closed=True)
    answer = await client.get("/v1/credits")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["error"]["code"] == 401
    created = await client.post(CREATE, json=example())
    assert (created.status_code, created.json()["error"]["code"]) == (401, "unauthorized")
    assert (await client.get("/v1/credits", headers=bearer("sk-other"))).status_code == 200
    assert (await control.change_account(key=KEY, closed=False)).closed is False
    assert (await client.get("/v1/credits")).status_code == 200


async def test_a_closed_model(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """It cannot be used, is not listed, and is not shown, until it is opened again."""
    assert (await control.change_account(key=KEY, closed_models=(MODEL,))).closed_models == (MODEL,)
    created = await client.post(CREATE, json=example())
    assert (created.status_code, created.json()["error"]["code"]) == (403, "model_access_denied")
    assert MODEL not in {row["id"] for row in (await client.get("/v1/models")).json()["data"]}
    assert (await client.get(f"/v1/models/{MODEL}")).status_code == 404
    others = (await client.get("/v1/models", headers=bearer("sk-other"))).json()["data"]
    assert MODEL in {row["id"] for row in others}
    await control.change_account(key=KEY, closed_models=())
    await create(client)


async def test_what_is_left_out_stays(control: AsyncControl) -> None:
    """Each change sets what it names; an account of which something is set is listed."""
    await control.change_account(key=KEY, group="vip", closed=True)
    shown = await control.change_account(account=OWN, closed_models=(MODEL,))
    assert (shown.group, shown.closed, shown.closed_models) == ("vip", True, (MODEL,))
    assert [account.id for account in (await control.list_accounts()).accounts] == [OWN]


async def test_an_account_is_one_of_its_universe(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """The same key has an account of its own in each universe."""
    elsewhere = AsyncControl(str(client.base_url), client=client, universe="elsewhere")
    other = await elsewhere.change_account(key=KEY, credits=5)
    assert other.id == account_id("elsewhere", KEY) != OWN
    assert (await control.list_accounts()).accounts == ()
    with pytest.raises(ControlError) as raised:
        await control.change_account(account=other.id, credits=5)
    assert (raised.value.status, raised.value.param) == (404, "account")
    assert raised.value.message.endswith(f"{other.id} is no account of the universe default")


REFUSED: dict[str, tuple[dict[str, Any], int, str, str | None]] = {
    "no account": ({"credits": 1}, 400, "name the account by its key or by its id: send one of key and account", None),
    "two names": (
        {"key": KEY, "account": OWN},
        400,
        "name the account by its key or by its id: send one of key and account",
        None,
    ),
    "no id": ({"account": "me"}, 400, 'account: expected 18 of A-Z and 0-9, got "me"', "account"),
    "no key": (
        {"key": "secret"},
        400,
        "key: expected sk- and then 1 to 253 of A-Z, a-z, 0-9, '.', '_' and '-', got \"secret\"",
        "key",
    ),
    "an unknown model": (
        {"key": KEY, "closed_models": ["veo"]},
        404,
        f'no model "veo"; known are {", ".join(load_operations().of_models)}',
        "closed_models",
    ),
    "debts": ({"key": KEY, "credits": -1}, 400, "credits: expected a number from 0 to 1000000000, got -1", "credits"),
    "a group in capitals": (
        {"key": KEY, "group": "VIP"},
        400,
        'group: expected default or vip, got "VIP"',
        "group",
    ),
    "a word for closed": ({"key": KEY, "closed": "yes"}, 400, 'closed: expected true or false, got "yes"', "closed"),
}


@pytest.mark.parametrize(("change", "status", "detail", "param"), REFUSED.values(), ids=list(REFUSED))
async def test_refused_changes(
    client: httpx2.AsyncClient, change: dict[str, Any], status: int, detail: str, param: str | None
) -> None:
    """A change that cannot be is told why, and nothing is set."""
    answer = await client.post(ACCOUNTS, json=change)
    assert answer.status_code == status
    assert answer.json()["error"]["message"].endswith(f": {detail}")
    assert answer.json()["error"].get("param") == param
    assert (await client.get(ACCOUNTS)).json()["accounts"] == []


async def test_limits_of_the_server(serve: Serve) -> None:
    """A universe has the server's limits until it has its own; a reset brings them back."""
    client = await serve(requests_per_minute=5, slots=2, slots_per_account=1, slots_per_group=("vip=3",))
    control = AsyncControl(str(client.base_url), client=client)
    of_the_server = await control.show_limits()
    assert of_the_server == LimitsState(requests_per_minute=5, slots=2, slots_per_account=1, slots_per_group={"vip": 3})
    assert await control.change_limits(slots=4) == LimitsState(slots=4) == await control.show_limits()
    await control.reset_universe()
    assert await control.show_limits() == of_the_server


async def test_a_limit_on_requests(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """It holds at once, for each account; without a limit everything goes."""
    await control.change_limits(requests_per_minute=1)
    answers = [(await client.get("/v1/models")).status_code for _ in range(2)]
    assert answers == [200, 429]
    assert (await control.change_limits()).requests_per_minute is None
    assert (await client.get("/v1/models")).status_code == 200


async def test_a_limit_on_tasks_at_once(client: httpx2.AsyncClient, control: AsyncControl, wall: Wall) -> None:
    """Tasks that wait already follow a new limit; and they go on when it is lifted."""
    await control.change_limits(slots=0)
    tasks = [(await create(client))["id"] for _ in range(2)]
    wall.advance(600)
    assert [task.status for task in (await control.list_tasks()).tasks] == ["pending", "pending"]
    assert [task.starts_at for task in (await control.list_tasks()).tasks] == [None, None]
    await control.change_limits(slots=1)
    assert [task.status for task in (await control.list_tasks()).tasks] == ["processing", "pending"]
    second = await control.show_task(tasks[1])
    assert second.waited > 600
    assert second.starts_at == (await control.show_task(tasks[0])).ends_at
    await control.change_limits(slots_per_account=2)
    assert [task.status for task in (await control.list_tasks()).tasks] == ["processing", "processing"]


async def test_a_limit_that_cannot_be(client: httpx2.AsyncClient) -> None:
    """The group at fault is named."""
    answer = await client.put("/_mock/limits", json={"slots_per_group": {"default": 1, "vip": -1}})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "slots_per_group.vip"
