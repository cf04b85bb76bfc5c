"""The times of a simulator's journal as the client had them.

The journal has two times for each exchange: the universe's, and real time. A client that sleeps on a clock of its test
lives in the universe's time; any other lives in real time, whatever the universe's does.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from contracts.recording.client import Clock
from contracts.recording.exchange import Exchange
from contracts.recording.happenings import Event
from contracts.recording.intake import TICK

_STEADY: Final = 0.05
"""By how many seconds the universe's time may differ from what a steady pace makes of real time."""

_A_WHILE: Final = 1.0
_ENOUGH: Final = 4
"""For how many seconds, and over how many exchanges, a pace must have held to be told from a clock that was moved."""

_OVERLAP: Final = 0.002
"""By how many seconds times that are written in milliseconds can overlap where nothing does."""


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange with the times of a journal, in seconds: the universe's and the real one of its beginning.

    `ended` is the universe's time of its end, for a callback, which is no request that a delay could be planned for.
    """

    exchange: Exchange
    at: float
    wall: float
    seconds: float
    ended: float | None = None


class Move(msgspec.Struct, frozen=True):
    """A way that a universe's clock was moved, from when to when.

    `by` is "sleep" for a sleep of the client, "delay" for a delay that was planned, and anything else for a hand.
    """

    at: float
    to: float
    by: str


def read_clock(noted: Sequence[Noted]) -> tuple[Clock, float]:
    """Tell which clock a client lived by, and at which pace the universe's ran beside it.

    A universe whose time went with real time was real, and one that ran steadily beside it for a while was scaled. If
    it stood still all along, its client lived in real time. Any other was moved by the client's sleeps.
    """
    ordered = sorted(noted, key=lambda each: each.wall)
    real = ordered[-1].wall - ordered[0].wall if ordered else 0.0
    universe = ordered[-1].at - ordered[0].at if ordered else 0.0
    if not universe or _is_steady(ordered, 1.0):
        return "real", 1.0
    pace = universe / real if real >= _A_WHILE else 0.0
    steady = len(ordered) >= _ENOUGH and pace > 0 and _is_steady(ordered, pace)
    return ("scaled", pace) if steady else ("virtual", 1.0)


def _is_steady(ordered: Sequence[Noted], pace: float) -> bool:
    first, slack = ordered[0], _STEADY * max(1.0, pace)
    return all(abs(each.at - first.at - (each.wall - first.wall) * pace) <= slack for each in ordered)


def real_time(noted: Sequence[Noted], pace: float) -> Callable[[float], float]:
    """Return what tells the real time of a universe's, by the last exchange that began before it."""
    ordered = sorted(noted, key=lambda each: each.at)
    begun = [each.at for each in ordered]

    def tell(at: float) -> float:
        if not ordered:
            return at
        near = ordered[max(0, bisect_right(begun, at) - 1)]
        return near.wall + (at - near.at) / pace

    return tell


def place(
    noted: Iterable[Noted], moves: Iterable[Move], *, clock: Clock
) -> tuple[tuple[Exchange, ...], tuple[Event, ...]]:
    """Give exchanges the client's times, and return them with what was done from outside."""
    ordered = sorted(noted, key=lambda each: (each.wall, each.exchange.number))
    if clock != "virtual":
        return tuple(_placed(each, each.wall, each.wall + each.seconds) for each in _unlapped(ordered)), ()
    known = tuple(moves)
    hands = tuple(Event(kind="clock", at=move.at, to=move.to) for move in known if move.by not in {"sleep", "delay"})
    return _place_virtually(ordered, tuple(move for move in known if move.by == "delay")), hands


def _unlapped(ordered: Sequence[Noted]) -> list[Noted]:
    """Return exchanges of which none seems to go on when the next on its connection begins."""
    made = list(ordered)
    latest: dict[str, int] = {}
    for index, each in enumerate(ordered):
        connection = each.exchange.connection
        if connection is None:
            continue
        before = latest.get(connection)
        if before is not None and 0 < made[before].wall + made[before].seconds - each.wall < _OVERLAP:
            made[before] = msgspec.structs.replace(made[before], seconds=max(0.0, each.wall - made[before].wall))
        latest[connection] = index
    return made


def _place_virtually(ordered: Sequence[Noted], delays: Sequence[Move]) -> tuple[Exchange, ...]:
    """Let everything follow in the order of real time, at the universe's time, a tick apart where that stands still."""
    steps = [(each.wall, 0, index) for index, each in enumerate(ordered)]
    steps += [(each.wall + each.seconds, 1, index) for index, each in enumerate(ordered)]
    starts, ends, now = [0.0] * len(ordered), [0.0] * len(ordered), float("-inf")
    for _, kind, index in sorted(steps):
        now = max(now + TICK, ordered[index].at if kind == 0 else now)
        (ends if kind else starts)[index] = now
    for index, each in enumerate(ordered):
        ends[index] = ends[index] if each.ended is None else max(ends[index], each.ended)
    struck = [index for index, each in enumerate(ordered) if each.exchange.faults and each.ended is None]
    for delay in delays:
        for index in [index for index in struck if ordered[index].at <= delay.at + TICK][-1:]:
            ends[index] = max(ends[index], delay.to)
    return tuple(_placed(each, starts[index], ends[index]) for index, each in enumerate(ordered))


def _placed(each: Noted, start: float, end: float) -> Exchange:
    return msgspec.structs.replace(each.exchange, started_at=start, ended_at=end)
