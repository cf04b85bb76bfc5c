"""A client that is a function, on trial: each run in a world of its own, on a clock that its sleeps move."""

import random
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, Final, TypeAlias
from unittest.mock import patch

import msgspec
from anyio.from_thread import BlockingPortal

from contracts.battery.in_process import ONE_AT_A_TIME
from contracts.battery.scenario import Scenario
from contracts.battery.trial import Ending, Trial
from contracts.evolink.evolink import Evolink
from contracts.evolink.options import Options
from contracts.evolink.world import open_world
from contracts.proof.life import Ended, Life
from contracts.recording.happenings import Event

Client: TypeAlias = Callable[[Evolink, Path], Any]
"""What makes a video in a world, and keeps what it must not forget in a directory. An exception, or a number other than
0 that it returns, is its way to say that there is none."""

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
        portal: The way to the loop on which worlds live.
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
            Exception: The world cannot be opened, or not be read.
        """
        folder = self._directory / scenario.name
        folder.mkdir(parents=True)
        began, life, killed = monotonic(), Life(scenario.kills), list[Event]()
        options = Options(plans=scenario.plans)
        with ONE_AT_A_TIME, open_world(self._portal, options, before=life.meet) as evolink:
            life.begin(evolink)
            ending, told = self._live(life, evolink, folder)
            if life.was_killed or (ending == "badly" and life.is_struck):
                now = evolink.clock.now
                killed.append(Event(kind="kill", at=now + _DYING_SECONDS, to=now + _RESTART_SECONDS))
                evolink.clock.advance(_RESTART_SECONDS)
                life.begin_again()
                ending, told = self._live(life, evolink, folder)
            record = evolink.client_record()
            return Trial(
                scenario=scenario,
                ending=ending,
                told=told,
                seconds=monotonic() - began,
                record=msgspec.structs.replace(record, events=(*record.events, *killed)),
                world=evolink.record(node=scenario.name),
            )

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
