"""A client that is somebody's program, in whatever language, put into scenarios as it is.

Each scenario has a simulator of its own, so that what a client does with a wrong key is seen as well. The simulator's
time is real, and its tasks are short: whatever the client waits for, it waits for in its own time, and is judged by
that. With a speed the client's time is compressed, and the simulator's with it.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from threading import Event, Thread
from time import time
from typing import Final
from urllib.parse import urlsplit

from contracts.battery.aftermath import tell_trial
from contracts.battery.killing import run_killed
from contracts.battery.scenario import Scenario
from contracts.battery.service import REAL, Service, serve_scenario
from contracts.battery.surroundings import Surroundings, free_port
from contracts.battery.trial import Trial
from contracts.drive.programs.program import Program
from contracts.drive.programs.running import Run
from contracts.recording.happenings import Event as Kill
from contracts.recording.operations import TASKS
from mock_server.entrance.authority import Authority
from mock_server.journal.exchange import Exchange

_SECRET_BYTES: Final = 16


class ProgramDrive:
    """Runs a program in scenarios, each on the thread that asks for it.

    Args:
        command: The program and its arguments; {directory}, {prompt} and {scenario} in them are put in.
        environment: The variables that it would have otherwise.
        directory: Where it runs.
        keep: The folder that gets one for each scenario, with what the program prints and writes.
        authority: Who vouches for the simulators; its files should be there, as several scenarios read them.
        limit_seconds: How long it may take, in real time.
        allowed: The hosts that it may reach besides the API's.
        receiver: Where it listens for callbacks, as http://127.0.0.1:9000/hooks; if none is given, it is told a port
            for each scenario.
        speed: How many seconds of its time pass in a real one; its command is to see to that.
        grace_seconds: How long it may take to end when it is told to, before it is killed.
        pages: Files and folders of pages of models that are served besides.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that the user may say
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        keep: Path,
        authority: Authority,
        limit_seconds: float,
        allowed: Sequence[str] = (),
        receiver: str | None = None,
        speed: float = REAL,
        grace_seconds: float = 6.0,
        pages: Sequence[str] = (),
    ) -> None:
        self._command = tuple(command)
        self._environment = environment
        self._directory = directory
        self._keep = keep
        self._authority = authority
        self._limit_seconds = limit_seconds
        self._allowed = allowed
        self._receiver = receiver
        self._speed = speed
        self._grace_seconds = grace_seconds
        self._pages = tuple(pages)

    def run(self, scenario: Scenario) -> Trial:
        """Run the program in a scenario, and return what came of it.

        Raises:
            Exception: The simulator cannot be started, or not be read.
        """
        if scenario.lasts > self._limit_seconds * self._speed:
            told = f"it takes {scenario.lasts:g} s of the client's time, and the limit is {self._limit_seconds:g} s"
            return Trial(scenario=scenario, ending="left out", told=told)
        around, polled = self._surround(scenario), Event()
        with serve_scenario(
            scenario,
            around,
            authority=self._authority,
            allowed=self._allowed,
            speed=self._speed,
            pages=self._pages,
            finished=_noting(polled),
        ) as service:
            began, stopped = time(), 0.0
            killed: tuple[Kill, ...] = ()
            if scenario.kills is None:
                run, stopped = _run(self._program(around, service), polled if scenario.stops else None)
            else:
                run, killed = run_killed(self._program(around, service), service.evolink, scenario.kills)
            return tell_trial(
                around,
                service,
                run,
                began=began,
                stopped=stopped,
                speed=self._speed,
                places=self._places(around),
                killed=killed,
            )

    def _surround(self, scenario: Scenario) -> Surroundings:
        folder = self._keep / scenario.name / "files"
        folder.mkdir(parents=True, exist_ok=True)
        own = None if self._receiver is None else urlsplit(self._receiver)
        return Surroundings(
            scenario=scenario,
            directory=folder,
            key=f"sk-{token_hex(_SECRET_BYTES)}",
            prompt=f"A paper boat sails down the gutter, and {token_hex(_SECRET_BYTES)} is written on it",
            callback_port=free_port() if own is None or own.port is None else own.port,
            callback_path=f"/{scenario.name}" if own is None else own.path,
        )

    def _places(self, around: Surroundings) -> tuple[Path, ...]:
        """Return where files are looked at that the program wrote: its own folder, and where it runs."""
        apart = not self._keep.is_relative_to(self._directory)
        return (around.directory, self._directory) if apart else (around.directory,)

    def _program(self, around: Surroundings, service: Service) -> Program:
        return Program(
            around.command(self._command),
            environment=around.environment(service.server, service.evolink.url, self._environment),
            directory=self._directory,
            limit_seconds=self._limit_seconds,
            keep=around.directory.parent,
            grace_seconds=self._grace_seconds,
        )


def _noting(polled: Event) -> Callable[[Exchange], object]:
    """Return what takes note of the first time that a task was asked for."""

    def note(exchange: Exchange) -> None:
        if exchange.path.startswith(TASKS):
            polled.set()

    return note


def _run(program: Program, signal: Event | None) -> tuple[Run, float]:
    """Run a program, tell it to end when there is a signal for that, and return when it was told to, if it was."""
    if signal is None:
        return program.run(), 0.0
    told = [0.0]

    def stop() -> None:
        signal.wait()
        told[0] = time()
        program.stop()

    stopping = Thread(target=stop, name="end of a scenario", daemon=True)
    stopping.start()
    try:
        return program.run(), told[0]
    finally:
        signal.set()
        stopping.join()
