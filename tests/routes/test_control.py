"""The control API: time, reset, accounts, and who may ask."""

from typing import Any

import httpx2
import pytest

from mock_server.store import SqliteStore
from tests.serving import CREATE, START, Serve, Wall, create, example

pytestmark = pytest.mark.anyio

CLOCK = "/_mock/clock"
ELSEWHERE = {"x-mock-universe": "elsewhere"}
NOW = START / 1_000_000


async def test_health(client: httpx2.AsyncClient) -> None:
    """Whoever waits for the server to come up asks here, without a key."""
    del client.headers["authorization"]
    assert (await client.get("/_mock/health")).json() == {
        "status": "ok",
        "models": ["wan2.6-reference-video-flash"],
        "universe": "default",
    }


@pytest.mark.parametrize(
    ("change", "mode", "rate", "passed"),
    [
        ({"mode": "real"}, "real", 1, 10),
        ({"mode": "frozen"}, "frozen", 0, 0),
        ({"mode": "scaled", "rate": 20}, "scaled", 20, 200),
        ({"mode": "scaled", "rate": 0.5}, "scaled", 0.5, 5),
        ({"mode": "scaled", "rate": 1_000_000}, "scaled", 1_000_000, 10_000_000),
        ({"mode": "scaled", "rate": 1}, "real", 1, 10),
        ({"advance": 12.5}, "real", 1, 22.5),
        ({"advance": 0}, "real", 1, 10),
        ({"advance": 316_224_000}, "real", 1, 316_224_010),
    ],
    ids=str,
)
async def test_clock(
    client: httpx2.AsyncClient, wall: Wall, change: dict[str, Any], mode: str, rate: float, passed: float
) -> None:
    """A change holds from now on: ten real seconds later, so many have passed."""
    answer = await client.post(CLOCK, json=change)
    assert answer.status_code == 200
    assert answer.json()["now"] == NOW + change.get("advance", 0)
    wall.advance(10)
    shown = (await client.get(CLOCK)).json()
    assert (shown["universe"], shown["mode"], shown["rate"]) == ("default", mode, rate)
    assert shown["now"] == NOW + passed


async def test_time_is_shown_in_words(client: httpx2.AsyncClient) -> None:
    """The clock's time is there for people, too."""
    assert (await client.get(CLOCK)).json() == {
        "universe": "default",
        "mode": "real",
        "rate": 1,
        "now": NOW,
        "time": "2025-09-06T14:42:23Z",
    }


async def test_a_frozen_clock_goes_on_from_where_it_was(client: httpx2.AsyncClient, wall: Wall) -> None:
    """Time that passed while it stood still is not made up for."""
    await client.post(CLOCK, json={"mode": "frozen"})
    wall.advance(1_000)
    await client.post(CLOCK, json={"advance": 5})
    await client.post(CLOCK, json={"mode": "real"})
    wall.advance(1)
    assert (await client.get(CLOCK)).json()["now"] == NOW + 6


async def test_advance_moves_tasks(client: httpx2.AsyncClient) -> None:
    """What fell due on the way is done when the answer comes."""
    task = await create(client)
    await client.post(CLOCK, json={"advance": 200})
    assert (await client.get(f"/v1/tasks/{task['id']}")).json()["status"] == "completed"


REFUSED: dict[str, tuple[object, str, str | None]] = {
    "nothing": ({}, 'send either a mode or an advance, such as {"mode": "frozen"} or {"advance": 12.5}', None),
    "both": (
        {"mode": "frozen", "advance": 1},
        'send either a mode or an advance, such as {"mode": "frozen"} or {"advance": 12.5}',
        None,
    ),
    "a rate alone": (
        {"rate": 2},
        'send either a mode or an advance, such as {"mode": "frozen"} or {"advance": 12.5}',
        None,
    ),
    "scaled without a rate": (
        {"mode": "scaled"},
        'a rate goes with the mode scaled and with no other: {"mode": "scaled", "rate": 20}',
        None,
    ),
    "frozen with a rate": (
        {"mode": "frozen", "rate": 2},
        'a rate goes with the mode scaled and with no other: {"mode": "scaled", "rate": 20}',
        None,
    ),
    "another mode": ({"mode": "fast"}, 'mode must be one of real, scaled, frozen, got "fast"', "mode"),
    "a rate of nothing": ({"mode": "scaled", "rate": 0}, "rate must be greater than 0, got 0", "rate"),
    "a rate backwards": ({"mode": "scaled", "rate": -1}, "rate must be greater than 0, got -1", "rate"),
    "too fast": ({"mode": "scaled", "rate": 1_000_001}, "rate must be at most 1000000, got 1000001", "rate"),
    "backwards": ({"advance": -0.1}, "advance must be at least 0, got -0.1", "advance"),
    "too far": ({"advance": 316_224_001}, "advance must be at most 316224000, got 316224001", "advance"),
    "a number in quotes": ({"advance": "5"}, 'advance must be a number, got "5"', "advance"),
    "true": ({"advance": True}, "advance must be a number, got true", "advance"),
    "null": ({"advance": None}, "advance must be a number", "advance"),
    "an unknown name": (
        {"seconds": 5},
        "the request body may have mode, rate and advance, and nothing else",
        None,
    ),
    "a list": ([], "the request body must be an object", None),
    "a number": (5, "the request body must be an object, got 5", None),
}


