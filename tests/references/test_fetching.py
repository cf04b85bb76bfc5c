"""Reference videos that are somewhere else: fetched by the way out that is allowed, looked at, and kept nowhere."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from contracts.drive.receiver import Action, Close, Dribble, Hang, Raw, Receiver, Reply, Reset
from mock_server.core.files.errors import StorageFailed
from mock_server.core.models.model import Model
from mock_server.models import pages
from mock_server.models.layers import bundled_models
from mock_server.operations import references
from mock_server.store.depot import Depot, Incoming
from tests.files.uploading import GIF, contents
from tests.references.videos import RATE, counted, notes, probe_failed, referring, refusal, video
from tests.serving import Serve

pytestmark = pytest.mark.anyio

HOST = "videos.example.com"
URL = f"https://{HOST}/some/cat%20one.mp4?size=1"


class Connected:
    """A simulator whose way out leads to a receiver.

    Args:
        serve: How to serve it.
        folder: Where it keeps files.
        receiver: The receiver.
    """

    def __init__(self, serve: Serve, folder: Path, receiver: Receiver) -> None:
        self._serve = serve
        self.folder = folder
        self.receiver = receiver

    async def __call__(self, *actions: Action, **settings: Any) -> httpx2.AsyncClient:
        """Return a client; the receiver does these things."""
        self.receiver.script(*actions)
        return await self._serve(
            **{
                "callback_routes": (self.receiver.route,),
                "callback_ca": str(self.receiver.ca_file),
                "files_directory": str(self.folder),
                **settings,
            }
        )


@pytest.fixture
async def connected(serve: Serve, tmp_path: Path) -> AsyncIterator[Connected]:
    """How to get a simulator whose way out leads to a receiver."""
    with Receiver(host=HOST) as receiver:
        yield Connected(serve, tmp_path, receiver)


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """How to let the model take videos of fewer bytes only."""
    bundled = bundled_models

    def set_limit(most: int) -> None:
        def limited() -> dict[str, Model]:
            found = {}
            for name, model in bundled().items():
                rules = [msgspec.structs.replace(each, most_bytes=most) for each in model.references]
                found[name] = msgspec.structs.replace(model, references=tuple(rules))
            return found

        monkeypatch.setattr(pages, "bundled_models", limited)

    return set_limit


@pytest.mark.clauses("VIDEO-LENGTH", "VIDEO-FORMAT", "BILL-IN-1")
@pytest.mark.parametrize("media", ["lenient", "strict"])
async def test_a_video_that_has_a_route(connected: Connected, media: str) -> None:
    """It is asked for once, and nothing of it stays."""
    client = await connected(Reply(200, video(4.5)), media=media)
    assert await counted(client, URL) == 4.5
    assert await notes(client) == []
    (came,) = connected.receiver.wait_for(1)
    assert (came.method, came.path) == ("GET", "/some/cat%20one.mp4?size=1")
    assert contents(connected.folder) == []
    assert (await client.get("/api/v1/files/list", params={"page": 1})).json()["data"]["total"] == 0


@pytest.mark.clauses("VIDEO-LENGTH")
@pytest.mark.parametrize(("seconds", "status"), [(1.99, 400), (2, 200), (30, 200), (30.01, 400)])
async def test_its_length_has_the_same_bounds(connected: Connected, seconds: float, status: int) -> None:
    """Wherever a video is."""
    client = await connected(Reply(200, video(seconds, container="mov")))
    answer = await referring(client, URL)
    assert answer.status_code == status
    assert answer.headers.get("x-mock-clauses") == (None if status == 200 else "VIDEO-LENGTH")


@pytest.mark.uncounted
@pytest.mark.clauses("VIDEO-PROBE")
@pytest.mark.parametrize("media", ["lenient", "strict"])
@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Reply(404, video()), "cannot be fetched: the answer has the status 404"),
        (Reply(302, headers={"location": f"https://{HOST}/"}), "cannot be fetched: the answer has the status 302"),
        (Reply(206, video()), "cannot be fetched: the answer has the status 206"),
        (Close(), "cannot be fetched: the connection was closed before the answer was whole"),
        (Reset(), "cannot be fetched: the connection was reset"),
        (Raw(b"220 ready\r\n"), "cannot be fetched: the answer is not HTTP/1.1"),
        (Reply(200), "is no video"),
        (Reply(200, b"<html>", headers={"content-type": "video/mp4"}), "is no video"),
        (Reply(200, video()[:-100]), "is cut off or damaged"),
    ],
    ids=["missing", "redirect", "partial", "closed", "reset", "another protocol", "empty", "a page", "cut off"],
)
async def test_what_cannot_be_read(connected: Connected, action: Action, reason: str, media: str) -> None:
    """Whatever was reached and is no whole video is refused, leniently or strictly; no redirect is followed."""
    client = await connected(action, media=media)
    status, code, field, told = refusal(await referring(client, URL))
    assert (status, code, field) == probe_failed("")[:3]
    assert told.startswith(f"video_urls[0] {reason}")
    assert len(connected.receiver.wait_for(1)) == 1
    assert contents(connected.folder) == []


@pytest.mark.clauses("VIDEO-FORMAT")
async def test_another_format(connected: Connected) -> None:
    """It is told what it is by its content, whatever the answer's head says."""
    client = await connected(Reply(200, GIF, headers={"content-type": "video/mp4"}))
    told = 'video_urls[0] must be mp4 or mov, got "gif"'
    assert refusal(await referring(client, URL)) == (400, "invalid_request", "video_urls[0]", told)


