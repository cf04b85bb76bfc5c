"""Universes: kept apart on one server, chosen by the key or by a header."""

import httpx2
import pytest

from tests.serving import CREATE, Wall, bearer, create, example

pytestmark = pytest.mark.anyio

BY_KEY = bearer("sk-mock-blue")
BY_HEADER = {"x-mock-universe": "blue"}


async def test_the_key_names_a_universe(client: httpx2.AsyncClient) -> None:
    """A mock key lives in the universe that it names, every other key in `default`."""
    names = [
        (await client.get("/_mock/health", headers=headers)).json()["universe"]
        for headers in ({}, BY_KEY, BY_HEADER, BY_KEY | {"x-mock-universe": "red"}, bearer("sk-mock-no-credit"))
    ]
    assert names == ["default", "blue", "blue", "red", "default"]


@pytest.mark.parametrize("headers", [BY_KEY, BY_HEADER], ids=["by key", "by header"])
async def test_tasks_and_money_are_apart(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    """What happens in one universe leaves no trace in another."""
    task = (await client.post(CREATE, json=example(), headers=headers)).json()
    assert (await client.get(f"/v1/tasks/{task['id']}", headers=headers)).status_code == 200
    assert (await client.get(f"/v1/tasks/{task['id']}")).status_code == 404
    assert (await client.get("/v1/tasks")).json()["total"] == 0
    assert (await client.post("/v1/tasks/batch", json={"task_ids": [task["id"]]})).json() == {"data": []}
    left = [
        (await client.get("/v1/credits", headers=more)).json()["data"]["user"]["remaining_credits"]
        for more in ({}, headers)
    ]
    assert left == [1_000, 976.2]


async def test_one_key_in_two_universes_is_two_accounts(client: httpx2.AsyncClient) -> None:
    """The header moves a key to another universe, where it has an account of its own."""
    await create(client)
    accounts = [
        (await client.get("/_mock/accounts", headers=headers)).json()["accounts"] for headers in ({}, BY_HEADER)
    ]
    assert [len(rows) for rows in accounts] == [1, 0]
    await client.post(CREATE, json=example(), headers=BY_HEADER)
    moved = (await client.get("/_mock/accounts", headers=BY_HEADER)).json()["accounts"]
    assert moved[0]["id"] != accounts[0][0]["id"]


async def test_clocks_are_apart(client: httpx2.AsyncClient, wall: Wall) -> None:
    """Time that is stopped or moved in one universe goes on in another."""
    await client.post("/_mock/clock", json={"mode": "frozen"}, headers=BY_KEY)
    wall.advance(100)
    await client.post("/_mock/clock", json={"advance": 7}, headers=BY_KEY)
    here, there = [(await client.get("/_mock/clock", headers=headers)).json() for headers in ({}, BY_KEY)]
    assert (here["mode"], here["now"]) == ("real", 1757169843)
    assert (there["mode"], there["now"]) == ("frozen", 1757169750)


async def test_tasks_of_two_universes_are_not_the_same(client: httpx2.AsyncClient) -> None:
    """Each universe has its own luck."""
    here = await create(client)
    there = (await client.post(CREATE, json=example(), headers=BY_HEADER)).json()
    assert here["id"] != there["id"]


@pytest.mark.clauses("ERR-400", "CRED-400", "CRED-ERR-BODY")
@pytest.mark.parametrize("name", ["", "Blue", "a" * 65, "a b", "-a", ".", "a/b"])
async def test_impossible_names(client: httpx2.AsyncClient, name: str) -> None:
    """A name that no universe can have is refused, in the words of each page."""
    for path, code in (("/v1/tasks", "invalid_request"), ("/v1/credits", 400), ("/_mock/clock", "invalid_request")):
        answer = await client.get(path, headers={"x-mock-universe": name})
        error = answer.json()["error"]
        assert answer.status_code == 400
        assert (error["code"], error["param"]) == (code, "X-Mock-Universe")
        assert error["message"].endswith(
            ": X-Mock-Universe must be 1 to 64 of a-z, 0-9, '.', '_' and '-', and start with a letter or digit"
        )


@pytest.mark.parametrize("name", ["a", "a" * 64, "0", "ci-run_7.blue", "default", "unauthorized"])
async def test_possible_names(client: httpx2.AsyncClient, name: str) -> None:
    """Anything else opens a universe, the names of magic keys included."""
    answer = await client.get("/_mock/health", headers={"x-mock-universe": name})
    assert answer.json()["universe"] == name
