"""Snapshots by the control API: what is in one, what restoring it brings back, and forks."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from contracts.drive.receiver import Receiver
from mock_server.core.types import SECOND
from mock_server.store import SqliteStore
from tests.serving import KEY, START, Serve, Wall, bearer, create, example
from tests.snapshots.programs import HOOK, RecordedUniverse

pytestmark = pytest.mark.anyio

NOW = START // SECOND


@pytest.fixture
async def blue(serve: Serve) -> RecordedUniverse:
    """A universe with a clock that stands still, in which something has happened."""
    universe = RecordedUniverse(await serve())
    await universe.begin()
    await universe.do("create", "", "one", HOOK)
    await universe.do("advance", 200)
    await universe.do("create", "", None, None)
    return universe


async def refusal(universe: RecordedUniverse, document: bytes) -> str:
    """Try to restore a document, and return what is said of it."""
    answer = await universe.send("PUT", "/_mock/snapshot", content=document)
    assert answer.status_code == 400
    message: str = answer.json()["error"]["message"]
    return message


async def test_a_snapshot_says_what_there_is(blue: RecordedUniverse) -> None:
    """Clock, counts, money, tasks, keys and callbacks are there to be read."""
    document = await blue.show("snapshot")
    assert (document["format"], document["version"], document["universe"]) == ("evolink-mock snapshot", 1, "blue")
    assert document["clock"] == {"mode": "frozen", "rate": 0.0, "now": (NOW + 200) * SECOND}
    assert document["counts"] == {"opened": 0, "drawn": 2, "requests": 2}
    (account,) = document["accounts"]
    assert (account["opening"], account["reserved"], account["charged"]) == (10_000_000, 238_000, 238_000)
    assert [(task["id"], task["settled"]) for task in document["tasks"]] == [
        *zip(blue.tasks, (True, False), strict=True)
    ]
    assert [(key["key"], key["task"]) for key in document["keys"]] == [("one", blue.tasks[0])]
    (callback,) = document["callbacks"]
    assert (callback["task"], callback["url"], len(callback["attempts"])) == (blue.tasks[0], HOOK, 4)


async def test_the_same_universe_gives_the_same_document(blue: RecordedUniverse, wall: Wall) -> None:
    """Real time, another look and what other universes do leave no trace in it."""
    first = await blue.snapshot()
    wall.advance(1_000)
    await RecordedUniverse(blue.client, "red").do("create", "", None, None)
    await blue.show("snapshot")
    assert await blue.snapshot() == first


async def test_secrets_are_left_out(blue: RecordedUniverse) -> None:
    """Keys are never in a document, and prompts only if they are asked for."""
    plain, secret = await blue.snapshot(secrets=False), await blue.snapshot()
    assert b"A cat dances" not in plain
    assert b"A cat dances" in secret
    assert KEY.encode() not in plain + secret


async def test_a_document_without_prompts_answers_alike(blue: RecordedUniverse) -> None:
    """A prompt that is left out is missing in the record of the request, and nowhere else: keys find their tasks."""
    told = (await blue.do("query", 0), await blue.do("create", "", "one", HOOK))
    document = await blue.snapshot(secrets=False)
    await blue.restore(document)
    assert [answer[2] for answer in (await blue.do("query", 0), await blue.do("create", "", "one", HOOK))] == [
        answer[2] for answer in told
    ]
    assert (await blue.show(f"tasks/{blue.tasks[0]}"))["request"]["prompt"] != "A cat dances. "


async def test_what_led_there_is_on_record(blue: RecordedUniverse) -> None:
    """Exchanges are in a snapshot as the journal shows them, at the universe's time; they are not restored."""
    status, headers, _ = await blue.do("refused", ("DELETE", "/v1/tasks", {}))
    document = await blue.show("snapshot", secrets="true")
    assert [(entry["method"], entry["status"]) for entry in document["journal"]] == [
        ("POST", 200),
        ("POST", 200),
        ("DELETE", status),
    ]
    last = document["journal"][-1]
    assert (last["number"], last["at"], last["id"]) == (3, (NOW + 200) * SECOND, dict(headers)["x-request-id"])
    assert {"wall", "milliseconds", "connection"}.isdisjoint(last)
    assert "(redacted" in document["journal"][0]["request"]["body"]
    await blue.restore(json.dumps(document).encode())
    assert (await blue.show("journal"))["entries"] == []


