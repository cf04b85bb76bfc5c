"""Where in the drawing an instant is: of gaps counts the magnitude, so that a day and a second fit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log10
from typing import Final

import msgspec

from contracts.report.timeline import Happening, Lane

STEP: Final = 15
"""How far apart two things of one lane and one instant are."""

_DOTTED: Final[frozenset[Lane]] = frozenset({"client", "callback"})
"""Lanes in which each thing is a mark beside the one before."""

_NARROWEST: Final = 860
_WIDEST: Final = 4_000
_MARGIN: Final = 14
_LEAST_GAP: Final = 12
_DECADE: Final = 15
_FINEST: Final = 100
"""Gaps count from hundredths of a second on."""


class Scale(msgspec.Struct, frozen=True):
    """The places of instants, and how wide all of them are together."""

    places: Mapping[float, float]
    width: float


def make_scale(found: Sequence[Happening]) -> Scale:
    """Return where each instant of what happened is drawn; each has room for what happened in it."""
    instants = sorted({happening.at for happening in found})
    crowds = _crowds(found)
    gaps = [_gap(after - before) for before, after in pairwise(instants)]
    room = sum(STEP * crowds[at] for at in instants) + 2 * _MARGIN
    stretch = _stretch(sum(gaps), room)
    places, x = dict[float, float](), float(_MARGIN)
    for at, gap in zip(instants, [*gaps, 0.0], strict=True):
        places[at] = round(x, 1)
        x += STEP * crowds[at] + gap * stretch
    return Scale(places, round(max(x + _MARGIN, _NARROWEST)))


def _gap(seconds: float) -> float:
    return _LEAST_GAP + _DECADE * log10(1 + seconds * _FINEST)


def _stretch(gaps: float, room: float) -> float:
    """Return by how much gaps are stretched, to fill what is narrow, or squeezed where there are many."""
    if not gaps:
        return 1
    return min(3.0, max(0.25, (_NARROWEST - room) / gaps, min(1.0, (_WIDEST - room) / gaps)))


def _crowds(found: Sequence[Happening]) -> Mapping[float, int]:
    """Return how much room each instant takes: as much as its fullest lane."""
    most = dict[float, int]()
    lanes: Counter[tuple[float, Lane]] = Counter((each.at, each.lane) for each in found if each.lane in _DOTTED)
    for (at, _), number in lanes.items():
        most[at] = max(most.get(at, 1), number)
    return {each.at: most.get(each.at, 1) for each in found}
