"""The journal by the control API: what is chosen, how one follows it, and how it begins anew."""

import asyncio
from typing import Any

import httpx2
import msgspec
import pytest

from mock_server.assembly import assemble
from mock_server.control import journal
from mock_server.control.tasks import shown_request
from mock_server.journal.journal import Journals
from mock_server.settings import Settings
from mock_server.store import SqliteStore
from tests.journal.noting import CREATION, JOURNAL, entries, noted, weight
from tests.serving import CREATE, Serve, Wall, bearer, create, example

pytestmark = pytest.mark.anyio

LONG = 30
BLUE = {"x-mock-universe": "blue"}


async def some(client: httpx2.AsyncClient) -> str:
    """Let some things happen, and return the task that was created."""
    task = await create(client)
    await client.get(f"/v1/tasks/{task['id']}")
    await client.post(CREATE, json=example(duration=99))
    await client.get("/nowhere")
    await client.get("/v1/credits", headers=bearer("sk-other"))
    return str(task["id"])


async def test_an_empty_journal(client: httpx2.AsyncClient) -> None:
    """Before anything happened there is nothing, and that is told at once."""
    answer = (await client.get(JOURNAL)).json()
    assert answer == {
        "universe": "default", "generation": answer["generation"], "last": 0, "dropped": 0, "entries": [],
    }  # fmt: skip


@pytest.mark.uncounted
@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"operation": CREATION}, [1, 3]),
        ({"task": "TASK"}, [1, 2]),
        ({"status": "200"}, [1, 2, 5]),
        ({"status": "4xx"}, [3, 4]),
        ({"status": "none"}, []),
        ({"clause": "DURATION-RANGE"}, [3]),
        ({"fault": "delay"}, []),
        ({"method": "POST"}, [1, 3]),
        ({"path": "/v1/"}, [1, 2, 3, 5]),
        ({"connection": "none such"}, []),
        ({"since": 1_757_169_743, "until": 1_757_169_743}, [1, 2, 3, 4, 5]),
        ({"since": 1_757_169_743.001}, []),
        ({"until": 1_757_169_742.9}, []),
        ({"after": 3}, [4, 5]),
        ({"after": 99}, []),
        ({"limit": 2}, [1, 2]),
        ({"after": 1, "limit": 2}, [2, 3]),
        ({"newest": 2}, [4, 5]),
        ({"status": "4xx", "newest": 1}, [4]),
        ({"method": "POST", "status": "4xx", "path": CREATE}, [3]),
    ],
    ids=str,
)
async def test_filters(client: httpx2.AsyncClient, query: dict[str, Any], numbers: list[int]) -> None:
    """What fits everything that is asked for, oldest first."""
    task = await some(client)
    wanted = {name: task if value == "TASK" else value for name, value in query.items()}
    answer = (await client.get(JOURNAL, params=wanted)).json()
    assert [shown["number"] for shown in answer["entries"]] == numbers
    assert (answer["last"], answer["dropped"]) == (5, 0)


async def test_accounts(client: httpx2.AsyncClient) -> None:
    """Who did what can be told apart."""
    await some(client)
    (other,) = await entries(client, newest=1)
    assert [shown["number"] for shown in await entries(client, account=other["account"])] == [5]


@pytest.mark.parametrize(
    ("query", "param", "rule"),
    [
        ({"status": "40"}, "status", "status"),
        ({"status": "6xx"}, "status", "status"),
        ({"limit": 0}, "limit", "expected a whole number from 1 to 1000000"),
        ({"newest": -1}, "newest", "expected a whole number from 1 to 1000000"),
        ({"wait": 61}, "wait", "expected a number from 0 to 60"),
        ({"after": "x"}, "after", "expected a whole number"),
        ({"limit": 1, "newest": 1}, "newest", "expected one of them"),
        ({"since": "yesterday"}, "since", "expected a number"),
    ],
    ids=str,
)
async def test_wrong_queries(client: httpx2.AsyncClient, query: dict[str, Any], param: str, rule: str) -> None:
    """A mistake is told by the name of the parameter."""
    for path in (JOURNAL, f"{JOURNAL}.har"):
        answer = await client.get(path, params=query)
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
        assert rule in answer.json()["error"]["message"]


