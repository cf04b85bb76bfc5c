"""A client that is a function, put into scenarios without a process, a port or a pause."""

from collections.abc import Callable, Sequence
from threading import RLock
from time import monotonic
from typing import Any, Final, TypeAlias

import msgspec
from anyio.from_thread import BlockingPortal

from contracts.battery.scenario import Scenario
from contracts.battery.trial import Ending, Trial
from contracts.evolink.evolink import Evolink
from contracts.evolink.options import Options
from contracts.evolink.world import open_world
from contracts.recording.client import Reported

Client: TypeAlias = Callable[[Evolink, Scenario], Any]
"""What makes a video, or as many as the scenario says; an exception is its way to say that it did not. It may return
what it reports, as a list of `Reported`, or report by `Evolink.report`."""

ONE_AT_A_TIME: Final = RLock()
"""Held while a function is on trial: its sleeps and libraries are those of the whole process, of all threads."""

ELSEWHERE: Final = "https://cdn.example.com"
"""An origin that leads to the simulator, and is not the API."""


class InProcessDrive:
    """Runs a function in scenarios, on a clock that its sleeps move. One runs at a time: sleeps are the process's.

    Args:
        portal: The way to the loop on which worlds live.
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
            Exception: The world cannot be opened, or not be read.
        """
        if scenario.for_programs:
            return Trial(scenario=scenario, ending="left out", told="it takes a program")
        plans = scenario.plans_with(ELSEWHERE)
        options = Options(plans=plans, pages=self._pages, base_urls=(ELSEWHERE,), seed=scenario.name)
        began = monotonic()
        with ONE_AT_A_TIME, open_world(self._portal, options) as evolink:
            ending, told, reported = self._end(evolink, scenario)
            record = evolink.client_record()
            return Trial(
                scenario=scenario,
                ending=ending,
                told=told,
                seconds=monotonic() - began,
                record=msgspec.structs.replace(record, reported=(*record.reported, *reported)),
                world=evolink.record(node=scenario.name),
            )

    def _end(self, evolink: Evolink, scenario: Scenario) -> tuple[Ending, str, list[Reported]]:
        try:
            returned = self._client(evolink, scenario)
        except Exception as error:  # noqa: BLE001 - a client ends as it likes
            return "badly", f"{type(error).__name__}: {error}", []
        return "well", "", returned if isinstance(returned, list) else []
