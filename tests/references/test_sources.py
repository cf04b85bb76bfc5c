"""Where the length of a reference video comes from when a task is created."""

from typing import Any

import httpx2
import msgspec
import pytest

from mock_server.core.files.file import FileUsage, StoredFile
from mock_server.core.models.model import Model
from mock_server.media import studio
from mock_server.models import pages
from mock_server.models.layers import bundled_models
from mock_server.store import SqliteStore
from tests.files.uploading import GIF, MP4, send_form, stored
from tests.references.videos import counted, notes, origin, probe_failed, referring, refusal, video
from tests.serving import START, Serve, Wall, bearer, create

pytestmark = pytest.mark.anyio

AWAY = "https://videos.example.com/cat.mp4"
NO_FILE = "leads to no file here, or to one that has expired"
NO_ROUTE = "has no route, and nothing leaves this machine without one"
DAY = 24 * 3_600
LONGEST_TASK = 140


@pytest.mark.clauses("VIDEO-LENGTH", "BILL-IN-1")
async def test_a_length_that_the_url_states(client: httpx2.AsyncClient) -> None:
    """Nothing is looked at for it, and it has the same bounds."""
    assert await counted(client, f"{AWAY}#t=3.25") == 3.25
    assert await notes(client) == []
    short = "video_urls[1] must last 2 to 30 seconds, got 1.99"
    answer = await referring(client, f"{AWAY}#t=30", f"{AWAY}#t=1.99")
    assert refusal(answer) == (400, "invalid_request", "video_urls[1]", short)
    assert answer.headers["x-mock-clauses"] == "VIDEO-LENGTH"
    wrong = 'video_urls[0] must state its length in seconds, such as #t=12.5, got "#t=soon"'
    answer = await referring(client, f"{AWAY}#t=soon")
    assert refusal(answer) == (400, "invalid_request", "video_urls[0]", wrong)


@pytest.mark.uncounted
@pytest.mark.clauses("URLS-UPLOAD", "VIDEO-FORMAT", "VIDEO-LENGTH")
@pytest.mark.parametrize("reader", ["PyAV", "boxes"])
@pytest.mark.parametrize(("container", "seconds"), [("mp4", 2), ("mov", 4.75)])
async def test_an_upload(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, reader: str, container: str, seconds: float
) -> None:
    """Both its links lead to it, whatever it is called; and so does the one that production would have."""
    monkeypatch.setattr(studio, "available", lambda: reader == "PyAV")
    data = await stored(client, video(seconds, container=container), file_name="eine Übung.txt")
    path = data["file_url"].removeprefix(origin(client))
    links = [data["file_url"], data["download_url"], data["file_url"].replace("http", "HTTP", 1)]
    links += [f"https://files.evolink.ai{path}", f"https://files-api.evolink.ai{path}", f"{data['file_url']}?x=1#y"]
    links += [f"http://mock.internal:9000{path}"]
    for link in links:
        assert await counted(client, link) == seconds
        assert await notes(client) == []


@pytest.mark.clauses("VIDEO-LENGTH")
@pytest.mark.parametrize(
    ("seconds", "refused"), [(1.99, "1.99"), (2, None), (2.01, None), (29.99, None), (30, None), (30.01, "30.01")]
)
async def test_the_length_of_an_upload(client: httpx2.AsyncClient, seconds: float, refused: str | None) -> None:
    """From 2 to 30 seconds, and nothing beside that; a refused request leaves no task."""
    data = await stored(client, video(seconds))
    answer = await referring(client, data["file_url"])
    told = f"video_urls[0] must last 2 to 30 seconds, got {refused}"
    assert answer.status_code == (200 if refused is None else 400)
    assert refused is None or refusal(answer) == (400, "invalid_request", "video_urls[0]", told)
    assert (await client.get("/v1/tasks")).json()["total"] == (refused is None)


