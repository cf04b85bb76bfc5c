"""Every ready scenario that is about answers does what its description says."""

from collections import Counter
from email.utils import parsedate_to_datetime
from typing import Final

import pytest

from contracts.drive.receiver import Receiver
from mock_server.links.videos import placeholder
from tests.plans.driving import LONGEST_TASK, Check, Drive, Driven, Seen
from tests.serving import START

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]


async def bad_gateway(driven: Driven, _receiver: Receiver) -> None:
    """Every third answer is an HTML page of a proxy."""
    seen = [await driven.ask() for _ in range(6)]
    assert [each.status for each in seen] == [200, 200, 502] * 2
    assert (seen[2].headers["content-type"], seen[2].body[:6]) == ("text/html", b"<html>")


async def broke(driven: Driven, _receiver: Receiver) -> None:
    """The credits run out after three tasks."""
    assert [(await driven.create()).status for _ in range(5)] == [200, 200, 200, 402, 402]
    assert len(driven.tasks) == 3


async def crowded(driven: Driven, _receiver: Receiver) -> None:
    """An account can have one task under way."""
    assert [(await driven.create()).status for _ in range(2)] == [200, 429]
    assert (await driven.send("POST", "/v1/videos/generations", key="sk-other", json={})).status == 400
    await driven.advance(LONGEST_TASK)
    assert (await driven.create()).status == 200


async def dropped_connection(driven: Driven, _receiver: Receiver) -> None:
    """One answer of five breaks off in its middle."""
    seen = [await driven.ask() for _ in range(100)]
    assert 10 <= sum(each.ended == "reset" for each in seen) <= 30
    assert {each.status for each in seen if each.ended is None} == {200}


async def extra_fields(driven: Driven, _receiver: Receiver) -> None:
    """Answers have members that no page describes."""
    await driven.create()
    for seen in (await driven.query(), await driven.ask(), await driven.ask("/v1/models")):
        assert seen.json()["trace_id"] == "4bf92f3577b34da6"
        assert seen.json()["experimental"] == {"score": 0.5}


async def flaky(driven: Driven, _receiver: Receiver) -> None:
    """One request in five fails in one of several ways or is slow, and whoever tries again gets through."""
    await driven.create()
    seen = [await driven.query(0) if driven.tasks else await driven.ask() for _ in range(400)]
    statuses = Counter(each.status for each in seen)
    struck = [statuses[503], statuses[500], statuses[None], driven.slept.count(3)]
    assert all(struck)
    assert 50 <= sum(struck) <= 110
    assert "200 200 200" in " ".join(str(each.status) for each in seen)


async def garbled(driven: Driven, _receiver: Receiver) -> None:
    """One answer of four to a query is cut, empty, an HTML page, or begins with a byte order mark."""
    await driven.create()
    bodies = [(await driven.query()).body for _ in range(200)]
    whole = max(bodies, key=bodies.count)
    kinds = Counter(kind_of(body, whole) for body in bodies)
    assert kinds.keys() == {"whole", "cut", "empty", "html", "bom"}
    assert 30 <= 200 - kinds["whole"] <= 70
    assert (await driven.ask()).status == 200


