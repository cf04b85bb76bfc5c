"""A program that runs, and what comes of that."""

import signal
from threading import Event, Lock, Thread
from time import monotonic
from typing import IO, Literal, TypeAlias

import msgspec

from contracts.drive.programs.family import Family
from contracts.drive.programs.output import Output

Kept: TypeAlias = IO[bytes] | None
"""A file that keeps what a program prints, if there is one."""

Ending: TypeAlias = Literal["by itself", "by limit", "stopped", "killed", "not started"]
"""How a run came to its end: by itself; by its time limit; as `stop` asked; killed, by `kill` or because it did not do
as `stop` asked; or before it began."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What came of running a program.

    Args:
        ended: How it came to its end.
        exit_code: What it exited with; the number of the signal that ended it, below zero; None if it did not start.
        output: What it printed; of much, the beginning and the end.
        errors: The same of standard error; if it did not start, the reason in one sentence.
        seconds: How long it ran.
        stopping_seconds: How long it went on after it was first told to end; None if nobody told it to.
    """

    ended: Ending
    exit_code: int | None = None
    output: str = ""
    errors: str = ""
    seconds: float = 0.0
    stopping_seconds: float | None = None


class Running:
    """A program that has been started.

    Args:
        family: Its process, and all that come from it.
        files: Where its output and its errors are kept; None for each that is not.
        grace_seconds: How long it may take to end when it is told to, before it is killed.
    """

    def __init__(self, family: Family, *, files: tuple[Kept, Kept], grace_seconds: float) -> None:
        self._began_at = monotonic()
        self._family = family
        self._grace_seconds = grace_seconds
        self._output = Output(family.output, files[0])
        self._errors = Output(family.errors, files[1])
        self._lock = Lock()
        self._over = Event()
        self._ending: Ending = "by itself"
        self._told_at: float | None = None
        Thread(target=self._watch, name="end of a program", daemon=True).start()

    def finish(self, limit_seconds: float) -> Run:
        """Wait for its end, for so long at most; end it then, and whatever it leaves running in any case."""
        try:
            if not self._over.wait(limit_seconds):
                self.stop("by limit")
        finally:
            self.kill()
            self._family.end()
        return Run(
            ended=self._ending,
            exit_code=self._exit_code,
            output=self._output.wait(self._grace_seconds),
            errors=self._errors.wait(self._grace_seconds),
            seconds=self._ended_at - self._began_at,
            stopping_seconds=None if self._told_at is None else max(0.0, self._ended_at - self._told_at),
        )

    def stop(self, ending: Ending = "stopped") -> None:
        """Ask it to end, kill it when its grace is over, and return when it has ended; the run ended so then."""
        self._tell(signal.SIGTERM, ending)
        if not self._over.wait(self._grace_seconds):
            self.kill()

    def kill(self) -> None:
        """Kill it, and return when it has ended."""
        self._tell(signal.SIGKILL, "killed")
        self._over.wait()

    def _tell(self, number: int, ending: Ending) -> None:
        """Send a signal, unless it has ended; a limit that was reached stays what ended it."""
        with self._lock:
            if self._over.is_set():
                return
            self._told_at = self._told_at or monotonic()
            self._ending = self._ending if self._ending == "by limit" else ending
            self._family.signal(number)

    def _watch(self) -> None:
        exit_code = self._family.wait()
        with self._lock:
            self._exit_code, self._ended_at = exit_code, monotonic()
            self._over.set()