async def test_plans_come_along(blue: RecordedUniverse) -> None:
    """Plans go on counting where they stood, and a task is shown as its plans have it; a fork has its own counts."""
    await blue.control("plans", {"plans": "answer 503 on=credits times=2; task estimate=7"})
    await blue.do("create", "", None, None)
    pages = [await blue.do("query", 2), await blue.do("get", "/v1/credits")]
    await blue.control("universes/blue/fork", {"to": "pink"})
    pink = blue.called("pink")
    assert (await pink.do("query", 2))[2] == pages[0][2]
    for universe in (blue, pink):
        assert [(await universe.do("get", "/v1/credits"))[0] for _ in range(2)] == [503, 200]
    counts = [(await universe.show("plans"))["plans"] for universe in (blue, pink)]
    assert counts[0] == counts[1]
    assert [line["struck"] for line in counts[0]] == [2, 1]


async def test_a_universe_goes_back_to_a_snapshot(blue: RecordedUniverse) -> None:
    """What came after is undone: tasks, time, money, limits; and a universe that was deleted is there again."""
    document, facts = await blue.snapshot(), await blue.facts()
    await blue.do("create", "", None, HOOK)
    await blue.do("advance", 5)
    await blue.do("change", ("PUT", "limits", {"slots": 1}))
    restored = await blue.restore(document)
    assert (restored["universe"], restored["now"], restored["tasks"]) == ("blue", NOW + 200, 2)
    assert await blue.facts() == facts
    await blue.client.delete("/_mock/universes/blue")
    await blue.restore(document)
    assert await blue.facts() == facts


async def test_other_universes_stay_as_they_are(blue: RecordedUniverse) -> None:
    """A snapshot is put into the place of one universe only."""
    red = RecordedUniverse(blue.client, "red")
    await red.begin()
    await red.do("create", "", "one", HOOK)
    facts, document = await red.facts(), await blue.snapshot()
    await blue.restore(document)
    assert await red.facts() == facts
    await RecordedUniverse(blue.client, "green").restore(document)
    assert await red.facts() == facts


async def test_a_damaged_document_changes_nothing(blue: RecordedUniverse) -> None:
    """A document that is refused leaves everything as it was, and does not even make a universe."""
    document, facts = await blue.snapshot(), await blue.facts()
    assert "the snapshot is not JSON" in await refusal(blue, document[:-1])
    assert "expected an object whose format" in await refusal(blue, b"{}")
    other = json.dumps({**json.loads(document), "version": 2}).encode()
    assert "has version 2 of the form" in await refusal(blue, other)
    assert "the snapshot is damaged: tasks: expected a list" in await refusal(
        blue, json.dumps({**json.loads(document), "tasks": 1}).encode()
    )
    assert await blue.facts() == facts
    await refusal(RecordedUniverse(blue.client, "nobody"), b"")
    names = [shown["universe"] for shown in (await blue.show("universes"))["universes"]]
    assert names == ["blue"]


async def test_a_fork_goes_its_own_way(blue: RecordedUniverse) -> None:
    """It begins with all that there is, prompts included; then time, tasks, money, callbacks and journals are apart."""
    answer = await blue.control("universes/blue/fork", {"to": "pink"})
    assert (answer["universe"], answer["tasks"], answer["now"]) == ("pink", 2, NOW + 200)
    pink, facts = blue.called("pink"), await blue.facts()
    before = await pink.facts()
    assert before["tasks"][0]["request"] == facts["tasks"][0]["request"]
    await pink.do("advance", 90_000)
    await pink.do("create", "", None, HOOK)
    assert await blue.facts() == facts
    await blue.do("create", "", None, None)
    told = [await universe.show("universes/" + universe.name) for universe in (blue, pink)]
    assert [(each["tasks"], each["now"]) for each in told] == [(3, NOW + 200), (3, NOW + 90_200)]
    assert [len((await universe.show("callbacks"))["callbacks"]) for universe in (blue, pink)] == [1, 2]
    left = [(await universe.send("GET", "/v1/credits")).json()["data"]["user"] for universe in (blue, pink)]
    assert [each["used_credits"] for each in left] == [23.8, 47.6]


async def test_the_key_of_a_universe_keeps_its_account_in_a_fork(serve: Serve) -> None:
    """Whoever lives by the key that is named after the universe finds the tasks and the money by the fork's."""
    client = await serve(key="sk-mock-blue")
    task = (await create(client))["id"]
    await client.post("/_mock/universes/blue/fork", json={"to": "pink"})
    pink = bearer("sk-mock-pink")
    assert (await client.get(f"/v1/tasks/{task}", headers=pink)).status_code == 200
    assert (await client.get("/v1/credits", headers=pink)).json() == (await client.get("/v1/credits")).json()
    names = [(await client.get("/_mock/accounts", headers=more)).json()["accounts"][0]["name"] for more in ({}, pink)]
    assert names[0] == names[1]