def kind_of(body: bytes, whole: bytes) -> str:
    """Tell what is wrong with a body."""
    known = {whole: "whole", b"": "empty", b"\xef\xbb\xbf" + whole: "bom", whole[: len(whole) // 2]: "cut"}
    return "html" if body.startswith(b"<!DOCTYPE html>") else known[body]


async def hanging(driven: Driven, _receiver: Receiver) -> None:
    """Every third query is never answered."""
    await driven.create()
    seen = [await driven.query(hangs=number % 3 == 0) for number in range(1, 7)]
    assert [each.ended for each in seen] == [None, None, "silence"] * 2
    assert (await driven.ask()).status == 200


async def happy(driven: Driven, _receiver: Receiver) -> None:
    """Nothing goes wrong."""
    assert (await driven.finished())["status"] == "completed"
    assert set(await driven.statuses(30)) == {200}
    assert (await driven.fetch()).body == placeholder()


async def lost_request(driven: Driven, _receiver: Receiver) -> None:
    """The first create is lost on the way, and nothing happens."""
    assert (await driven.create()) == Seen(ended="close")
    assert driven.tasks == []
    assert (await driven.create()).status == 200


async def lost_response(driven: Driven, _receiver: Receiver) -> None:
    """The first create is carried out and paid for, and its answer is lost."""
    assert (await driven.create()) == Seen(ended="close")
    assert len(driven.tasks) == 1
    assert (await driven.ask()).json()["data"]["user"]["remaining_credits"] < 1_000
    assert (await driven.create()).status == 200


async def maintenance(driven: Driven, _receiver: Receiver) -> None:
    """Everything is refused with a page of HTML and a date to come back at."""
    for path in ("/v1/credits", "/v1/tasks", "/v1/models"):
        seen = await driven.ask(path)
        assert (seen.status, seen.headers["content-type"]) == (503, "text/html")
        assert parsedate_to_datetime(seen.headers["retry-after"]).timestamp() == START // 1_000_000 + 60
    assert (await driven.create()).status == 503


async def no_access(driven: Driven, _receiver: Receiver) -> None:
    """No model may be used."""
    seen = await driven.create()
    assert (seen.status, seen.json()["error"]["code"]) == (403, "model_access_denied")
    assert (await driven.ask("/v1/models")).json()["data"] == []


async def not_found_yet(driven: Driven, _receiver: Receiver) -> None:
    """A task is unknown for its first two reads."""
    for _ in range(2):
        await driven.create()
        assert [(await driven.query()).status for _ in range(4)] == [404, 404, 200, 200]


async def outage(driven: Driven, _receiver: Receiver) -> None:
    """After ten seconds nothing works for half a minute; then all is well."""
    seen = []
    for _ in range(10):
        seen.append((await driven.ask()).status)
        await driven.advance(5)
    assert seen == [200, 200, *[503] * 6, 200, 200]


async def rate_limited(driven: Driven, _receiver: Receiver) -> None:
    """An account can make ten requests a minute."""
    assert await driven.statuses(10) == [200] * 10
    refused = await driven.ask()
    assert refused.status == 429
    await driven.advance(float(refused.headers["retry-after"]))
    assert await driven.statuses(2) == [200, 429]
    assert (await driven.ask(key="sk-other")).status == 200


async def revoked(driven: Driven, _receiver: Receiver) -> None:
    """The key is revoked after ten requests."""
    assert await driven.statuses(13) == [200] * 10 + [401] * 3


async def slow(driven: Driven, _receiver: Receiver) -> None:
    """Every answer takes half a second to two seconds longer, and every task three times as long."""
    await driven.statuses(20)
    assert 0.5 <= min(driven.slept) < 0.8
    assert 1.7 < max(driven.slept) <= 2
    assert len(driven.slept) == 20
    await driven.create()
    facts = await driven.control.show_task(driven.tasks[0])
    assert facts.ends_at is not None
    assert 288 <= facts.ends_at - facts.created_at <= 417


async def stale_reads(driven: Driven, _receiver: Receiver) -> None:
    """Every second read of a task shows what was half a minute ago."""
    await driven.create()
    await driven.advance(40)
    then = (await driven.query()).json()
    await driven.query()
    await driven.advance(30)
    now, old = (await driven.query()).json(), (await driven.query()).json()
    assert old == then
    assert now["progress"] > then["progress"]


async def trickling(driven: Driven, _receiver: Receiver) -> None:
    """Every answer comes in small pieces over three seconds."""
    assert (await driven.ask()).status == 200
    assert len(driven.slept) == 29
    assert sum(driven.slept) == pytest.approx(3)


CHECKS: Final[dict[str, Check]] = {
    check.__name__.replace("_", "-"): check
    for check in (
        bad_gateway,
        broke,
        crowded,
        dropped_connection,
        extra_fields,
        flaky,
        garbled,
        hanging,
        happy,
        lost_request,
        lost_response,
        maintenance,
        no_access,
        not_found_yet,
        outage,
        rate_limited,
        revoked,
        slow,
        stale_reads,
        trickling,
    )
}


@pytest.mark.parametrize("name", CHECKS)
async def test_a_scenario_does_what_it_says(name: str, drive: Drive, receiver: Receiver) -> None:
    """In a server that was started with it."""
    await CHECKS[name](await drive(scenarios=(name,), callback_routes=(receiver.route,)), receiver)
