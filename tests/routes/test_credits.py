"""Money on the wire: what is left, what is reserved, what is charged."""

import asyncio

import httpx2
import pytest

from mock_server.store import SqliteStore
from tests.serving import CREATE, Serve, Wall, bearer, create, example

pytestmark = pytest.mark.anyio


async def remaining(client: httpx2.AsyncClient, key: str | None = None) -> float:
    """Return what an account has left."""
    answer = await client.get("/v1/credits", headers=bearer(key) if key else {})
    left: float = answer.json()["data"]["user"]["remaining_credits"]
    return left


@pytest.mark.clauses(
    "CRED-READ",
    "CRED-DATA",
    "CRED-SUCCESS",
    "CRED-MESSAGE",
    "CRED-TOKEN-REMAINING",
    "CRED-TOKEN-UNLIMITED",
    "CRED-TOKEN-USED",
    "CRED-USER-REMAINING",
    "CRED-USER-USED",
)
async def test_body(client: httpx2.AsyncClient) -> None:
    """A new account has what accounts open with; key and account are the same."""
    assert (await client.get("/v1/credits")).json() == {
        "success": True,
        "message": "",
        "data": {
            "token": {"remaining_credits": 1_000, "unlimited_credits": False, "used_credits": 0},
            "user": {"remaining_credits": 1_000, "used_credits": 0},
        },
    }


@pytest.mark.clauses("BILL-SUCCESS", "RES-RESERVED", "CRED-USER-REMAINING", "CRED-USER-USED")
async def test_reserved_then_charged(client: httpx2.AsyncClient, wall: Wall) -> None:
    """A task takes its estimate at once, and is charged when it is completed and not before."""
    await create(client)
    assert (await client.get("/v1/credits")).json()["data"]["user"] == {"remaining_credits": 976.2, "used_credits": 0}
    wall.advance(200)
    after = (await client.get("/v1/credits")).json()["data"]
    assert after["user"] == {"remaining_credits": 976.2, "used_credits": 23.8}
    assert after["token"] == {**after["user"], "unlimited_credits": False}


@pytest.mark.clauses("ERR-402")
async def test_too_little(serve: Serve) -> None:
    """Without the credits for it no task exists and nothing is reserved; the message says what is missing."""
    client = await serve(credits=30)
    await create(client)
    answer = await client.post(CREATE, json=example())
    assert answer.status_code == 402
    assert answer.json()["error"] == {
        "code": "insufficient_quota",
        "message": (
            "Insufficient quota. Please top up your account. This task reserves 23.8 credits, 6.2 are available."
        ),
        "type": "insufficient_quota",
    }
    assert (await client.get("/v1/tasks")).json()["total"] == 1
    assert await remaining(client) == 6.2


@pytest.mark.clauses("ERR-402")
async def test_just_enough(serve: Serve) -> None:
    """An account can be spent to the last credit."""
    client = await serve(credits=47.6)
    await create(client)
    await create(client)
    assert await remaining(client) == 0


@pytest.mark.clauses("BILL-SUCCESS")
async def test_charges_do_not_free_credits(serve: Serve, wall: Wall) -> None:
    """What was reserved and then charged stays spent."""
    client = await serve(credits=30)
    await create(client)
    wall.advance(200)
    assert (await client.post(CREATE, json=example())).status_code == 402


@pytest.mark.clauses("ERR-402", "RES-RESERVED")
async def test_parallel_creates_never_overdraw(serve: Serve) -> None:
    """Of forty creates at once on credits for five, five succeed."""
    store = SqliteStore()
    client = await serve(store=store, credits=5 * 23.8)
    answers = await asyncio.gather(*(client.post(CREATE, json=example()) for _ in range(40)))
    codes = [answer.status_code for answer in answers]
    assert (codes.count(200), codes.count(402)) == (5, 35)
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 5
    assert await remaining(client) == 0
    assert (await client.get("/v1/tasks")).json()["total"] == 5


async def test_accounts_are_apart(client: httpx2.AsyncClient) -> None:
    """One key's tasks cost another nothing."""
    await create(client)
    assert await remaining(client) == 976.2
    assert await remaining(client, "sk-other") == 1_000


@pytest.mark.clauses("CRED-ERR-BODY")
async def test_errors_have_the_pages_own_form(client: httpx2.AsyncClient) -> None:
    """On this page alone the code is a number."""
    answer = await client.get("/v1/credits", headers={"authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert answer.json()["error"] == {
        "code": 401,
        "message": "Invalid or expired token",
        "type": "authentication_error",
    }
