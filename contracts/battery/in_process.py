"""A client that is a function, put into scenarios without a process, a port or a pause."""

from collections.abc import Callable, Sequence
from threading import Semaphore
from time import monotonic
from typing import Any, Final, TypeAlias

import msgspec
from anyio.from_thread import BlockingPortal

from contracts.battery.scenario import Scenario
from contracts.battery.trial import Ending, Trial
from contracts.evolink.evolink import Evolink
from contracts.evolink.options import Options
from contracts.evolink.simulator import open_simulator
from contracts.recording.client import Reported
from contracts.recording.happenings import Event

Client: TypeAlias = Callable[[Evolink, Scenario], Any]
"""What makes a video, or as many as the scenario says; an exception is its way to say that it did not. It may return
what it reports, as a list of `Reported`, or report by `Evolink.report`."""

ONE_AT_A_TIME: Final = Semaphore()
"""Held while a function is on trial: its sleeps and libraries are those of the whole process, of all threads.

Unlike those who wait for a lock, those who wait for it are seen to wait, so that time can pass for who sleeps.
"""

ELSEWHERE: Final = "https://cdn.example.com"
"""An origin that leads to the simulator, and is not the API."""


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """How a function ended.

    Args:
        ending: How.
        told: What is to be said of that.
        reported: What it said came of it when it returned.
        events: When it was killed, and started again.
    """

    ending: Ending
    told: str = ""
    reported: tuple[Reported, ...] = ()
    events: tuple[Event, ...] = ()


def try_function(
    portal: BlockingPortal,
    scenario: Scenario,
    options: Options,
    play: Callable[[Evolink], Played],
    *,
    before: Callable[[], object] = lambda: None,
) -> Trial:
    """Let a function play in a simulator of its own, when no other does, and return what came of it.

    Args:
        portal: The way to the loop on which simulators live.
        scenario: What it is put into.
        options: What the simulator is like.
        play: Lets it play.
        before: Called before each of its requests and sleeps; what it raises ends that.

    Raises:
        Exception: The simulator cannot be opened, or not be read.
    """
    began = monotonic()
    with ONE_AT_A_TIME, open_simulator(portal, options, before=before) as evolink:
        played = play(evolink)
        record = evolink.client_record()
        record = msgspec.structs.replace(
            record, reported=(*record.reported, *played.reported), events=(*record.events, *played.events)
        )
        return Trial(
            scenario=scenario,
            ending=played.ending,
            told=played.told,
            seconds=monotonic() - began,
            record=record,
            history=evolink.history(node=scenario.name),
        )


class InProcessDrive:
    """Runs a function in scenarios, on a clock that its sleeps move. One runs at a time: sleeps are the process's.

    Args:
        portal: The way to the loop on which simulators live.
        client: The function.
        pages: Files and folders of pages of models that are served besides.
    """

    def __init__(self, portal: BlockingPortal, client: Client, *, pages: Sequence[str] = ()) -> None:
        self._portal = portal
        self._client = client
        self._pages = tuple(pages)

    def run(self, scenario: Scenario) -> Trial:
        """Run the function in a scenario, and return what came of it.

        Raises:
            Exception: The simulator cannot be opened, or not be read.
        """
        if scenario.for_programs:
            return Trial(scenario=scenario, ending="left out", told="it takes a program")
        plans = scenario.plans_with(ELSEWHERE)
        options = Options(plans=plans, pages=self._pages, base_urls=(ELSEWHERE,), seed=scenario.name)
        return try_function(self._portal, scenario, options, lambda evolink: self._play(evolink, scenario))

    def _play(self, evolink: Evolink, scenario: Scenario) -> Played:
        try:
            returned = self._client(evolink, scenario)
        except Exception as error:  # noqa: BLE001 - a client ends as it likes
            return Played(ending="badly", told=f"{type(error).__name__}: {error}")
        return Played(ending="well", reported=tuple(returned) if isinstance(returned, list) else ())