@pytest.mark.clauses("VIDEO-FORMAT", "VIDEO-PROBE")
@pytest.mark.parametrize(
    ("content", "code", "reason"),
    [
        (GIF, "invalid_request", 'must be mp4 or mov, got "gif"'),
        (b"\x1a\x45\xdf\xa3 webm" + bytes(60), "invalid_request", 'must be mp4 or mov, got "webm"'),
        (b"ID3" + bytes(60), "invalid_request", 'must be mp4 or mov, got "mp3"'),
        (MP4, "video_probe_failed", "is no MP4 or MOV file, or is cut off"),
        (video()[:-100], "video_probe_failed", "is cut off or damaged"),
    ],
    ids=["a picture", "another container", "sound", "a head alone", "cut off"],
)
async def test_an_upload_that_is_no_such_video(
    client: httpx2.AsyncClient, content: bytes, code: str, reason: str
) -> None:
    """It is told what it is by its content, whatever its name says."""
    data = (await send_form(client, content, name="clip.mp4", fileName="clip.mp4")).json()["data"]
    status, was, field, told = refusal(await referring(client, data["file_url"]))
    assert (status, was, field) == (400, code, "video_urls[0]")
    assert told.startswith(f"video_urls[0] {reason}")


@pytest.mark.clauses("VIDEO-SIZE")
@pytest.mark.parametrize(
    ("size", "said"),
    [(104_857_600, "is not there"), (104_857_601, "must have at most 104857600 bytes, got 104857601")],
)
async def test_the_size_of_an_upload(client: httpx2.AsyncClient, facts: SqliteStore, size: int, said: str) -> None:
    """One byte more than 100 MB is refused before anybody looks at it; the last that is allowed is looked at."""
    small = await stored(client, video(), file_name="small.mp4")
    account = small["file_url"].split("/")[3]
    large = StoredFile(
        universe="default",
        id="file_large",
        account=account,
        name="large.mp4",
        path="videos",
        original_name="large.mp4",
        type="video/mp4",
        size=size,
        digest="0" * 64,
        created_at=START,
        expires_at=START * 2,
    )
    assert await facts.add_file(large, FileUsage(9, 10**12), place=lambda: None)
    answer = await referring(client, f"{origin(client)}/{account}/uploads/videos/large.mp4")
    assert refusal(answer)[3] == f"video_urls[0] {said}"


@pytest.mark.clauses("FILE-STORED", "VIDEO-PROBE")
async def test_an_upload_that_has_expired(client: httpx2.AsyncClient, wall: Wall) -> None:
    """For 72 hours its link is a video, and then it is none."""
    data = await stored(client, video())
    wall.advance(3 * DAY - 0.000001)
    assert await counted(client, data["file_url"]) == 3
    wall.advance(0.000001)
    answer = await referring(client, data["file_url"])
    assert refusal(answer) == probe_failed(NO_FILE)
    assert answer.headers["x-mock-clauses"] == "VIDEO-PROBE"
    assert (await client.get("/v1/tasks")).json()["total"] == 1


async def test_an_upload_of_somebody_else(client: httpx2.AsyncClient) -> None:
    """Who has the link has the file: another account can use it, and another universe."""
    data = await stored(client, video())
    for key in ("sk-other", "sk-mock-elsewhere"):
        client.headers.update(bearer(key))
        assert await counted(client, data["file_url"]) == 3


@pytest.mark.clauses("VIDEO-PROBE")
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing.mp4",
        "/{account}/uploads/videos/mp4/other.mp4",
        "/{account}/uploads/../../../etc/passwd",
        "/{account}/uploads/videos/mp4/..%2f..%2f..%2fetc%2fpasswd",
        "/{account}/uploads/videos/mp4/film.mp4%00.png",
        "/{account}/uploads/videos/mp4/../mp4/film.mp4",
        "/{account}/uploads/",
        "/{account}/videos/2025/09/06/0123456789abcdef0123456789abcdef.mp4",
        "/{account}/videos/2025/09/06/film.mp4",
        "/AAAAAAAAAAAAAAAAAA/uploads/videos/mp4/film.mp4",
        "/AAAAAAAAAAAAAAAAAA/videos/2025/09/06/0123456789abcdef0123456789abcdef.mp4",
        "/api/v1/files/download/file_none",
        "/v1/credits",
    ],
)
async def test_links_of_ours_that_lead_nowhere(client: httpx2.AsyncClient, path: str) -> None:
    """Nothing is made of a path but a name to look up; here and where production has its files."""
    data = await stored(client, video(), file_name="film.mp4")
    path = path.format(account=data["file_url"].split("/")[3])
    for begin in (origin(client), "https://files.evolink.ai"):
        assert refusal(await referring(client, begin + path)) == probe_failed(NO_FILE)


