"""A client that is a function, on trial: each run in a simulator of its own, on a clock that its sleeps move."""

import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias
from unittest.mock import patch

from anyio.from_thread import BlockingPortal

from contracts.battery.in_process import Played, try_function
from contracts.battery.scenario import Scenario
from contracts.battery.trial import Ending, Trial
from contracts.evolink.evolink import Evolink
from contracts.evolink.options import Options
from contracts.proof.life import Ended, Life
from contracts.recording.happenings import Event

Client: TypeAlias = Callable[[Evolink, Path], Any]
"""What makes a video in a simulator, and keeps what it must not forget in a directory. An exception, or a number other
than 0 that it returns, is its way to say that there is none."""

_SEED: Final = 1
"""What chance in a client begins with in each run, so that what goes wrong is all that differs."""

_DYING_SECONDS: Final = 1.0
"""How long after its last answer a client is dead for sure, in its own time."""

_RESTART_SECONDS: Final = 5.0
"""How long after that it is started again."""

_Told: TypeAlias = tuple[Ending, str]


class FunctionDrive:
    """Runs a function in scenarios; one at a time, as sleeps are the process's.

    Args:
        portal: The way to the loop on which simulators live.
        client: The function.
        directory: Where each run has a directory of its own.
    """

    def __init__(self, portal: BlockingPortal, client: Client, *, directory: Path) -> None:
        self._portal = portal
        self._client = client
        self._directory = directory

    def run(self, scenario: Scenario) -> Trial:
        """Run the function in a scenario, and return what came of it.

        Raises:
            Exception: The simulator cannot be opened, or not be read.
        """
        folder = self._directory / scenario.name
        folder.mkdir(parents=True)
        life = Life(scenario.kills)
        return try_function(
            self._portal,
            scenario,
            Options(plans=scenario.plans),
            lambda evolink: self._play(life, evolink, folder),
            before=life.meet,
        )

    def _play(self, life: Life, evolink: Evolink, folder: Path) -> Played:
        """Let the function live, and if it is killed, live again."""
        killed: tuple[Event, ...] = ()
        life.begin(evolink)
        ending, told = self._live(life, evolink, folder)
        if life.was_killed or (ending == "badly" and life.is_struck):
            now = evolink.clock.now
            killed = (Event(kind="kill", at=now + _DYING_SECONDS, to=now + _RESTART_SECONDS),)
            evolink.clock.advance(_RESTART_SECONDS)
            life.begin_again()
            ending, told = self._live(life, evolink, folder)
        return Played(ending=ending, told=told, events=killed)

    def _live(self, life: Life, evolink: Evolink, folder: Path) -> _Told:
        """Let the function do its work, from its beginning to its end."""
        luck = random.getstate()
        random.seed(_SEED)
        try:
            with patch.object(threading, "excepthook", _quiet(threading.excepthook)):
                returned = self._client(evolink, folder)
        except BaseException as error:
            if not (life.over or isinstance(error, Exception | SystemExit)):
                raise
            told = _tell(error)
        else:
            told = _tell_code(returned)
        finally:
            random.setstate(luck)
        return ("by limit", life.over) if life.over else told


def _quiet(hook: Callable[[Any], object]) -> Callable[[Any], object]:
    """Return a hook for threads that fail, which says nothing of those of a client that is dead."""
    return lambda failed: None if issubclass(failed.exc_type, Ended) else hook(failed)


def _tell(error: BaseException) -> _Told:
    if isinstance(error, SystemExit) and not error.code:
        return "well", ""
    return "badly", f"{type(error).__name__}: {error}"


def _tell_code(returned: object) -> _Told:
    """Tell how it ended: a number that it returns is an exit code."""
    if isinstance(returned, int) and not isinstance(returned, bool) and returned:
        return "badly", f"exit code {returned}"
    return "well", ""
