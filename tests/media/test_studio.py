"""The studio: what a server asks of it, with a stand-in for the processes where what they do is not the point."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from mock_server.media import studio
from mock_server.media.jobs import Job, Render
from mock_server.media.picture import Picture
from mock_server.media.probe import Probe, ProbeError
from mock_server.media.process import JobFailed, Worker
from mock_server.media.studio import MISSING, MediaMissing, RenderError, Studio, available
from tests.media.clips import SMALL, Clip
from tests.running import printed_by

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rooms(anyio_backend: str) -> AsyncIterator[Callable[..., Studio]]:  # noqa: ARG001
    """How to open studios, which are closed in the end."""
    opened: list[Studio] = []

    def open_studio(**settings: int) -> Studio:
        opened.append(Studio(**settings))
        return opened[-1]

    yield open_studio
    for one in opened:
        await one.close()


class StandIn:
    """Does jobs in the place of a process, when it is let, and remembers them."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.begun = asyncio.Event()
        self.let = asyncio.Event()
        self.let.set()
        self.trouble: Exception | None = None

    async def do(self, job: Job) -> bytes | None:
        """Write something into the file of a clip, or draw something."""
        self.jobs.append(job)
        self.begun.set()
        await self.let.wait()
        if self.trouble is not None:
            raise self.trouble
        if isinstance(job, Render):
            await asyncio.to_thread(Path(job.path).write_text, job.picture.task)
            return None
        return b"a sheet"


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """What every worker does here."""
    worker = StandIn()
    monkeypatch.setattr(Worker, "do", lambda _, job: worker.do(job))
    return worker


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do as if the extra were not installed."""
    monkeypatch.setattr(studio, "available", lambda: False)


def other(task: str) -> Picture:
    """Return a picture of another task."""
    return msgspec.structs.replace(SMALL, task=task)


async def test_a_studio_renders_and_looks(rooms: Callable[..., Studio], clip: Clip) -> None:
    """A clip is what it is anywhere else; it can be examined, and seen at a glance."""
    ours = rooms()
    video = await ours.fetch(SMALL)
    assert video == clip().read_bytes()
    assert (await ours.contact_sheet(video)).startswith(b"\x89PNG")
    assert (await ours.probe(clip())).length == 2_000_000
    with pytest.raises(ProbeError, match=r"^is not there$"):
        await ours.probe(clip().parent / "none")


async def test_a_clip_is_rendered_once_for_all_who_ask(rooms: Callable[..., Studio], stand_in: StandIn) -> None:
    """Those who ask together wait for one rendering, and who comes later gets what was kept."""
    ours = rooms()
    clips = await asyncio.gather(*(ours.fetch(SMALL) for _ in range(5)), ours.fetch(other("b")))
    assert clips == [SMALL.task.encode()] * 5 + [b"b"]
    assert await ours.fetch(SMALL) == SMALL.task.encode()
    assert len(stand_in.jobs) == 2


async def test_who_stops_waiting_stops_nobody_else(rooms: Callable[..., Studio], stand_in: StandIn) -> None:
    """The rendering goes on for the others, and is kept even if there are none."""
    ours = rooms()
    stand_in.let.clear()
    waiting = [asyncio.create_task(ours.fetch(SMALL)) for _ in range(2)]
    await stand_in.begun.wait()
    for task in waiting:
        task.cancel()
    assert all(
        isinstance(result, asyncio.CancelledError) for result in await asyncio.gather(*waiting, return_exceptions=True)
    )
    stand_in.let.set()
    assert await ours.fetch(SMALL) == SMALL.task.encode()
    assert len(stand_in.jobs) == 1


async def test_what_is_not_asked_for_makes_room(rooms: Callable[..., Studio], stand_in: StandIn) -> None:
    """Kept are so many bytes as were allowed; what had to go is rendered again."""
    ours = rooms(shelf_bytes=2)
    for task in ("a", "b", "c", "c", "a"):
        assert await ours.fetch(other(task)) == task.encode()
    assert [job.picture.task for job in stand_in.jobs if isinstance(job, Render)] == ["a", "b", "c", "a"]


async def test_a_rendering_that_fails_is_tried_again(rooms: Callable[..., Studio], stand_in: StandIn) -> None:
    """Everyone who waited is told why; the next who asks has it tried again."""
    ours = rooms()
    stand_in.trouble = JobFailed("the disk is full")
    said = f"the clip of {SMALL.task} could not be rendered: the disk is full"
    results = await asyncio.gather(ours.fetch(SMALL), ours.fetch(SMALL), return_exceptions=True)
    assert [str(result) for result in results] == [said, said]
    assert {type(result) for result in results} == {RenderError}
    stand_in.trouble = None
    assert await ours.fetch(SMALL) == SMALL.task.encode()


async def test_what_a_process_could_not_do_is_told(
    rooms: Callable[..., Studio], stand_in: StandIn, tmp_path: Path
) -> None:
    """A file that costs the process its life is refused; a sheet that was not drawn may be drawn the next time."""
    ours = rooms()
    assert await ours.contact_sheet(b"") == b"a sheet"
    stand_in.trouble = JobFailed("it took longer than 20 seconds")
    with pytest.raises(ProbeError, match=r"^cannot be read: it took longer than 20 seconds$"):
        await ours.probe(tmp_path)
    with pytest.raises(RenderError, match=r"^the contact sheet could not be drawn: it took longer than 20 seconds$"):
        await ours.contact_sheet(b"")


async def test_closing_gives_up_what_is_under_way_and_removes_the_files(stand_in: StandIn) -> None:
    """Who still waits is told so; nothing stays on the disk."""
    ours = Studio()
    await ours.fetch(other("a"))
    folder = Path(stand_in.jobs[0].path).parent if isinstance(stand_in.jobs[0], Render) else Path()
    assert len(list(folder.iterdir())) == 1
    stand_in.let.clear()
    stand_in.begun.clear()
    waiting = asyncio.create_task(ours.fetch(SMALL))
    await stand_in.begun.wait()
    await ours.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not folder.exists()


@pytest.mark.usefixtures("bare")
async def test_without_the_extra_files_can_still_be_examined(rooms: Callable[..., Studio], clip: Clip) -> None:
    """Lengths are known all the same, since prices follow from them; what takes the library says how to install it."""
    ours = rooms()
    probe = await ours.probe(clip())
    assert probe == Probe(
        container="mp4",
        length=2_000_000,
        width=288,
        height=160,
        frame_rate=30.0,
        codec="h264",
        has_audio=True,
        size=clip().stat().st_size,
    )
    with pytest.raises(ProbeError, match=r"^is not there$"):
        await ours.probe(clip().parent / "none")
    for asked in (ours.fetch(SMALL), ours.contact_sheet(b"")):
        with pytest.raises(MediaMissing) as caught:
            await asked
        assert str(caught.value) == MISSING


def test_whether_the_extra_is_installed_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked for once, and not imported for that."""
    available.cache_clear()
    assert available()
    available.cache_clear()
    monkeypatch.setattr(studio, "find_spec", lambda _: None)
    assert not available()
    monkeypatch.undo()
    available.cache_clear()


def test_a_server_does_not_import_the_library() -> None:
    """It takes longer than the server takes to start, and only the processes need it."""
    program = "import sys, mock_server.media.studio as studio; print(studio.available(), 'av' in sys.modules)"
    assert printed_by(sys.executable, "-c", program) == "True False\n"