async def test_a_link_like_ours_of_somebody_else(client: httpx2.AsyncClient) -> None:
    """What looks like a link of ours and is unknown is somewhere else, and goes the way of the others."""
    for path in ("AAAAAAAAAAAAAAAAAA/uploads/a.mp4", "AAAAAAAAAAAAAAAAAA/videos/2025/09/06/a.mp4"):
        assert await counted(client, f"https://videos.example.com/{path}") == 5
        assert await notes(client) == [f"video_urls[0] {NO_ROUTE}; the price list's default counts for it"]
    assert await counted(client, "https://a_-.example.com/AAAAAAAAAAAAAAAAAA/uploads/a.mp4") == 5


async def test_the_address_that_is_shown(serve: Serve) -> None:
    """Links that begin with what the server is told to be called are its own."""
    client = await serve(public_url="https://mock.example.com")
    assert refusal(await referring(client, "https://mock.example.com/a.mp4")) == probe_failed(NO_FILE)
    assert await counted(client, "https://mock.example.org/a.mp4") == 5


@pytest.mark.clauses("BILL-IN-1", "OP-LINK-24H", "VIDEO-PROBE")
async def test_a_result(client: httpx2.AsyncClient, wall: Wall) -> None:
    """It is as long as its task says, from its end on for 24 hours."""
    made = await create(client, duration=4)
    wall.advance(LONGEST_TASK)
    shown = (await client.get(f"/v1/tasks/{made['id']}")).json()
    (link,) = shown["results"]
    assert await counted(client, link) == 4
    assert await notes(client) == []
    changed = link.replace("/videos/", "/pictures/")
    assert refusal(await referring(client, changed)) == probe_failed(NO_FILE)
    wall.advance(DAY)
    assert refusal(await referring(client, link)) == probe_failed("is a link that has expired")


@pytest.mark.clauses("VIDEO-PROBE")
async def test_a_result_that_is_not_there_yet(serve: Serve) -> None:
    """The link of a task that has not ended leads nowhere."""
    store = SqliteStore()
    client = await serve(store=store)
    made = await create(client)
    task = await store.task("default", made["id"])
    assert task is not None
    assert refusal(await referring(client, origin(client) + task.result)) == probe_failed(NO_FILE)


@pytest.mark.parametrize("media", ["lenient", "strict"])
async def test_what_cannot_be_reached(serve: Serve, media: str) -> None:
    """Offline work goes on, with a note; strictly, it is refused and costs nothing."""
    client = await serve(media=media)
    answer = await referring(client, AWAY, f"{AWAY}#t=2")
    if media == "lenient":
        assert answer.json()["usage"]["credits_reserved"] == round((2.5 + 2 + 5) * 2.38, 4)
        assert await notes(client) == [f"video_urls[0] {NO_ROUTE}; the price list's default counts for it"]
    else:
        assert refusal(answer) == probe_failed(NO_ROUTE)
        assert (await client.get("/v1/credits")).json()["data"]["user"]["remaining_credits"] == 1_000


async def test_every_unreached_video_is_noted(client: httpx2.AsyncClient) -> None:
    """Where none is measured the task counts the default once, and each has its note."""
    assert await counted(client, AWAY, f"{AWAY}?2", f"{AWAY}?3") == 5
    said = f"{NO_ROUTE}; the price list's default counts for it"
    assert await notes(client) == [f"video_urls[{number}] {said}" for number in range(3)]


async def test_a_model_without_references(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that takes no reference videos looks at none."""

    def without() -> dict[str, Model]:
        models: dict[str, Any] = {
            name: msgspec.structs.replace(model, references=()) for name, model in bundled().items()
        }
        return models

    bundled = bundled_models
    monkeypatch.setattr(pages, "bundled_models", without)
    client = await serve(media="strict")
    assert await counted(client, AWAY) == 5
    assert await notes(client) == []
