"""Times, and what is done to a clock."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from mock_server.control.shapes.base import Duration, Instant, Name, Shape, given, one_of
from mock_server.universes.clock import FASTEST, Mode


class ClockState(Shape, frozen=True):
    """A universe's time: `now` in seconds, `time` the same as ISO 8601, `rate` in its seconds for each real one."""

    universe: str
    mode: Mode
    rate: float
    now: float
    time: str


class ClockChange(Shape, frozen=True):
    """One change of a clock.

    A mode (with a rate if it is scaled); or a way forward: by a time (advance), to the next so many events (step),
    until a task has ended (until), or to an instant (set). Backwards it goes only in a universe without tasks.
    """

    rules: ClassVar[Mapping[str, Any]] = {
        **one_of("mode", "advance", "step", "until", "set"),
        "if": {"properties": {"mode": {"const": "scaled"}}, "required": ["mode"]},
        "then": given("rate"),
        "else": {"properties": {"rate": {"type": "null"}}},
    }

    mode: Mode | None = None
    rate: Annotated[float, Meta(gt=0, le=FASTEST)] | None = None
    advance: Duration | None = None
    step: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    until: Name | None = None
    set: Instant | None = None


class AttemptMade(Shape, frozen=True):
    """One attempt at a callback that was made on the way."""

    task: str
    attempt: int
    at: float
    status: int | None
    error: str | None


class ClockChanged(ClockState, frozen=True):
    """The clock after a change, and the attempts that were made until then."""

    callbacks: tuple[AttemptMade, ...]
