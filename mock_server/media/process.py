"""A worker as the server sees it: a process that is started when there is something to do, and again if it is lost."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import cast

from mock_server.media.jobs import LENGTH, Done, Job, Refused, Reply, read_reply, write
from mock_server.media.probe import Probe, ProbeError


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
        self._turn = asyncio.Lock()
        self._process: Process | None = None

    async def do(self, job: Job) -> Probe | bytes | None:
        """Have a job done, and return what there is to say.

        Raises:
            ProbeError: The file that the job is about is no video that can be read.
            JobFailed: The job was not done.
        """
        async with self._turn:
            reply = await self._ask(job)
        if isinstance(reply, Done):
            return reply.value
        raise ProbeError(reply.why) if isinstance(reply, Refused) else JobFailed(reply.why)

    async def _ask(self, job: Job) -> Reply:
        try:
            return await self._try(job)
        except TimeoutError:
            raise JobFailed(f"it took longer than {self._seconds:g} seconds") from None
        except (OSError, asyncio.IncompleteReadError):
            raise JobFailed("the process that was to do it could not be started, or ended") from None

    async def _try(self, job: Job) -> Reply:
        try:
            async with asyncio.timeout(self._seconds):
                self._process = self._process or await self._start()
                return await _exchange(self._process, job)
        except BaseException:  # whatever it was: the process is in the middle of something
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()

    async def _start(self) -> Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "mock_server.media.worker", str(self._folder)),
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,  # an interrupt from the keyboard is for the server, which ends this one
        )


async def _exchange(process: Process, job: Job) -> Reply:
    sent, answers = cast("asyncio.StreamWriter", process.stdin), cast("asyncio.StreamReader", process.stdout)
    sent.write(write(job))
    await sent.drain()
    length = int.from_bytes(await answers.readexactly(LENGTH), "big")
    return read_reply(await answers.readexactly(length))
