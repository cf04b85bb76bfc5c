"""What came of one scenario: what the client did in it, and how it ended."""

from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias

import msgspec

from contracts.battery.scenario import Scenario
from contracts.drive.programs.running import Run
from contracts.recording.client import ClientRecord
from contracts.report.history import History

Ending: TypeAlias = Literal["well", "badly", "by limit", "left out"]
"""How a client ended: as one that is content; with an error, which may be right; because its time was over; or it was
not put into the scenario at all."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one scenario.

    Args:
        scenario: What the client was put into.
        ending: How it ended.
        told: What is to be said of that: an exit code, an exception, or why the scenario was left out.
        seconds: How long it took, in real time.
        record: What the client did.
        history: What happened in the simulator, for a time line.
        run: What came of running the program, if it is one.
        strangers: The hosts that it wanted to reach, and that are none of the API's, each with its port.
        trouble: What went wrong in the harness, so that nothing can be said of the client.
    """

    scenario: Scenario
    ending: Ending
    told: str = ""
    seconds: float = 0.0
    record: ClientRecord = ClientRecord()
    history: History | None = None
    run: Run | None = None
    strangers: tuple[str, ...] = ()
    trouble: str | None = None


class Drive(Protocol):
    """What puts a client into a scenario; on several threads at once."""

    def run(self, scenario: Scenario) -> Trial:
        """Run the client in a scenario, in a simulator of its own, and return what came of it."""
        ...


Tell: TypeAlias = Callable[[Trial], object]
"""Gets each trial when it is over."""
