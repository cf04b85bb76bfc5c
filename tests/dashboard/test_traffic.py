"""What the view of the traffic reads: the numbers of what is wanted, lines, and one exchange whole."""

from typing import Any

import httpx2
import pytest

from mock_server.dashboard import traffic
from mock_server.dashboard.traffic import holds
from mock_server.journal.exchange import Exchange
from tests.serving import CREATE, KEY, Serve, create, example

pytestmark = pytest.mark.anyio

TRAFFIC = "/_mock/dashboard/traffic"
LINES = "/_mock/dashboard/lines"
EXCHANGE = "/_mock/dashboard/exchange"
PROMPT = "a heron nobody may know of"


async def ask(client: httpx2.AsyncClient, where: str, **query: Any) -> dict[str, Any]:
    """Read something of the dashboard's, as somebody with another key."""
    answer = await client.get(where, params=query, headers={"authorization": "Bearer sk-reader"})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def careless(serve: Serve, **settings: Any) -> httpx2.AsyncClient:
    """Serve a client that creates, polls into a fault, asks for too much, and misspells a field."""
    client = await serve(plans=("answer 429 on=query times=1",), **settings)
    task = await create(client, prompt=PROMPT)
    await client.get(f"/v1/tasks/{task['id']}")
    await client.post(CREATE, json=example(duration=99))
    await client.post(CREATE, json=example(durration=5))
    await client.get("/v1/credits", headers={"authorization": "Bearer sk-another"})
    return client


async def test_numbers_of_all(client: httpx2.AsyncClient) -> None:
    """Who asks for everything gets every number; who says how far it has come gets the rest."""
    told = await ask(client, TRAFFIC)
    assert (told["numbers"], told["first"], told["last"]) == ([], 1, 0)
    for _ in range(3):
        await client.get("/v1/credits")
    told = await ask(client, TRAFFIC, after=1, generation=told["generation"])
    assert (told["numbers"], told["last"]) == ([2, 3], 3)
    assert (await ask(client, TRAFFIC, after=1, generation=1))["numbers"] == [1, 2, 3]


async def test_what_gave_way_has_no_number(serve: Serve) -> None:
    """Of a journal that is full, those that it still has are listed."""
    client = await serve(journal_bytes=4_000)
    for _ in range(12):
        await client.get("/v1/credits")
    told = await ask(client, TRAFFIC)
    assert 1 < told["first"] < told["last"] == 12
    assert told["numbers"] == list(range(told["first"], 13))
    assert (await ask(client, TRAFFIC, method="GET"))["numbers"] == told["numbers"]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"method": "GET"}, [2, 5]),
        ({"path": "videos"}, [1, 3, 4]),
        ({"status": "4xx"}, [2, 3]),
        ({"status": "429"}, [2]),
        ({"text": "DURATION-range"}, [3]),
        ({"text": "durration"}, [4]),
        ({"faults": "true"}, [2]),
        ({"missed": "true"}, [3, 4]),
        ({"missed": "true", "status": "200"}, [4]),
        ({"faults": "true", "method": "POST"}, []),
    ],
)
async def test_filters(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, str], numbers: list[int]
) -> None:
    """Each filter keeps what it is for, and they hold together."""
    monkeypatch.setattr(traffic, "_AT_ONCE", 2)
    client = await careless(serve)
    assert (await ask(client, TRAFFIC, **wanted))["numbers"] == numbers


async def test_by_account(serve: Serve) -> None:
    """The exchanges of one account are told from those of another."""
    client = await careless(serve)
    account = (await client.get("/_mock/accounts")).json()["accounts"][0]["id"]
    assert (await ask(client, TRAFFIC, account=account))["numbers"] == [1, 2, 3, 4]


async def test_a_long_journal_is_looked_through_in_part(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too far back is not looked at, and that is said."""
    monkeypatch.setattr(traffic, "LOOKED_AT", 2)
    for _ in range(4):
        await client.get("/v1/credits")
    told = await ask(client, TRAFFIC, method="GET")
    assert (told["first"], told["looked_from"], told["numbers"]) == (1, 3, [3, 4])


@pytest.mark.parametrize(
    ("text", "found"),
    [("HÉRON", True), ("heron", False), ('say "hi"', True), ("q=A", True), ("key", False)],
)
def test_texts_in_either_form(text: str, found: bool) -> None:  # noqa: FBT001 - what is expected
    """A text is found as it is and as JSON writes it; headers are not looked through."""
    exchange = Exchange(
        method="POST",
        path="/v1",
        started=0,
        query=b"q=a",
        headers=((b"x-api-key", b"key"),),
        body=rb'{"prompt": "h\u00e9ron"}',
        answer_body=b'{"message": "say \\"hi\\""}',
    )
    assert holds(exchange, text) is found


async def test_lines_without_secrets(serve: Serve) -> None:
    """A line says what went wrong, in order of the numbers, and holds nothing of what the client wrote."""
    client = await careless(serve)
    generation = (await ask(client, TRAFFIC))["generation"]
    told = await ask(client, LINES, numbers="1,2,3,99", generation=generation)
    assert [line["number"] for line in told["lines"]] == [1, 2, 3]
    created, struck, refused = told["lines"]
    assert (struck["status"], struck["faults"]) == (429, ["answer 429"])
    assert [miss["field"] for miss in refused["near_misses"]] == ["duration"]
    assert (created["method"], created["status"]) == ("POST", 200)
    assert PROMPT not in str(told)
    assert KEY not in str(told)


async def test_lines_of_another_journal(client: httpx2.AsyncClient) -> None:
    """Numbers of a journal that was begun anew mean nothing any more."""
    await client.get("/v1/credits")
    told = await ask(client, TRAFFIC)
    await client.delete("/_mock/journal")
    await client.get("/v1/credits")
    again = await ask(client, LINES, numbers="1", generation=told["generation"])
    assert again["lines"] == []
    assert again["generation"] != told["generation"]


@pytest.mark.parametrize("numbers", ["", "a", "1,", ",".join(["1"] * 101)])
async def test_numbers_that_are_none(client: httpx2.AsyncClient, numbers: str) -> None:
    """What is no list of numbers is refused in one sentence."""
    answer = await client.get(LINES, params={"numbers": numbers, "generation": 1})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "numbers")


async def test_an_exchange_whole(serve: Serve) -> None:
    """It comes with both sides, the clauses it broke in words, and no secrets."""
    client = await careless(serve)
    told = await ask(client, EXCHANGE, number=3)
    assert [clause["clause"] for clause in told["broken"]] == ["DURATION-RANGE"]
    assert "2" in told["broken"][0]["says"]
    assert told["entry"]["answer"]["body"]
    assert PROMPT not in str(await ask(client, EXCHANGE, number=1))


async def test_a_server_that_shows_secrets(serve: Serve) -> None:
    """It shows them here as in the journal."""
    client = await careless(serve, journal_secrets=True)
    assert PROMPT in (await ask(client, EXCHANGE, number=1))["entry"]["request"]["body"]


@pytest.mark.parametrize("number", [0, 7])
async def test_an_exchange_that_is_not_there(client: httpx2.AsyncClient, number: int) -> None:
    """The answer names it."""
    await client.get("/v1/credits")
    answer = await client.get(EXCHANGE, params={"number": number})
    assert answer.status_code == 404
    assert f"exchange {number} is not in the journal" in answer.json()["error"]["message"]
