"""The process that does what takes long or may go wrong: it renders, and reads files that strangers made.

It is started by `process.Worker` as `python -m mock_server.media.worker FOLDER`, takes jobs from its standard input one
at a time, and ends when there are no more: when the server has closed it, or has gone away. Then it removes the folder
with what it has rendered, since a server that was killed cannot.
"""

import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from shutil import rmtree
from typing import BinaryIO, Final

from mock_server.media.jobs import LENGTH, Done, Examine, Failed, Job, Overview, Refused, Reply, read_job, write
from mock_server.media.probe import Probe, ProbeError, open_file
from mock_server.media.probing import probe
from mock_server.media.rendering import render
from mock_server.media.sheet import contact_sheet

MEMORY: Final = 2 * 1024**3
"""Bytes of addresses that the process may have, where the system has such a limit."""


def main() -> None:
    """Do jobs until there are no more."""
    limit_memory()
    with suppress(BrokenPipeError), open(0, "rb", closefd=False) as jobs, open(1, "wb", 0, closefd=False) as replies:
        work(jobs, replies)
    rmtree(sys.argv[1], ignore_errors=True)


def limit_memory() -> None:
    """Let a file that claims to need more memory than any video does fail, and nothing but it."""
    with suppress(ImportError, OSError, ValueError):  # not every system has such a limit, or lets it be set
        import resource  # noqa: PLC0415 - not on Windows

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))


def work(jobs: BinaryIO, replies: BinaryIO) -> None:
    """Read jobs one after the other and answer each, until their source ends."""
    while length := jobs.read(LENGTH):
        replies.write(write(do(read_job(jobs.read(int.from_bytes(length, "big"))))))


def do(job: Job) -> Reply:
    """Do a job, and say how it went; whatever goes wrong is an answer, too."""
    try:
        return Done(_do(job))
    except ProbeError as error:
        return Refused(str(error))
    except Exception as error:  # noqa: BLE001 - another job may go well
        return Failed(f"{type(error).__name__}: {error}")


def _do(job: Job) -> Probe | bytes | None:
    if isinstance(job, Overview):
        return contact_sheet(BytesIO(job.video))
    if isinstance(job, Examine):
        with open_file(Path(job.path)) as file:
            return probe(file)
    render(job.picture, Path(job.path))
    return None


if __name__ == "__main__":
    main()
