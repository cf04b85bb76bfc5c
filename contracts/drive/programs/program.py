"""Somebody's program, run whole: it ends by itself or is ended, and so is all that it started.

    run = Program(["node", "client.mjs"], environment=variables, directory=folder, limit_seconds=60).run()
    assert run.exit_code == 0, run.errors

It has nothing to read, and a session of its own, which no terminal and no Ctrl-C reaches.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from typing import Final

from contracts.drive.programs.family import Family
from contracts.drive.programs.interrupts import ROSTER
from contracts.drive.programs.running import Kept, Run, Running

OUTPUT: Final = "output.txt"
"""The file that keeps what a program prints."""

ERRORS: Final = "errors.txt"
"""The file that keeps what a program prints to standard error."""


class Program:
    """A program, which can be run as often as wanted, once at a time. Several run side by side, each on a thread.

    Args:
        command: The program and its arguments.
        environment: All of its variables.
        directory: Where it runs.
        limit_seconds: How long it may take.
        keep: The folder, made if need be, for `OUTPUT` and `ERRORS`, which are kept up to a limit.
        grace_seconds: How long it may take to end when it is told to, before it is killed.

    Raises:
        ValueError: The command is empty.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        limit_seconds: float,
        keep: Path | None = None,
        grace_seconds: float = 5.0,
    ) -> None:
        if not command:
            raise ValueError("the command must name a program; it is empty")
        self._command = tuple(command)
        self._environment = environment
        self._directory = directory
        self._limit_seconds = limit_seconds
        self._keep = keep
        self._grace_seconds = grace_seconds
        self._starting = Lock()
        self._running: Running | None = None

    def run(self) -> Run:
        """Run it until it has ended, on this thread. Whatever interrupts this, Ctrl-C among it, ends the program."""
        started = self._start()
        return started if isinstance(started, Run) else self._finish(started)

    def stop(self) -> None:
        """Ask it to end (SIGTERM), kill it when its grace is over, and return when it has ended.

        May be called on any thread that the program does not need to end, so not on that of the server it talks to.
        """
        running = self._current()
        if running is not None:
            running.stop()

    def kill(self) -> None:
        """Kill it, and return when it has ended. May be called on any thread, at any moment of an exchange."""
        running = self._current()
        if running is not None:
            running.kill()

    def _current(self) -> Running | None:
        with self._starting:  # since a program may be heard of before its start has returned
            return self._running

    def _start(self) -> Running | Run:
        with self._starting:
            try:
                self._running = ROSTER.start(self._begin)
            except OSError as error:
                return Run(ended="not started", errors=self._explain(error))
            return self._running

    def _begin(self) -> Running:
        with ExitStack() as stack:
            files = self._open(stack, OUTPUT), self._open(stack, ERRORS)
            family = Family(self._command, environment=self._environment, directory=self._directory)
            stack.pop_all()  # they are closed when all has been read
        return Running(family, files=files, grace_seconds=self._grace_seconds)

    def _finish(self, running: Running) -> Run:
        try:
            return running.finish(self._limit_seconds)
        finally:
            ROSTER.leave(running)

    def _open(self, stack: ExitStack, name: str) -> Kept:
        """Open a file that keeps what is printed, if any is to be kept."""
        if self._keep is None:
            return None
        self._keep.mkdir(parents=True, exist_ok=True)
        return stack.enter_context((self._keep / name).open("wb", buffering=0))

    def _explain(self, error: OSError) -> str:
        """Say why it does not start."""
        name = self._command[0]
        return f"{name} cannot be started: {self._find_reason(name, error)}"

    def _find_reason(self, name: str, error: OSError) -> str:
        if not self._directory.is_dir():
            return f"there is no directory {self._directory}"
        if isinstance(error, PermissionError):
            return "it is no program that you may run; chmod +x makes a file one"
        if not isinstance(error, FileNotFoundError):
            return f"{error.filename or name}: {error.strerror}"
        if os.sep not in name:
            return "there is no such program on PATH"
        known = (self._directory / name).exists()
        return "its first line names an interpreter that is not there" if known else "there is no such file"
