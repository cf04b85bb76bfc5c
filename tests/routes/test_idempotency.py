"""The same key is the same task: replays, conflicts, and how long a key is remembered."""

import asyncio

import httpx2
import pytest

from tests.serving import CREATE, Serve, Wall, bearer, create, example

pytestmark = pytest.mark.anyio

HEADERS = {"idempotency-key": "run_5f0c9a3e7d2b41c8a6f4e2d10b9c8a77"}
DAY = 24 * 3_600


@pytest.mark.clauses("IDEM-REPLAY")
async def test_replay(client: httpx2.AsyncClient, wall: Wall) -> None:
    """The answer is that of the first time, byte for byte and later too, and says that it is a replay."""
    first = await client.post(CREATE, json=example(), headers=HEADERS)
    wall.advance(200)
    second = await client.post(CREATE, json=example(), headers=HEADERS)
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert second.content == first.content
    assert (await client.get("/v1/tasks")).json()["total"] == 1
    assert (await client.get("/v1/credits")).json()["data"]["user"]["remaining_credits"] == 976.2


@pytest.mark.clauses("IDEM-REPLAY")
async def test_spacing_and_order_do_not_matter(client: httpx2.AsyncClient) -> None:
    """Two bodies that say the same are the same."""
    body = example(duration=5)
    first = await client.post(CREATE, json=body, headers=HEADERS)
    again = httpx2.Request("POST", "http://x", json=dict(reversed(body.items()))).content.replace(b",", b" ,\n")
    second = await client.post(CREATE, content=again, headers=HEADERS)
    assert second.json()["id"] == first.json()["id"]


@pytest.mark.clauses("IDEM-CONFLICT")
async def test_another_body(client: httpx2.AsyncClient) -> None:
    """The key of one request cannot be used for another."""
    await client.post(CREATE, json=example(), headers=HEADERS)
    answer = await client.post(CREATE, json=example(prompt="Another"), headers=HEADERS)
    assert answer.status_code == 409
    assert answer.headers["x-mock-clauses"] == "IDEM-CONFLICT"
    assert answer.json()["error"] == {
        "code": "idempotency_conflict",
        "message": "This idempotency key was already used with a different request body",
        "type": "invalid_request_error",
        "param": "Idempotency-Key",
    }
    assert (await client.get("/v1/tasks")).json()["total"] == 1


@pytest.mark.clauses("IDEM-LIFETIME")
async def test_lifetime(client: httpx2.AsyncClient, wall: Wall) -> None:
    """A key is remembered for a day to the microsecond; then it makes a new task."""
    first = await client.post(CREATE, json=example(), headers=HEADERS)
    wall.advance(DAY - 0.000001)
    kept = await client.post(CREATE, json=example(), headers=HEADERS)
    wall.advance(0.000001)
    fresh = await client.post(CREATE, json=example(), headers=HEADERS)
    assert kept.json()["id"] == first.json()["id"]
    assert fresh.json()["id"] != first.json()["id"]
    assert "idempotency-replayed" not in fresh.headers


@pytest.mark.clauses("IDEM-REPLAY")
async def test_a_refused_create_claims_nothing(client: httpx2.AsyncClient) -> None:
    """A key whose request was refused can be used for the mended one."""
    refused = await client.post(CREATE, json=example(duration=99), headers=HEADERS)
    mended = await client.post(CREATE, json=example(), headers=HEADERS)
    assert (refused.status_code, mended.status_code) == (400, 200)
    assert "idempotency-replayed" not in mended.headers


@pytest.mark.clauses("IDEM-REPLAY", "ERR-402")
async def test_a_create_without_credits_claims_nothing(serve: Serve) -> None:
    """A key whose request could not be paid for can be used for a cheaper one."""
    client = await serve(credits=20)
    refused = await client.post(CREATE, json=example(), headers=HEADERS)
    cheaper = await client.post(CREATE, json=example(duration=2), headers=HEADERS)
    assert (refused.status_code, cheaper.status_code) == (402, 200)


@pytest.mark.clauses("IDEM-REPLAY")
async def test_a_replay_needs_no_credits(serve: Serve) -> None:
    """A task that was paid for is shown again to an account that has nothing left."""
    client = await serve(credits=23.8)
    first = await client.post(CREATE, json=example(), headers=HEADERS)
    second = await client.post(CREATE, json=example(), headers=HEADERS)
    assert second.content == first.content


@pytest.mark.clauses("IDEM-REPLAY")
async def test_parallel_requests_make_one_task(client: httpx2.AsyncClient) -> None:
    """Of twenty at once one creates the task and the others are shown it."""
    answers = await asyncio.gather(*(client.post(CREATE, json=example(), headers=HEADERS) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 19


@pytest.mark.clauses("IDEM-REPLAY")
async def test_keys_belong_to_accounts(client: httpx2.AsyncClient) -> None:
    """Two accounts, or one key in two universes, can use the same word."""
    elsewhere = [{}, bearer("sk-other"), {"x-mock-universe": "elsewhere"}]
    answers = [await client.post(CREATE, json=example(), headers=HEADERS | more) for more in elsewhere]
    assert len({answer.json()["id"] for answer in answers}) == len(elsewhere)
    assert not any("idempotency-replayed" in answer.headers for answer in answers)


@pytest.mark.clauses("IDEM-KEY-FORM")
@pytest.mark.parametrize("key", ["a", "~" * 255, "cli-0b6f5f5c-7f0c-4a52-9a5c-1d1f2c3b4a59"])
async def test_possible_keys(client: httpx2.AsyncClient, key: str) -> None:
    """One to 255 visible characters make a key."""
    answer = await client.post(CREATE, json=example(), headers={"idempotency-key": key})
    assert answer.status_code == 200


@pytest.mark.clauses("IDEM-KEY-FORM")
@pytest.mark.parametrize("key", [b"", b"a" * 256, b"a b", b"\xc3\xbc"], ids=["empty", "256", "a space", "not ASCII"])
async def test_impossible_keys(client: httpx2.AsyncClient, key: bytes) -> None:
    """Anything else is refused, and no task is created."""
    answer = await client.post(CREATE, json=example(), headers={b"idempotency-key": key})
    assert answer.status_code == 400
    assert answer.headers["x-mock-clauses"] == "IDEM-KEY-FORM"
    assert answer.json()["error"] == {
        "code": "invalid_request",
        "message": "Invalid request parameters: Idempotency-Key must be 1 to 255 visible ASCII characters",
        "type": "invalid_request_error",
        "param": "Idempotency-Key",
    }
    assert (await client.get("/v1/tasks")).json()["total"] == 0


async def test_without_a_key_every_request_is_new(client: httpx2.AsyncClient) -> None:
    """Only those who ask for it are spared a second task."""
    assert (await create(client))["id"] != (await create(client))["id"]
