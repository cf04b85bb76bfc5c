"""A process and all that come from it, so that none of them outlives its run."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import IO, Final, cast

MARK: Final = "EVOLINK_PROGRAM_RUN"
"""The variable by which those are known that leave the group of the process that they come from."""

_PROCESSES: Final = Path("/proc")


class Family:
    """A process in a session and a group of its own, with nothing to read.

    Args:
        command: The program and its arguments.
        environment: All of its variables.
        directory: Where it runs.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self, command: Sequence[str], *, environment: Mapping[str, str], directory: Path) -> None:
        self._mark = token_hex(16)
        self._process = subprocess.Popen(  # noqa: S603 - running what the user names is what this is for
            command,
            cwd=directory,
            env={**environment, MARK: self._mark},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def output(self) -> IO[bytes]:
        """The end of a pipe by which comes what it prints."""
        return cast("IO[bytes]", self._process.stdout)

    @property
    def errors(self) -> IO[bytes]:
        """The same of standard error."""
        return cast("IO[bytes]", self._process.stderr)

    def wait(self) -> int:
        """Wait until the first process has ended, and return its exit code, or below zero the signal that ended it."""
        return self._process.wait()

    def signal(self, number: int) -> None:
        """Send a signal to all that are in the group."""
        with suppress(ProcessLookupError, PermissionError):  # macOS says the second of a group of the dead
            os.killpg(self._process.pid, number)

    def end(self) -> None:
        """Kill whoever is left, in the group or, where the system shows who they are, elsewhere."""
        self.signal(signal.SIGKILL)
        killed: set[int] = set()
        while strays := set(self._strays()) - killed:
            for pid in strays:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            killed |= strays

    def _strays(self) -> Iterator[int]:
        mark = f"{MARK}={self._mark}".encode()
        for folder in _PROCESSES.glob("[0-9]*"):
            with suppress(OSError):  # somebody else's, or gone meanwhile
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    yield int(folder.name)
