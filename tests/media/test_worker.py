"""The process that renders and reads: what it does with a job, and what becomes of it when something goes wrong."""

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import msgspec
import pytest

from mock_server.media.jobs import (
    LENGTH,
    Done,
    Examine,
    Failed,
    Job,
    Overview,
    Refused,
    Render,
    Reply,
    read_reply,
    write,
)
from mock_server.media.probe import Probe, ProbeError
from mock_server.media.process import JobFailed, Process, Worker
from mock_server.media.worker import work
from tests.media.clips import SMALL, Clip
from tests.running import PATIENCE

pytestmark = pytest.mark.anyio


@pytest.fixture
async def worker(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Worker]:  # noqa: ARG001
    """A worker that has not begun."""
    made = Worker(tmp_path, seconds=60)
    yield made
    await made.stop()


async def started(worker: Worker) -> Process:
    """Wait until a worker has a process."""
    while worker._process is None:  # noqa: ASYNC110 - nobody says so
        await asyncio.sleep(0)
    return worker._process


def names(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return [path.name for path in folder.iterdir()]


def replies_to(*jobs: Job) -> list[Reply]:
    """Do jobs in this process, as the worker does them."""
    written = BytesIO()
    work(BytesIO(b"".join(map(write, jobs))), written)
    data, replies = written.getvalue(), []
    while data:
        end = LENGTH + int.from_bytes(data[:LENGTH], "big")
        replies.append(read_reply(data[LENGTH:end]))
        data = data[end:]
    return replies


def test_jobs_are_done_one_after_the_other(clip: Clip, tmp_path: Path) -> None:
    """A clip is rendered into its file, a file is examined, and a contact sheet is drawn."""
    path = tmp_path / "clip.mp4"
    rendered, examined, drawn = replies_to(Render(SMALL, str(path)), Examine(str(path)), Overview(clip().read_bytes()))
    assert rendered == Done(None)
    assert path.read_bytes() == clip().read_bytes()
    assert isinstance(examined, Done)
    assert isinstance(examined.value, Probe)
    assert examined.value.length == 2_000_000
    assert isinstance(drawn, Done)
    assert isinstance(drawn.value, bytes)


def test_what_goes_wrong_is_an_answer_and_the_next_job_is_done(clip: Clip, tmp_path: Path) -> None:
    """A file that is no video is refused, a clip that cannot be written has failed, and that is all."""
    gone, nowhere, fine = replies_to(
        Overview(b"no video"), Render(SMALL, str(tmp_path / "none" / "clip.mp4")), Examine(str(clip()))
    )
    assert isinstance(gone, Refused)
    assert nowhere == Failed("FileNotFoundError: [Errno 2] No such file or directory")
    assert isinstance(fine, Done)


async def test_a_worker_says_what_the_process_found(worker: Worker, clip: Clip, tmp_path: Path) -> None:
    """One process does several jobs; what it refuses and what fails is raised."""
    probe = await worker.do(Examine(str(clip())))
    assert isinstance(probe, Probe)
    assert probe.size == clip().stat().st_size
    process = worker._process
    with pytest.raises(ProbeError, match=r"^is not there$"):
        await worker.do(Examine(str(tmp_path / "none")))
    with pytest.raises(JobFailed, match=r"^FileNotFoundError: "):
        await worker.do(Render(SMALL, str(tmp_path / "none" / "clip.mp4")))
    assert worker._process is process


async def test_a_worker_that_is_killed_is_missed_and_replaced(worker: Worker, tmp_path: Path) -> None:
    """Whoever waits for the job is told; the next job starts another process and is done."""
    long = msgspec.structs.replace(SMALL, width=1920, height=1080, seconds=10)
    job = asyncio.create_task(worker.do(Render(long, str(tmp_path / "long.mp4"))))
    (await started(worker)).kill()
    with pytest.raises(JobFailed, match=r"^the process that was to do it could not be started, or ended$"):
        await job
    assert await worker.do(Render(SMALL, str(tmp_path / "clip.mp4"))) is None
    assert (tmp_path / "clip.mp4").stat().st_size > 1000


async def test_a_process_that_ends_without_a_word_is_missed(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One that took the job and did not answer is as good as none."""
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nhead -c 1 >/dev/null\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(JobFailed, match=r"^the process that was to do it could not be started, or ended$"):
        await worker.do(Examine("video.mp4"))


async def test_a_job_that_takes_too_long_is_given_up(clip: Clip, tmp_path: Path) -> None:
    """The process is ended, since nobody knows what it is doing."""
    hasty = Worker(tmp_path, seconds=0)
    with pytest.raises(JobFailed, match=r"^it took longer than 0 seconds$"):
        await hasty.do(Examine(str(clip())))
    assert hasty._process is None


async def test_a_job_that_nobody_waits_for_is_given_up(worker: Worker, tmp_path: Path) -> None:
    """What is cancelled leaves no process in the middle of something behind, and no other job waits for it."""
    job = asyncio.create_task(worker.do(Render(SMALL, str(tmp_path / "clip.mp4"))))
    process = await started(worker)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await worker.do(Render(SMALL, str(tmp_path / "next.mp4"))) is None
    assert process.returncode is not None
    assert worker._process is not process


async def test_a_worker_that_has_ended_can_be_stopped(worker: Worker, clip: Clip) -> None:
    """Ending a process that is gone is no mistake, nor is ending one that never was."""
    await worker.stop()
    await worker.do(Examine(str(clip())))
    assert worker._process is not None
    worker._process.kill()
    worker._process.wait()
    await worker.stop()


async def test_a_job_is_given_up_while_its_process_is_being_started(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is not begun then."""
    starting, start = threading.Event(), threading.Event()
    true = Worker._start

    def hold(self: Worker) -> Process:
        starting.set()
        start.wait()
        return true(self)

    monkeypatch.setattr(Worker, "_start", hold)
    job = asyncio.create_task(worker.do(Render(SMALL, str(tmp_path / "clip.mp4"))))
    await asyncio.to_thread(starting.wait)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    start.set()
    await worker.stop()
    assert names(tmp_path) == []


async def test_who_waits_can_leave(worker: Worker, tmp_path: Path) -> None:
    """A job that has not been begun is left out, and the one that is under way goes on."""
    first = asyncio.create_task(worker.do(Render(SMALL, str(tmp_path / "first.mp4"))))
    process = await started(worker)
    second = asyncio.create_task(worker.do(Render(SMALL, str(tmp_path / "second.mp4"))))
    await asyncio.sleep(0)
    second.cancel()
    assert await first is None
    assert names(tmp_path) == ["first.mp4"]
    assert worker._process is process


def test_one_worker_in_several_event_loops(clip: Clip, tmp_path: Path) -> None:
    """An app that is called from one loop after another asks the same process; one that is let go of ends it."""
    worker = Worker(tmp_path, seconds=60)
    seen = set()
    for _ in range(2):
        asyncio.run(worker.do(Examine(str(clip()))))
        seen.add(worker._process)
    (process,) = seen
    assert process is not None
    del worker
    gc.collect()
    assert process.wait(PATIENCE) is not None  # the thread that asked it may be the last to let go


def test_a_process_whose_server_is_gone_removes_its_folder(tmp_path: Path) -> None:
    """A server that was killed cannot: the end of the jobs is the sign, whether it comes before or after an answer."""
    for jobs in (b"", write(Render(SMALL, str(tmp_path / "clips" / "clip.mp4")))):
        (tmp_path / "clips").mkdir()
        command = [sys.executable, "-P", "-m", "mock_server.media.worker", str(tmp_path / "clips")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.close()
            process.stdin.write(jobs)
        assert process.returncode == 0
        assert not (tmp_path / "clips").exists()
