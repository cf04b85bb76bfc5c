"""An idempotency key and reference videos: what was created once needs no video any more."""

import httpx2
import pytest

from tests.files.uploading import stored
from tests.references.videos import probe_failed, referring, refusal, video
from tests.serving import FILES, Serve, Wall

pytestmark = pytest.mark.anyio

DAY = 24 * 3_600
NO_FILE = "leads to no file here, or to one that has expired"


async def gone(client: httpx2.AsyncClient) -> str:
    """Create a task with a key and an uploaded video, delete the file, and return its link."""
    data = await stored(client, video())
    first = await referring(client, data["file_url"], key="once")
    assert first.status_code == 200
    assert (await client.delete(f"{FILES}{data['file_id']}")).status_code == 200
    link: str = data["file_url"]
    return link


@pytest.mark.clauses("IDEM-REPLAY")
async def test_a_replay_needs_no_video(client: httpx2.AsyncClient) -> None:
    """The task is shown again when its video is gone; without the key, or for a new one, the video is missed."""
    link = await gone(client)
    again = await referring(client, link, key="once")
    assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
    for key in ("", "twice"):
        assert refusal(await referring(client, link, key=key)) == probe_failed(NO_FILE)
    assert (await client.get("/v1/tasks")).json()["total"] == 1


@pytest.mark.clauses("IDEM-CONFLICT")
async def test_another_body_is_told_before_its_video_is_looked_at(client: httpx2.AsyncClient) -> None:
    """A key that is used for something else is the first thing that is wrong."""
    link = await gone(client)
    answer = await referring(client, link, key="once", prompt="Another")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "idempotency_conflict")


@pytest.mark.clauses("IDEM-LIFETIME")
async def test_a_key_that_is_forgotten_needs_its_video(client: httpx2.AsyncClient, wall: Wall) -> None:
    """After a day the same request is a new one."""
    link = await gone(client)
    wall.advance(DAY)
    assert refusal(await referring(client, link, key="once")) == probe_failed(NO_FILE)


@pytest.mark.clauses("IDEM-REPLAY")
async def test_a_refused_video_claims_nothing(client: httpx2.AsyncClient) -> None:
    """A key whose video could not be measured can be used for the mended request."""
    data = await stored(client, video())
    assert (await referring(client, f"{data['file_url']}.gone", key="once")).status_code == 400
    mended = await referring(client, data["file_url"], key="once")
    assert (mended.status_code, "idempotency-replayed" in mended.headers) == (200, False)


async def test_the_order_of_checks(serve: Serve) -> None:
    """Fields and access to the model come before the videos, and those before the balance."""
    client = await serve(media="strict", credits=1)
    link = "https://videos.example.com/a.mp4"
    assert refusal(await referring(client, link, duration=99))[1] == "invalid_request"
    headers = {"authorization": "Bearer sk-mock-no-access"}
    client.headers.update(headers)
    assert (await referring(client, link)).status_code == 403
    client.headers.update({"authorization": "Bearer sk-test"})
    assert refusal(await referring(client, link))[1] == "video_probe_failed"
    assert (await referring(client, f"{link}#t=3")).status_code == 402
