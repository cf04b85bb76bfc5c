"""Calls of `mock_server/control/universes.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

from typing import Literal

from mock_server.client.call import Call
from mock_server.control.shapes.clock import ClockState
from mock_server.control.shapes.universes import Forgotten, Reset, UniverseList, UniverseState


def list_universes() -> Call[UniverseList]:
    """List the universes of this server."""
    return Call("GET", "/_mock/universes", UniverseList)


def show_universe(universe: str) -> Call[UniverseState]:
    """Show one universe."""
    return Call("GET", "/_mock/universes/{universe}", UniverseState, parts={"universe": universe})


def forget_universe(universe: str) -> Call[Forgotten]:
    """Delete a universe with all that is in it."""
    return Call("DELETE", "/_mock/universes/{universe}", Forgotten, parts={"universe": universe})


def reset_universe(
    *, seed: str | None = None, start: float | None = None, mode: Literal["real", "frozen"] | None = None
) -> Call[ClockState]:
    """Forget all that happened in the universe, and begin it anew.

    How a universe is to begin anew; what is left out is as the server has it: seed, time, and how time runs.
    """
    return Call("POST", "/_mock/reset", ClockState, body=Reset(seed=seed, start=start, mode=mode))