async def test_the_oldest_give_way(serve: Serve) -> None:
    """What no longer fits is counted."""
    client = await serve(journal_bytes=6 * weight(noted()))
    for _ in range(9):
        await client.get("/v1/credits")
    answer = (await client.get(JOURNAL)).json()
    kept = [shown["number"] for shown in answer["entries"]]
    assert 0 < len(kept) < 9
    assert kept == list(range(10 - len(kept), 10))
    assert (answer["last"], answer["dropped"]) == (9, 9 - len(kept))


async def test_no_journal(serve: Serve) -> None:
    """A server that keeps none says so; there is nothing to wait for."""
    client = await serve(journal_bytes=0)
    await client.get("/v1/credits")
    for path in (JOURNAL, f"{JOURNAL}.har"):
        answer = await client.get(path, params={"wait": LONG})
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
        assert "journal_bytes is 0" in answer.json()["error"]["message"]
    assert (await client.delete(JOURNAL)).json()["forgotten"] == 0


async def test_universes_have_journals_of_their_own(client: httpx2.AsyncClient) -> None:
    """What happens in one is not in the journal of another, and each counts for itself."""
    await client.get("/v1/credits")
    await client.get("/v1/credits", headers=BLUE)
    await client.get("/v1/models", headers=BLUE)
    blue = (await client.get(JOURNAL, headers=BLUE)).json()
    assert [shown["operation"] for shown in blue["entries"]] == ["getCredits", "listModels"]
    assert [shown["number"] for shown in await entries(client)] == [1]


async def test_clearing(client: httpx2.AsyncClient) -> None:
    """The journal begins anew, and nothing else does."""
    task = await some(client)
    before = (await client.get(JOURNAL)).json()["generation"]
    cleared = (await client.delete(JOURNAL)).json()
    assert cleared == {"universe": "default", "generation": cleared["generation"], "forgotten": 5}
    assert cleared["generation"] > before
    assert (await client.get(f"/v1/tasks/{task}")).status_code == 200
    answer = (await client.get(JOURNAL)).json()
    assert (answer["generation"], answer["last"]) == (cleared["generation"], 1)
    assert [shown["number"] for shown in answer["entries"]] == [1]


async def test_a_reset_begins_anew(client: httpx2.AsyncClient) -> None:
    """With a universe, its journal is forgotten too."""
    await some(client)
    before = (await client.get(JOURNAL)).json()["generation"]
    await client.post("/_mock/reset")
    answer = (await client.get(JOURNAL)).json()
    assert (answer["last"], answer["entries"]) == (0, [])
    assert answer["generation"] > before


async def test_following(client: httpx2.AsyncClient) -> None:
    """Who comes back with the last number gets what is new, and after a reset everything from the beginning."""
    await some(client)
    first = (await client.get(JOURNAL)).json()
    await client.get("/v1/models")
    known = {"after": first["last"], "generation": first["generation"]}
    assert [shown["number"] for shown in await entries(client, **known)] == [6]
    await client.delete(JOURNAL)
    await client.get("/v1/models")
    anew = (await client.get(JOURNAL, params=known | {"wait": LONG})).json()
    assert anew["generation"] != known["generation"]
    assert [shown["number"] for shown in anew["entries"]] == [1]


async def test_a_journal_that_was_begun_anew_is_told_at_once(client: httpx2.AsyncClient) -> None:
    """Even if there is nothing in it yet, nobody waits for what cannot come."""
    generation = (await client.get(JOURNAL)).json()["generation"]
    await client.delete(JOURNAL)
    answer = (await client.get(JOURNAL, params={"generation": generation, "wait": LONG})).json()
    assert (answer["generation"] != generation, answer["entries"]) == (True, [])


def test_generations_of_servers_that_follow_each_other(wall: Wall) -> None:
    """A server that was started again does not number its journals as the one before did."""
    first = Journals(1, begun=wall()).open().generation
    wall.advance(1)
    assert Journals(1, begun=wall()).open().generation != first


