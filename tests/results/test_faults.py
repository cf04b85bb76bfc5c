"""Plans that strike links: they act on the bytes of rendered videos and of files, as a client's player finds out."""

from collections.abc import Callable
from hashlib import sha256
from typing import Final, TypeAlias

import httpx2
import pytest

from mock_server.core.types import SECOND
from mock_server.http.wire import WireFault
from mock_server.media.probe import ProbeError
from tests.files.uploading import MP4, PNG, stored
from tests.results.conftest import Finish, look
from tests.serving import Wall

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

Same: TypeAlias = Callable[[bytes], bytes]
"""Makes of a video what a client is to get."""

BROKEN_OFF: Final = (httpx2.RemoteProtocolError, WireFault)
"""What a client gets of an answer that breaks off: over a socket, and in this process."""


async def plan(client: httpx2.AsyncClient, *plans: str) -> None:
    """Plan something."""
    answer = await client.post("/_mock/plans", json={"plans": plans})
    assert answer.status_code == 200, answer.text


def flipped(video: bytes) -> bytes:
    """Return a video with another byte in the middle."""
    half = len(video) // 2
    return video[:half] + bytes([video[half] ^ 0x55]) + video[half + 1 :]


@pytest.mark.parametrize(
    ("fault", "content_type", "change"),
    [
        ("truncated:1", "video/mp4", lambda video: video[: len(video) // 100]),
        ("truncated:99", "video/mp4", lambda video: video[: len(video) * 99 // 100]),
        ("empty", "video/mp4", lambda _: b""),
        ("text", "text/plain; charset=utf-8", lambda video: video),
        ("corrupted", "video/mp4", flipped),
    ],
)
async def test_a_video_that_is_broken_once(
    rendering: httpx2.AsyncClient, finish: Finish, fault: str, content_type: str, change: Same
) -> None:
    """What is fetched is what the plan makes of the video, with its true length; no player takes what is none."""
    link = await finish(rendering, duration=2)
    await plan(rendering, f"body {fault} on=result nth=1")
    broken, whole = await rendering.get(link), await rendering.get(link)
    assert (broken.status_code, broken.headers["content-type"]) == (200, content_type)
    assert broken.content == change(whole.content)
    assert int(broken.headers["content-length"]) == len(broken.content)
    assert look(whole.content).length == 2 * SECOND
    if len(broken.content) * 2 < len(whole.content):
        with pytest.raises(ProbeError):
            look(broken.content)


async def test_a_link_that_is_broken_for_good(rendering: httpx2.AsyncClient, finish: Finish) -> None:
    """The task's own plan strikes whenever it is fetched, also what is sent of a part; the ETag is the true file's."""
    link = await finish(rendering, duration=2, prompt="A cat [mock: link corrupted]")
    for headers in ({}, {"range": "bytes=0-"}):
        broken = await rendering.get(link, headers=headers)
        assert broken.headers["etag"] == f'"{sha256(flipped(broken.content)).hexdigest()}"'
    part = await rendering.get(link, headers={"range": "bytes=0-9"})
    assert part.content == flipped(broken.content[:10])
    assert (await rendering.get(link, headers={"if-none-match": broken.headers["etag"]})).status_code == 304


@pytest.mark.parametrize("fault", ["html", "expires:0", "status:503", "redirect origin=http://127.0.0.1:9"])
async def test_a_link_that_leads_to_no_video(rendering: httpx2.AsyncClient, finish: Finish, fault: str) -> None:
    """What comes is no video; where the plan answers itself, none is rendered for it."""
    link = await finish(rendering, prompt=f"A cat [mock: link {fault}]", duration=2)
    answer = await rendering.get(link)
    assert answer.status_code == {"html": 200, "expires:0": 403, "status:503": 503}.get(fault, 302)
    with pytest.raises(ProbeError):
        look(answer.content)


async def test_a_link_that_is_broken_later(client: httpx2.AsyncClient, finish: Finish, wall: Wall) -> None:
    """Until then it holds, and the journal says of each fetch whether it was struck."""
    link = await finish(client, prompt="A cat [mock: link expires:3600]")
    statuses = [(await client.get(link)).status_code]
    wall.advance(3_600)
    statuses.append((await client.get(link)).status_code)
    assert statuses == [200, 403]
    entries = (await client.get("/_mock/journal")).json()["entries"]
    assert [bool(entry["faults"]) for entry in entries[-2:]] == [False, True]


async def test_ranges_that_are_not_served(rendering: httpx2.AsyncClient, finish: Finish) -> None:
    """All of the file comes, whatever part is asked for, and nothing says that parts could be had."""
    link = await finish(rendering, prompt="A cat [mock: link no-range]", duration=2)
    answer = await rendering.get(link, headers={"range": "bytes=0-9"})
    assert (answer.status_code, "accept-ranges" in answer.headers) == (200, False)
    assert answer.headers["etag"] == f'"{sha256(answer.content).hexdigest()}"'


@pytest.mark.parametrize("broken", ["body too-long:10", "disconnect in-body percent=90", "framing bad-chunk"])
async def test_an_answer_that_breaks_off(rendering: httpx2.AsyncClient, finish: Finish, broken: str) -> None:
    """The client is told of more than it gets, and can go on with the rest."""
    link = await finish(rendering, duration=2)
    await plan(rendering, f"{broken} on=result nth=1")
    with pytest.raises(BROKEN_OFF):
        await rendering.get(link)
    rest = await rendering.get(link, headers={"range": "bytes=1000-"})
    assert rest.status_code == 206
    assert rest.headers["content-range"].endswith(f"/{len(rest.content) + 1_000}")


async def test_a_file_that_changes_while_it_is_fetched(rendering: httpx2.AsyncClient, finish: Finish) -> None:
    """A plan that changes the ETag of the second part lets a client find out whether it looks at it."""
    link = await finish(rendering, duration=2)
    await plan(rendering, "head headers.etag='\"another\"' on=result nth=2")
    parts = [await rendering.get(link, headers={"range": asked}) for asked in ("bytes=0-99", "bytes=100-")]
    assert [part.status_code for part in parts] == [206, 206]
    assert parts[0].headers["etag"] != parts[1].headers["etag"]


async def test_a_video_of_another_length(rendering: httpx2.AsyncClient, finish: Finish) -> None:
    """A task that is planned to make more or less than was asked for has a video of that length, and is billed so."""
    link = await finish(rendering, duration=2, prompt="A cat [mock: task length=3]")
    assert look((await rendering.get(link)).content).length == 3 * SECOND


@pytest.mark.parametrize("kind", ["file_url", "download_url"])
@pytest.mark.parametrize(
    ("fault", "change"),
    [("truncated", lambda video: video[: len(video) // 2]), ("corrupted", flipped), ("empty", lambda _: b"")],
    ids=["truncated", "corrupted", "empty"],
)
async def test_files_that_are_broken(client: httpx2.AsyncClient, kind: str, fault: str, change: Same) -> None:
    """The links of files are struck alike."""
    content = MP4 + bytes(range(200))
    data = await stored(client, content)
    await plan(client, f"body {fault} on=download nth=1")
    broken, part = await client.get(data[kind]), await client.get(data[kind], headers={"range": "bytes=-200"})
    assert (broken.status_code, broken.content) == (200, change(content))
    assert (part.status_code, part.content) == (206, bytes(range(200)))


async def test_a_part_of_a_file_that_is_late(client: httpx2.AsyncClient) -> None:
    """Plans that change nothing of a file leave its parts and its conditions as they are."""
    data = await stored(client)
    await plan(client, "head headers.x-planned=yes on=download")
    part = await client.get(data["file_url"], headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content, part.headers["x-planned"]) == (206, PNG[:4], "yes")
    beyond = await client.get(data["file_url"], headers={"range": "bytes=9999-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(PNG)}")