@pytest.mark.clauses("VIDEO-SIZE")
async def test_the_size_has_a_bound(connected: Connected, limit: Callable[[int], None]) -> None:
    """A video of so many bytes is taken, and one of a byte more is not; no more is read than shows that."""
    limit(len(video()))
    large = Raw(b"HTTP/1.1 200 OK\r\n\r\n" + video() + bytes(3_000_000))
    client = await connected(Reply(200, video()), Reply(200, video() + b"\0"), large)
    assert await counted(client, URL) == 3
    for most in (1, 1_000_000):
        status, code, field, told = refusal(await referring(client, URL))
        assert (status, code, field) == (400, "invalid_request", "video_urls[0]")
        said, _, size = told.partition(", got ")
        assert said == f"video_urls[0] must have at most {len(video())} bytes"
        assert len(video()) < int(size) <= len(video()) + most
    assert contents(connected.folder) == []


@pytest.mark.clauses("VIDEO-PROBE")
@pytest.mark.parametrize("action", [Hang(), Dribble(every=0.05), Reply(after=60)], ids=["hang", "dribble", "late"])
async def test_it_has_its_time(connected: Connected, monkeypatch: pytest.MonkeyPatch, action: Action) -> None:
    """Also for an answer that comes byte by byte; meanwhile others are served."""
    monkeypatch.setattr(references, "MEASURE_SECONDS", 0.2)
    client = await connected(action)
    waiting = asyncio.create_task(referring(client, URL))
    await asyncio.to_thread(connected.receiver.wait_for, 1)
    assert (await client.get("/v1/credits")).status_code == 200
    assert not waiting.done()
    assert refusal(await waiting) == probe_failed("cannot be fetched: no whole answer within 0.2 s")


@pytest.mark.clauses("VIDEO-PROBE")
@pytest.mark.parametrize("media", ["lenient", "strict"])
async def test_who_cannot_be_connected_to(connected: Connected, media: str) -> None:
    """A route to where nobody listens is no way out: it counts as unreached."""
    client = await connected(media=media)
    connected.receiver.__exit__()
    reason = "cannot be reached: the connection was refused"
    if media == "strict":
        assert refusal(await referring(client, URL)) == probe_failed(reason)
        return
    assert await counted(client, URL) == 5
    assert await notes(client) == [f"video_urls[0] {reason}; the price list's default counts for it"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/a.mp4", "http://[::1]/a.mp4", "http://169.254.169.254/latest"])
async def test_internal_addresses_are_not_connected_to(serve: Serve, url: str) -> None:
    """Not by a route that there is not, and not as public ones; offline work goes on."""
    for egress, reason in (("routes", "has no route"), ("public", "cannot be reached: refused: ")):
        client = await serve(egress=egress)
        assert await counted(client, url) == 5
        assert (await notes(client))[0].startswith(f"video_urls[0] {reason}")
        strict = await serve(egress=egress, media="strict")
        assert refusal(await referring(strict, url))[1] == "video_probe_failed"


async def test_a_url_that_is_read_in_two_ways(connected: Connected) -> None:
    """It leads by no route."""
    client = await connected()
    assert await counted(client, f"https://{HOST}:99999/a.mp4") == 5
    assert connected.receiver.received == ()


class Together:
    """Answers with a video once so many requests have come."""

    def __init__(self, number: int, body: bytes) -> None:
        self._all = asyncio.Barrier(number)
        self._reply = Reply(200, body)

    async def perform(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Wait for the others, and answer."""
        await self._all.wait()
        await self._reply.perform(reader, writer)


@pytest.mark.clauses("BILL-IN-3")
async def test_several_are_measured_at_once(connected: Connected) -> None:
    """The last answer is not waited for before the next is asked for."""
    together = Together(3, video())
    client = await connected(together, together, together)
    assert await counted(client, f"{URL}1", f"{URL}2", f"{URL}3") == 4.95
    assert {came.path[-1] for came in connected.receiver.received} == {"1", "2", "3"}


@pytest.mark.clauses("BILL-IN-2")
async def test_one_url_is_asked_for_once(connected: Connected) -> None:
    """A video that a request names twice counts twice, and is fetched once."""
    client = await connected(Reply(200, video(2)))
    assert await counted(client, URL, URL) == 4
    assert len(connected.receiver.received) == 1


async def test_a_mixture(connected: Connected) -> None:
    """One that is fetched, one that is stated, one that cannot be reached: which counts as one of 5 s, and is cut."""
    client = await connected(Reply(200, video(2)))
    answer = await referring(client, f"{URL}", "https://other.example.com/a.mp4", f"{URL}#t=9", quality="720p")
    assert answer.json()["usage"]["credits_reserved"] == round((3 * 1.65 + 5) * RATE, 4)
    assert [note.split(" has ")[0] for note in await notes(client)] == ["video_urls[1]"]


@pytest.mark.parametrize("step", ["write", "rest"])
async def test_a_disk_that_is_full(connected: Connected, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """That is no fault of the video, and said so; the others are not left behind."""

    def refuse(*_: object) -> None:
        raise StorageFailed

    monkeypatch.setattr(Incoming, step, refuse)
    client = await connected(Reply(200, video()), Reply(200, video()))
    answer = await referring(client, f"{URL}1", f"{URL}2")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
    assert contents(connected.folder) == []


def test_what_has_arrived_is_read_from_the_disk(tmp_path: Path) -> None:
    """All of it, and a disk that fails is told."""
    with Depot(tmp_path).receive(10) as incoming:
        incoming.write(b"12345")
        assert incoming.rest().read_bytes() == b"12345"
        incoming._file.close()
        incoming._file = open("/dev/full", "wb")  # noqa: PTH123, SIM115 - closed with the rest
        incoming.write(b"6")
        with pytest.raises(StorageFailed):
            incoming.rest()