@pytest.mark.parametrize(("body", "detail", "param"), REFUSED.values(), ids=list(REFUSED))
async def test_refused_changes(client: httpx2.AsyncClient, body: object, detail: str, param: str | None) -> None:
    """A change that cannot be is told why, and the clock stays as it is."""
    answer = await client.post(CLOCK, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": "invalid_request",
        "message": f"Invalid request parameters: {detail}",
        "type": "invalid_request_error",
    } | ({} if param is None else {"param": param})
    assert (await client.get(CLOCK)).json()["mode"] == "real"


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [(b"", "application/json", 400), (b"{", "application/json", 400), (b"{}", "text/plain", 415)],
    ids=["empty", "half", "plain text"],
)
async def test_unreadable_changes(client: httpx2.AsyncClient, content: bytes, media_type: str, status: int) -> None:
    """Bodies are read as everywhere else."""
    answer = await client.post(CLOCK, content=content, headers={"content-type": media_type})
    assert answer.status_code == status


async def test_too_large_a_change(serve: Serve) -> None:
    """The limit of bodies holds here, too."""
    client = await serve(body_limit=2_000)
    assert (await client.post(CLOCK, content=b" " * 2_001)).status_code == 413


async def test_reset(client: httpx2.AsyncClient, facts: SqliteStore, wall: Wall) -> None:
    """Nothing of the universe is left: tasks, accounts, keys, and its clock begins anew."""
    headers = {"idempotency-key": "once"}
    task = (await client.post(CREATE, json=example(), headers=headers)).json()
    await client.post(CLOCK, json={"mode": "frozen"})
    wall.advance(60)
    answer = await client.post("/_mock/reset")
    assert answer.json() == {
        "reset": True,
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


async def test_reset_leaves_other_universes_alone(client: httpx2.AsyncClient) -> None:
    """A test that cleans up after itself does not disturb its neighbour."""
    await create(client)
    await client.post("/_mock/reset", headers=ELSEWHERE)
    assert (await client.get("/v1/tasks")).json()["total"] == 1


async def test_the_same_world_after_a_reset(client: httpx2.AsyncClient) -> None:
    """The universe begins from its seed again: the same request at the same time makes the same task."""
    first = await create(client)
    await client.post("/_mock/reset")
    assert await create(client) == first


async def test_accounts(client: httpx2.AsyncClient, wall: Wall) -> None:
    """Every account that was used is listed with its money."""
    await create(client)
    wall.advance(200)
    await create(client, duration=2)
    answer = (await client.get("/_mock/accounts")).json()
    name = answer["accounts"][0].pop("name")
    assert name
    assert answer == {
        "universe": "default",
        "accounts": [
            {
                "id": answer["accounts"][0]["id"],
                "available_credits": 959.54,
                "reserved_credits": 16.66,
                "charged_credits": 23.8,
            }
        ],
    }


async def test_names_follow_from_the_seed(serve: Serve) -> None:
    """One seed gives an account one name, on every server; another seed another."""
    names = []
    for seed in ("a", "a", "b"):
        client = await serve(seed=seed)
        await create(client)
        names.append((await client.get("/_mock/accounts")).json()["accounts"][0]["name"])
    assert names[0] == names[1] != names[2]


class Broken(SqliteStore):
    """A store that has lost its accounts."""

    async def accounts(self, universe: str) -> tuple[str, ...]:
        """Fail."""
        raise OSError(universe)


async def test_a_bug_is_a_500(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """What nobody foresaw is answered in the usual form, and told in the log."""
    client = await serve(store=Broken())
    answer = await client.get("/_mock/accounts")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "OSError: default" in caplog.text
