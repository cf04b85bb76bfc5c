"""Calls of `mock_server/control/clock.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

# ruff: noqa: A002 - parameters are the API's own, in name and number

from typing import Literal

from mock_server.client.call import Call
from mock_server.control.shapes.clock import ClockChange, ClockChanged, ClockState


def show_clock() -> Call[ClockState]:
    """Show the universe's time."""
    return Call("GET", "/_mock/clock", ClockState)


def change_clock(
    *,
    mode: Literal["real", "scaled", "frozen"] | None = None,
    rate: float | None = None,
    advance: float | str | None = None,
    step: int | None = None,
    until: str | None = None,
    set: float | None = None,
) -> Call[ClockChanged]:
    """Freeze the clock, let it run, or move it; answers when all that fell due on the way is done.

    One change of a clock.

    A mode (with a rate if it is scaled); or a way forward: by a time (advance), to the next so many events
    (step), until a task has ended (until), or to an instant (set). Backwards it goes only in a universe without
    tasks.
    """
    return Call(
        "POST",
        "/_mock/clock",
        ClockChanged,
        body=ClockChange(mode=mode, rate=rate, advance=advance, step=step, until=until, set=set),
    )
