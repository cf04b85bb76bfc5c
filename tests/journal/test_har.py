"""The journal as an HTTP Archive: by the format's own rules, and as somebody else's reader reads it."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import httpx2
import msgspec
import pytest
from haralyzer import HarParser  # type: ignore[import-untyped]

from mock_server.core.types import SECOND
from mock_server.journal.har import archive
from openapi.violations import CompiledSchema
from tests.journal.har_schema import HAR
from tests.journal.noting import JOURNAL, entries, entry, noted
from tests.serving import CREATE, START, bearer, create, example

pytestmark = pytest.mark.anyio

SCHEMA = CompiledSchema(HAR)


def written(*facts: dict[str, Any]) -> dict[str, Any]:
    """Return exchanges as an archive, as it stands in a file."""
    made = archive([entry(noted(**fact)) for fact in facts], version="1.0")
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(made))
    assert SCHEMA.violations(document) == ()
    return document


async def exported(client: httpx2.AsyncClient, **query: Any) -> dict[str, Any]:
    """Return the archive of a server's journal."""
    answer = await client.get(f"{JOURNAL}.har", params=query)
    assert answer.headers["content-type"] == "application/json"
    document: dict[str, Any] = answer.json()
    assert SCHEMA.violations(document) == ()
    return document


async def test_an_archive(client: httpx2.AsyncClient) -> None:
    """Each exchange is an entry with all that the format asks for, and what it has no place for under `_evolink`."""
    task = await create(client, seed=7)
    await client.post(CREATE, json=example(duration=99))
    document = await exported(client)
    assert document["log"]["creator"] == {"name": "evolink-mock", "version": version("evolink-mock")}
    made, refused = document["log"]["entries"]
    (shown, _) = await entries(client)
    assert made["startedDateTime"] == "2025-09-06T14:42:23.000+00:00"
    assert made["request"]["postData"]["text"] == shown["request"]["body"]
    assert made["response"]["content"]["text"] == shown["answer"]["body"]
    assert {"name": "authorization", "value": "Bearer sk-…(redacted)"} in made["request"]["headers"]
    assert made["connection"] == shown["connection"]
    names = "number id universe at turn reused operation task account clauses near_misses unknown_fields faults notes"
    assert made["_evolink"] == {name: shown[name] for name in names.split()}
    assert made["_evolink"]["task"] == task["id"]
    assert (refused["response"]["status"], refused["response"]["statusText"]) == (400, "Bad Request")
    assert refused["_evolink"]["near_misses"][0]["nearest"] == [10]


async def test_the_selection_is_the_same(client: httpx2.AsyncClient) -> None:
    """What the journal can choose, the archive can."""
    for path in ("/v1/credits", "/nowhere", "/v1/models"):
        await client.get(path)
    chosen = (await exported(client, status="4xx", wait=1))["log"]["entries"]
    assert [found["_evolink"]["number"] for found in chosen] == [2]
    assert (await exported(client, status="none"))["log"]["entries"] == []


async def test_somebody_elses_reader(client: httpx2.AsyncClient) -> None:
    """A public reader of the format finds everything where it looks for it."""
    await create(client)
    await client.get("/v1/tasks", params={"page": 2, "status": "completed"}, headers={"cookie": "a=b; c=d"})
    await client.get("/nowhere", headers=bearer("sk-other"))
    parser = HarParser(await exported(client))
    (page,) = parser.pages
    posted, listed, lost = page.entries
    assert (parser.version, parser.creator["name"]) == ("1.2", "evolink-mock")
    assert [found.request.method for found in page.entries] == ["POST", "GET", "GET"]
    assert [found.response.status for found in page.entries] == [200, 200, 404]
    assert posted.startTime == datetime(2025, 9, 6, 14, 42, 23, tzinfo=UTC)
    assert posted.request.mimeType == "application/json"
    assert msgspec.json.decode(posted.request.text)["prompt"].startswith("(redacted: 16 characters, ")
    assert posted.response.mimeType == "application/json"
    assert posted.time == sum(posted.timings.values())
    assert listed.request.queryString == [{"name": "page", "value": "2"}, {"name": "status", "value": "completed"}]
    assert listed.request.cookies == [{"name": "a", "value": "(redacted)"}, {"name": "c", "value": "(redacted)"}]
    assert lost.request.url.endswith("/nowhere")
    assert len(page.filter_entries(request_type="GET", status_code="2.*")) == 1
    assert len(page.post_requests) == 1


def test_entries_are_in_the_order_in_which_they_began() -> None:
    """The journal counts by the end, the format by the beginning."""
    document = written({"number": 1, "started": START + SECOND}, {"number": 2, "started": START})
    assert [found["_evolink"]["number"] for found in document["log"]["entries"]] == [2, 1]


def test_times() -> None:
    """A date has milliseconds, and the times of an entry add up."""
    (found,) = written({"started": START + 123_456, "ended": START + 125_956})["log"]["entries"]
    assert found["startedDateTime"] == "2025-09-06T14:42:23.123+00:00"
    assert found["time"] == 2.5
    assert found["timings"] == {"send": 0, "wait": 2.5, "receive": 0}


def test_what_is_hidden_says_why() -> None:
    """A body that is not shown is an empty text with a comment."""
    facts: dict[str, Any] = {"request": b"a=b", "answer": b"\x00\x01", "headers": {"content-type": "text/plain"}}
    (found,) = written({**facts, "answer_headers": [(b"content-type", b"video/mp4")]})["log"]["entries"]
    assert found["request"]["postData"] == {
        "mimeType": "text/plain", "params": [], "text": "", "comment": "it is not JSON that can be read",
    }  # fmt: skip
    assert found["response"]["content"] == {
        "size": 2, "mimeType": "video/mp4", "text": "", "comment": "it is not JSON that can be read",
    }  # fmt: skip


def test_a_client_that_went_away() -> None:
    """The status is 0, as browsers have it; without a body there is none."""
    (found,) = written({"status": 0, "method": "GET"})["log"]["entries"]
    assert (found["response"]["status"], found["response"]["statusText"]) == (0, "")
    assert found["response"]["content"]["mimeType"] == "x-unknown"
    assert "postData" not in found["request"]


def test_a_status_that_nobody_knows() -> None:
    """A fault may answer with any number."""
    (found,) = written({"status": 299})["log"]["entries"]
    assert (found["response"]["status"], found["response"]["statusText"]) == (299, "")
