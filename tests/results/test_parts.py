"""Parts of files, and files only if they are other ones: alike for results and for files, by any client."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import httpx2
import pytest

from mock_server.core.http.dates import http_date
from mock_server.core.types import SECOND
from mock_server.http.bodies import PORTION
from mock_server.http.connection import CONNECTION, Connection
from mock_server.journal.exchange import EXCHANGE, Exchange
from mock_server.links import downloads
from mock_server.links.downloads import Choice, Download
from mock_server.store import SqliteStore
from tests.files.uploading import MP4, stored
from tests.results.conftest import Finish
from tests.serving import Serve, Wall, create

pytestmark = pytest.mark.anyio

Link: TypeAlias = Callable[[httpx2.AsyncClient], Awaitable[str]]
"""Returns a link to a file of some length."""

KINDS = ("result", "file_url", "download_url")


@pytest.fixture(params=KINDS)
def link(request: pytest.FixtureRequest, finish: Finish, wall: Wall) -> Link:
    """Links of each kind."""

    async def link(client: httpx2.AsyncClient) -> str:
        if request.param == "result":
            return await finish(client)
        data = await stored(client, MP4 + bytes(range(250)) * 20)
        wall.advance(10)
        found: str = data[request.param]
        return found

    return link


async def test_what_is_said_of_a_file(client: httpx2.AsyncClient, link: Link) -> None:
    """Its length, that parts of it can be had, its ETag and when it was made; to HEAD the same without the file."""
    url = await link(client)
    whole, head = await client.get(url), await client.head(url)
    assert (whole.status_code, head.status_code) == (200, 200)
    assert int(whole.headers["content-length"]) == len(whole.content) > 1_000
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["etag"].startswith('"')
    assert whole.headers["last-modified"].endswith(" GMT")
    apart = {"date", "x-request-id"}
    assert {pair for pair in head.headers.items() if pair[0] not in apart} == {
        pair for pair in whole.headers.items() if pair[0] not in apart
    }


async def test_a_file_can_be_put_together_from_parts(client: httpx2.AsyncClient, link: Link) -> None:
    """Each part says which one it is; together they are the file."""
    url = await link(client)
    whole = (await client.get(url)).content
    first, middle, last = len(whole) // 3, len(whole) // 2, len(whole) - 1
    parts = []
    for asked, told in (
        (f"0-{first}", f"0-{first}"),
        (f"{first + 1}-{middle}", f"{first + 1}-{middle}"),
        (f"-{last - middle}", f"{middle + 1}-{last}"),
        (f"{middle + 1}-", f"{middle + 1}-{last}"),
    ):
        part = await client.get(url, headers={"range": f"bytes={asked}"})
        assert (part.status_code, part.headers["content-range"]) == (206, f"bytes {told}/{len(whole)}")
        assert int(part.headers["content-length"]) == len(part.content)
        parts.append(part.content)
    assert b"".join(parts[:3]) == whole
    assert parts[2] == parts[3]


async def test_a_part_that_there_is_not(client: httpx2.AsyncClient, link: Link) -> None:
    """416 says how long the file is."""
    url = await link(client)
    size = int((await client.head(url)).headers["content-length"])
    for asked in (f"bytes={size}-", "bytes=-0"):
        answer = await client.get(url, headers={"range": asked})
        assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{size}")
        assert answer.text == "The file has no such part\n"
        assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "bytes=4-2", "lines=1-2", "bytes=x"])
async def test_what_is_no_single_range_gets_the_whole_file(client: httpx2.AsyncClient, link: Link, asked: str) -> None:
    """As RFC 9110 allows it, and where it cannot be read demands it; to HEAD every range is one of those."""
    url = await link(client)
    whole = await client.get(url)
    answer = await client.get(url, headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, whole.content)
    assert "content-range" not in answer.headers
    assert (await client.head(url, headers={"range": "bytes=0-1"})).status_code == 200


async def test_two_lines_of_one_header_are_one_list(client: httpx2.AsyncClient, link: Link) -> None:
    """Two ranges in two lines are two ranges; of several tags each counts."""
    url = await link(client)
    etag = (await client.head(url)).headers["etag"]
    ranges = [("range", "bytes=0-1"), ("range", "bytes=2-3")]
    assert (await client.get(url, headers=ranges)).status_code == 200
    tags = [("if-none-match", etag), ("if-none-match", '"other"')]
    assert (await client.get(url, headers=tags)).status_code == 304


async def test_going_on_with_a_file_that_may_have_changed(client: httpx2.AsyncClient, link: Link) -> None:
    """If-Range gets the part of the same file, and all of another one."""
    url = await link(client)
    head = (await client.head(url)).headers
    for validator, status in (
        (head["etag"], 206),
        (head["last-modified"], 206),
        ('"other"', 200),
        (f"W/{head['etag']}", 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
    ):
        answer = await client.get(url, headers={"range": "bytes=1-", "if-range": validator})
        assert (answer.status_code, len(answer.content)) == (status, int(head["content-length"]) - (status == 206))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_file_that_the_client_has(client: httpx2.AsyncClient, link: Link, method: str) -> None:
    """It is not sent again, and told to be the same."""
    url = await link(client)
    head = (await client.head(url)).headers
    for condition in ({"if-none-match": head["etag"]}, {"if-modified-since": head["last-modified"]}):
        answer = await client.request(method, url, headers=condition)
        assert (answer.status_code, answer.content) == (304, b"")
        assert not {"content-length", "content-type", "content-range"} & set(answer.headers)
        for name in ("etag", "last-modified", "cache-control"):
            assert answer.headers[name] == head[name]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_file_that_is_not_the_one_that_is_wanted(client: httpx2.AsyncClient, link: Link, method: str) -> None:
    """412, without a byte of it."""
    url = await link(client)
    for condition in ({"if-match": '"other"'}, {"if-unmodified-since": "Thu, 01 Jan 1970 00:00:00 GMT"}):
        answer = await client.request(method, url, headers=condition)
        assert (answer.status_code, answer.headers["content-type"]) == (412, "text/plain; charset=utf-8")
        assert answer.text == ("" if method == "HEAD" else "The file is another one than is wanted\n")


async def test_the_next_version_of_a_file(client: httpx2.AsyncClient, wall: Wall) -> None:
    """A file that takes the place of another has another ETag, and a date only when no other can have it."""
    first = await stored(client, MP4, file_name="a.mp4")
    earlier = await client.get(first["file_url"])
    assert "last-modified" not in earlier.headers
    wall.advance(1)
    dated = await client.get(first["file_url"])
    assert dated.headers["etag"] == earlier.headers["etag"]
    assert dated.headers["last-modified"] == http_date(wall() - SECOND)
    second = await stored(client, MP4 + b"more", file_name="a.mp4")
    assert second["file_url"] == first["file_url"]
    rest = await client.get(second["file_url"], headers={"range": "bytes=9-", "if-range": dated.headers["etag"]})
    assert (rest.status_code, rest.content) == (200, MP4 + b"more")


async def test_nothing_is_newer_than_the_answer(serve: Serve, wall: Wall) -> None:
    """A universe may be ahead of real time; what was made there later than now has no date that could be true."""
    client = await serve(speed=1_000.0)
    task = (await create(client))["id"]
    wall.advance(1)
    (link,) = (await client.get(f"/v1/tasks/{task}")).json()["results"]
    assert "last-modified" not in (await client.head(link)).headers
    wall.advance(80)
    assert "last-modified" not in (await client.head(link)).headers
    await client.post("/_mock/clock", json={"mode": "frozen"})
    wall.advance(200)
    assert "last-modified" in (await client.head(link)).headers


async def test_results_have_the_time_of_their_end(
    client: httpx2.AsyncClient, facts: SqliteStore, finish: Finish
) -> None:
    """It is when they were made."""
    head = await client.head(await finish(client))
    (task,) = await facts.tasks_of("default", account=None)
    assert head.headers["last-modified"] == http_date(task.timeline.ends_at)


async def test_the_journal_has_no_videos(client: httpx2.AsyncClient, link: Link) -> None:
    """It notes how much was sent."""
    url = await link(client)
    await client.get(url, headers={"range": "bytes=0-99"})
    entry = (await client.get("/_mock/journal")).json()["entries"][-1]
    assert (entry["status"], entry["answer"]["size"], entry["answer"]["body"]) == (206, 100, None)


async def test_other_methods(client: httpx2.AsyncClient, link: Link) -> None:
    """A link can be read, and nothing else."""
    answer = await client.post(await link(client))
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


class Endless:
    """A file that does not end, and counts what is read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def seek(self, _: int) -> None:
        """Go somewhere."""

    def read(self, size: int) -> bytes:
        """Read some bytes."""
        self.read_bytes += size
        return bytes(size)


async def test_a_client_that_leaves_is_sent_nothing_more() -> None:
    """What nobody waits for is not read."""
    left, right = socket.socketpair()
    with left, right:
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=left)
        connection = Connection(1, transport)
        content, sent = Endless(), []

        async def send(message: Any) -> None:
            sent.append(message)
            if message["type"] == "http.response.body":
                asyncio.get_running_loop().call_soon(connection.lose)  # as a server tells of it

        size = 100 * PORTION
        scope = {"method": "GET", "state": {CONNECTION: connection}, EXCHANGE: Exchange("GET", "/", 0), "headers": []}
        download = Download(content=content, size=size, digest="d", modified=0, headers=())
        choice: Choice = downloads.choose(download, scope, now=0)
        await downloads._send(download, choice, scope, send)
        transport.close()
    assert content.read_bytes <= 2 * PORTION
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