async def waiting(client: httpx2.AsyncClient, **query: Any) -> "asyncio.Task[httpx2.Response]":
    """Ask for something that is not there yet, and return once the server has been asked."""
    asked = asyncio.ensure_future(client.get(JOURNAL, params={"wait": LONG, **query}))
    for _ in range(20):
        await asyncio.sleep(0)
    return asked


async def test_waiting(client: httpx2.AsyncClient) -> None:
    """The answer comes when there is something that fits, and not for something that does not."""
    asked = await waiting(client, status="4xx")
    await client.get("/v1/credits")
    assert not asked.done()
    await client.get("/nowhere")
    assert [shown["number"] for shown in (await asked).json()["entries"]] == [2]


@pytest.mark.parametrize("request_", [("DELETE", JOURNAL), ("POST", "/_mock/reset")], ids=str)
async def test_waiting_ends_with_the_journal(client: httpx2.AsyncClient, request_: tuple[str, str]) -> None:
    """Who waits while the journal is begun anew is told so."""
    generation = (await client.get(JOURNAL)).json()["generation"]
    asked = await waiting(client, generation=generation)
    await client.request(*request_)
    answer = (await asked).json()
    assert (answer["generation"] != generation, answer["entries"]) == (True, [])


async def test_waiting_in_vain(client: httpx2.AsyncClient) -> None:
    """When the time is over, nothing is the answer."""
    assert await entries(client, wait=0.001) == []


async def test_a_request_that_is_stalled(client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot hold up the journal for ever; without it the answer is what has ended."""
    monkeypatch.setattr(journal, "PATIENCE_SECONDS", 0.001)
    await client.get("/v1/credits")

    async def stalled() -> Any:
        yield b"{"
        asked.append([shown["number"] for shown in await entries(client)])
        yield b"}"

    asked: list[list[int]] = []
    await client.post(CREATE, content=stalled(), headers={"content-type": "application/json"})
    assert [shown["status"] for shown in await entries(client)] == [200, 400]
    assert asked == [[1]]


async def test_secrets_are_shown_only_if_that_is_set(serve: Serve) -> None:
    """Keys and prompts are hidden unless the server was started to show them."""
    me = {"x-mock-universe": "default", **bearer("sk-me")}
    for shown in (False, True):
        client = await serve(journal_secrets=shown)
        task = await create(client, prompt="a cat of mine")
        (exchange,) = (await client.get(JOURNAL, headers=me)).json()["entries"]
        headers = dict(exchange["request"]["headers"])
        assert (headers["authorization"] == "Bearer sk-test") is shown
        assert ("a cat of mine" in exchange["request"]["body"]) is shown
        asked = (await client.get(f"/_mock/tasks/{task['id']}")).json()["request"]
        assert asked["prompt"] == ("a cat of mine" if shown else "(redacted: 13 characters)")


async def test_links_of_callbacks(client: httpx2.AsyncClient) -> None:
    """Links of callbacks are without their secrets wherever the control API shows them."""
    url = "https://hooks.example.com/done?token=abc&n=1"
    task = await create(client, callback_url=url)
    shown = "https://hooks.example.com/done?token=(redacted)&n=1"
    asked = (await client.get(f"/_mock/tasks/{task['id']}")).json()
    assert (asked["callback_url"], asked["request"]["callback_url"]) == (shown, shown)
    (callback,) = (await client.get("/_mock/callbacks")).json()["callbacks"]
    assert callback["url"] == shown


async def test_a_task_of_a_model_that_is_not_served(client: httpx2.AsyncClient, facts: SqliteStore) -> None:
    """Of a request that no page describes any more, only what is surely no secret is shown."""
    made = await create(client, prompt="a cat of mine", quality="720p")
    task = await facts.task("default", made["id"])
    assert task is not None
    simulator = assemble(Settings(), store=SqliteStore())
    shown = shown_request(simulator, msgspec.structs.replace(task, model="of yesterday"))
    assert (shown["quality"], shown["prompt"]) == ("720p", "(redacted: 13 characters)")
    await simulator.store.close()
