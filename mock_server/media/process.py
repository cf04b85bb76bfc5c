"""A worker as the server sees it: a process that is started when there is something to do, and again if it is lost.

It is waited for by a thread, not by the event loop: an app that is called in a client's own process may be called from
one event loop after another, and each may ask the same worker.
"""

import asyncio
import subprocess
import sys
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE
from threading import Timer
from typing import IO, TypeAlias, cast

from mock_server.media.jobs import LENGTH, Done, Job, Refused, Reply, read_reply, write
from mock_server.media.probe import Probe, ProbeError

Process: TypeAlias = "subprocess.Popen[bytes]"


class JobFailed(RuntimeError):
    """A job was not done, for no fault of a file: it went wrong, took too long, or the process ended.

    The message says which; a process that was lost is started again for the next job.
    """


class Worker:
    """A process that does one job at a time; those who come meanwhile wait.

    Args:
        folder: What it writes into, and removes when the server is gone.
        seconds: How long a job may take.
    """

    def __init__(self, folder: Path, *, seconds: float) -> None:
        self._folder = folder
        self._seconds = seconds
        self._thread = ThreadPoolExecutor(1)
        self._process: Process | None = None
        self._unwanted = False

    async def do(self, job: Job) -> Probe | bytes | None:
        """Have a job done, and return what there is to say.

        Raises:
            ProbeError: The file that the job is about is no video that can be read.
            JobFailed: The job was not done.
        """
        asked = self._thread.submit(self._ask, job)
        try:
            reply = await asyncio.wrap_future(asked)
        except asyncio.CancelledError:
            if asked.running():
                self._give_up()
            raise
        if isinstance(reply, Done):
            return reply.value
        raise ProbeError(reply.why) if isinstance(reply, Refused) else JobFailed(reply.why)

    async def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._give_up()
        await asyncio.wrap_future(self._thread.submit(self._end))

    def _give_up(self) -> None:
        """Have the job that is under way fail; of one whose process is being started, that process notices."""
        self._unwanted = True
        process = self._process
        if process is not None:
            process.kill()

    def _ask(self, job: Job) -> Reply:
        """Have a job done, on the worker's thread."""
        self._unwanted, began = False, time.monotonic()
        try:
            return self._try(job)
        except (OSError, EOFError):
            self._end()
            if time.monotonic() - began >= self._seconds:
                raise JobFailed(f"it took longer than {self._seconds:g} seconds") from None
            raise JobFailed("the process that was to do it could not be started, or ended") from None

    def _try(self, job: Job) -> Reply:
        process = self._process or self._start()
        limit = Timer(self._seconds, process.kill)
        limit.daemon = True
        limit.start()
        try:
            if self._unwanted:
                raise EOFError
            return _exchange(process, job)
        finally:
            limit.cancel()

    def _start(self) -> Process:
        process = subprocess.Popen(  # noqa: S603 - our own program, by this very Python
            [sys.executable, "-P", "-m", "mock_server.media.worker", str(self._folder)],
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,  # an interrupt from the keyboard is for the server, which ends this one
        )
        self._process, self._finish = process, weakref.finalize(self, _end, process)
        return process

    def _end(self) -> None:
        if self._process is not None:
            self._finish()
            self._process = None


def _exchange(process: Process, job: Job) -> Reply:
    sent, answers = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    sent.write(write(job))
    sent.flush()
    length = int.from_bytes(_read(answers, LENGTH), "big")
    return read_reply(_read(answers, length))


def _read(source: IO[bytes], size: int) -> bytes:
    data = source.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _end(process: Process) -> None:
    """End a process, whatever it is doing; also of a worker that nobody has stopped."""
    process.kill()
    with process, suppress(BrokenPipeError):
        cast("IO[bytes]", process.stdin).close()
