"""The rate limit: off unless it is set, and honest about when to come back."""

import httpx2
import pytest

from tests.serving import CREATE, Serve, Wall, bearer, example

pytestmark = pytest.mark.anyio


@pytest.mark.clauses("ERR-429", "HTTP-RETRY-AFTER")
async def test_waiting_as_told_is_enough(serve: Serve, wall: Wall) -> None:
    """Who waits exactly as long as told succeeds; who comes a second sooner does not."""
    client = await serve(requests_per_minute=6)
    answers = [await client.post(CREATE, json=example()) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    refused = answers[-1]
    assert refused.json()["error"] == {
        "code": "rate_limit_exceeded",
        "message": "Too many requests, please try again later",
        "type": "rate_limit_error",
    }
    wait = int(refused.headers["retry-after"])
    assert wait == 10
    wall.advance(wait - 1)
    assert (await client.get("/v1/tasks")).headers["retry-after"] == "1"
    wall.advance(1)
    assert (await client.get("/v1/tasks")).status_code == 200
    assert (await client.get("/v1/tasks")).status_code == 429


@pytest.mark.clauses("HTTP-RETRY-AFTER")
async def test_a_part_of_a_second_is_rounded_up(serve: Serve, wall: Wall) -> None:
    """Retry-After is in whole seconds, and never too short."""
    client = await serve(requests_per_minute=90)
    while (answer := await client.get("/v1/models")).status_code == 200:
        pass
    assert answer.headers["retry-after"] == "1"
    wall.advance(1)
    assert (await client.get("/v1/models")).status_code == 200


@pytest.mark.clauses("TASK-429", "CRED-429")
@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("/v1/tasks/task-unified-1", "rate_limit_exceeded", "Rate limit exceeded"),
        ("/v1/credits", 429, "Rate limit exceeded"),
    ],
)
async def test_every_operation_counts(serve: Serve, path: str, code: str | int, message: str) -> None:
    """Reads use up the same bucket, and are refused in the words of their page."""
    client = await serve(requests_per_minute=1)
    await client.get("/v1/tasks")
    error = (await client.get(path)).json()["error"]
    assert (error["code"], error["message"]) == (code, message)


async def test_accounts_have_buckets_of_their_own(serve: Serve) -> None:
    """One key cannot use up another's requests, nor the same key's in another universe."""
    client = await serve(requests_per_minute=1)
    elsewhere = [{}, bearer("sk-other"), {"x-mock-universe": "elsewhere"}]
    answers = [await client.get("/v1/tasks", headers=headers) for headers in elsewhere]
    assert [answer.status_code for answer in answers] == [200, 200, 200]


async def test_refused_requests_use_up_nothing(serve: Serve, wall: Wall) -> None:
    """Knocking at the door does not keep it shut."""
    client = await serve(requests_per_minute=1)
    for _ in range(60):
        await client.get("/v1/tasks")
        wall.advance(1)
    assert (await client.get("/v1/tasks")).status_code == 200


async def test_what_is_not_the_api_is_not_limited(serve: Serve) -> None:
    """The control API and the contract answer however often they are asked."""
    client = await serve(requests_per_minute=1)
    for path in ("/_mock/health", "/openapi.json", "/_mock/clock") * 2:
        assert (await client.get(path)).status_code == 200


async def test_off_by_default(client: httpx2.AsyncClient) -> None:
    """Without the setting nobody is refused."""
    assert {(await client.get("/v1/models")).status_code for _ in range(100)} == {200}