async def test_a_result_link_moves_with_the_fork(blue: RecordedUniverse) -> None:
    """The link of a result is another in the fork, and leads to the same."""
    await blue.do("query", 0)
    await blue.control("universes/blue/fork", {"to": "pink"})
    pink = blue.called("pink")
    assert pink.results[0] != blue.results[0]
    assert [(await blue.client.get(universe.results[0])).status_code for universe in (blue, pink)] == [200, 200]
    await blue.control("reset", {})
    assert [(await blue.client.get(universe.results[0])).status_code for universe in (blue, pink)] == [404, 200]


@pytest.mark.parametrize(
    ("universe", "to", "status", "said"),
    [
        ("blue", "blue", 409, "expected another universe than 'blue' itself"),
        ("blue", "Pink", 400, "to: "),
        ("nobody", "pink", 404, "no universe 'nobody'"),
    ],
)
async def test_forks_that_cannot_be(blue: RecordedUniverse, universe: str, to: str, status: int, said: str) -> None:
    """A fork needs a universe to be made of, and a place of its own."""
    answer = await blue.send("POST", f"/_mock/universes/{universe}/fork", json={"to": to})
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


async def test_a_clock_that_runs_goes_on(serve: Serve, wall: Wall) -> None:
    """It goes on at its rate from the time of the snapshot, however much real time has passed since."""
    universe = RecordedUniverse(await serve())
    await universe.begin()
    await universe.control("clock", {"mode": "scaled", "rate": 20})
    wall.advance(3)
    document = await universe.snapshot()
    wall.advance(1_000)
    restored = await universe.restore(document)
    assert (restored["mode"], restored["rate"], restored["now"]) == ("scaled", 20, NOW + 60)
    wall.advance(1)
    assert (await universe.show("clock"))["now"] == NOW + 80


async def test_limits_and_credits_of_the_server_come_along(serve: Serve) -> None:
    """What held where the snapshot was taken holds where it is restored, whatever that server is set to."""
    there, here = (
        RecordedUniverse(await serve(credits=30, slots=1, requests_per_minute=2)),
        RecordedUniverse(await serve()),
    )
    await there.begin()
    await here.restore(await there.snapshot())
    assert [(await here.do("create", "", None, None))[0] for _ in range(3)] == [200, 402, 429]
    assert (await here.show("limits"))["slots"] == 1


async def test_callbacks_that_are_due_go_on(serve: Serve) -> None:
    """On a clock that runs, a callback of the snapshot is sent when it is due, at once if it is overdue."""
    with Receiver(tls=False) as receiver:
        universe = RecordedUniverse(await serve(callback_routes=[receiver.route]))
        await universe.begin()
        await universe.do("create", "", None, HOOK)
        document: dict[str, Any] = json.loads(await universe.snapshot())
        document["clock"] = {"mode": "real", "rate": 1.0, "now": document["clock"]["now"] + 600_000_000}
        await universe.restore(json.dumps(document).encode())
        (received,) = await asyncio.to_thread(receiver.wait_for, 1)
        assert received.json()["id"] == universe.tasks[0]


async def test_attempts_stay_with_their_callbacks(blue: RecordedUniverse) -> None:
    """A callback has another id after a restore, and the same attempts; and it can be sent anew."""
    await blue.do("create", "", None, HOOK)
    await blue.do("advance", 200)
    (first, second) = (await blue.show("callbacks"))["callbacks"]
    await blue.restore(await blue.snapshot())
    restored = (await blue.show("callbacks"))["callbacks"]
    assert [each | {"id": 0} for each in restored] == [first | {"id": 0}, second | {"id": 0}]
    await blue.control(f"callbacks/{restored[1]['id']}/redeliver", {})
    assert [len(each["attempts"]) for each in (await blue.show("callbacks"))["callbacks"]] == [4, 5]


async def test_a_snapshot_of_a_universe_that_is_new(client: httpx2.AsyncClient) -> None:
    """A universe in which nothing has happened can be taken down and put back as well."""
    universe = RecordedUniverse(client, "fresh")
    document = await universe.snapshot()
    await universe.restore(document)
    assert (await universe.send("POST", "/v1/videos/generations", json=example())).status_code == 200


async def test_a_restored_universe_outlives_the_server(serve: Serve, tmp_path: Any) -> None:
    """With a state file, a restored universe is there after a restart as it was."""
    first = RecordedUniverse(await serve(store=SqliteStore(tmp_path / "state.db")))
    await first.begin()
    await first.do("create", "", "one", HOOK)
    await RecordedUniverse(first.client, "pink").restore(await first.snapshot())
    told = await RecordedUniverse(first.client, "pink").facts()
    again = RecordedUniverse(await serve(store=SqliteStore(tmp_path / "state.db")), "pink")
    after = await again.facts()
    assert {**after, "counts": told["counts"]} == told
    assert after["counts"] == {"opened": 1, "drawn": 1, "requests": 0}
