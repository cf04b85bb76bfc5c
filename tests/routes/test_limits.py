"""The rate limit: off unless it is set, and honest about when to come back."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from mock_server.store import SqliteStore
from tests.serving import CREATE, Serve, Wall, bearer, example

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]


@pytest.mark.clauses("ERR-429", "HTTP-RETRY-AFTER")
async def test_waiting_as_told_is_enough(serve: Serve, wall: Wall) -> None:
    """Who waits exactly as long as told succeeds; who comes a second or a microsecond sooner does not."""
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
    wall.advance(0.999_999)
    assert (await client.get("/v1/tasks")).headers["retry-after"] == "1"
    wall.advance(0.000_001)
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


async def limit(client: httpx2.AsyncClient, requests_per_minute: int | None, universe: str = "default") -> None:
    """Set the limits of a universe."""
    body = {"requests_per_minute": requests_per_minute}
    answer = await client.put("/_mock/limits", json=body, headers={"x-mock-universe": universe})
    assert (answer.status_code, answer.json()["requests_per_minute"]) == (200, requests_per_minute), answer.text


async def knock(client: httpx2.AsyncClient, number: int, universe: str = "default") -> list[int]:
    """Make requests one after the other, and return their statuses."""
    headers = {"x-mock-universe": universe}
    return [(await client.get("/v1/tasks", headers=headers)).status_code for _ in range(number)]


@pytest.mark.clauses("ERR-429")
async def test_without_a_limit_nothing_is_refused(client: httpx2.AsyncClient) -> None:
    """However many requests come, none is refused unless a limit is set."""
    assert set(await knock(client, 100)) == {200}


@pytest.mark.clauses("ERR-429", "HTTP-RETRY-AFTER")
async def test_a_universe_has_a_limit_of_its_own(serve: Serve, wall: Wall) -> None:
    """A limit set while the server runs holds from the next request on, in that universe, until it is lifted."""
    client = await serve(requests_per_minute=2)
    await limit(client, 4)
    assert await knock(client, 5) == [200] * 4 + [429]
    assert await knock(client, 3, "blue") == [200, 200, 429]
    await limit(client, None)
    assert await knock(client, 9) == [200] * 9
    wall.advance(30)
    assert await knock(client, 2, "blue") == [200, 429]


@pytest.mark.clauses("ERR-429", "HTTP-RETRY-AFTER")
async def test_the_wait_is_in_the_universes_time(serve: Serve) -> None:
    """On a frozen clock a wait ends when the clock is moved as far as was told, and no sooner."""
    client = await serve(speed=0, requests_per_minute=1)
    await knock(client, 1)
    for seconds, status in ((59.999_999, 429), (0.000_001, 200)):
        await client.post("/_mock/clock", json={"advance": seconds})
        assert await knock(client, 1) == [status]


async def test_a_clock_that_is_set_back(serve: Serve) -> None:
    """In a universe that goes back to an earlier time nobody waits longer than a minute's requests take."""
    client = await serve(speed=0, requests_per_minute=2)
    await knock(client, 2)
    assert (await client.post("/_mock/clock", json={"set": 1_000})).status_code == 200
    refused = await client.get("/v1/tasks")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    for seconds, status in ((29.999_999, 429), (0.000_001, 200)):
        await client.post("/_mock/clock", json={"advance": seconds})
        assert await knock(client, 1) == [status]


async def test_a_request_that_is_refused_does_nothing(serve: Serve, wall: Wall) -> None:
    """A create that is refused makes no task and claims no key; the same request is served later."""
    client = await serve(requests_per_minute=1)
    await knock(client, 1)
    headers = {"idempotency-key": "k"}
    assert (await client.post(CREATE, json=example(), headers=headers)).status_code == 429
    wall.advance(60)
    created = await client.post(CREATE, json=example(prompt="another"), headers=headers)
    assert (created.status_code, "idempotency-replayed" in created.headers) == (200, False)


@pytest.mark.clauses("ERR-429")
async def test_two_servers_of_one_file_share_the_limit(serve: Serve, wall: Wall, tmp_path: Path) -> None:
    """Whichever server of a state file requests come to, no more are served together than the limit says."""
    clients = [await serve(store=SqliteStore(tmp_path / "state.db")) for _ in range(2)]
    await limit(clients[0], 10)
    answers = await asyncio.gather(*(clients[number % 2].get("/v1/tasks") for number in range(30)))
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [429] * 20
    wall.advance(6)
    assert [*await knock(clients[1], 1), *await knock(clients[0], 1)] == [200, 429]


@pytest.mark.clauses("ERR-429")
async def test_a_limit_over_a_restart(serve: Serve, wall: Wall, tmp_path: Path) -> None:
    """A server that takes up a state file goes on with its limits, and with what was used up."""
    before = await serve(store=SqliteStore(tmp_path / "state.db"))
    await limit(before, 3)
    assert await knock(before, 2) == [200, 200]
    after = await serve(store=SqliteStore(tmp_path / "state.db"))
    assert await knock(after, 2) == [200, 429]
    wall.advance(20)
    assert await knock(after, 2) == [200, 429]
