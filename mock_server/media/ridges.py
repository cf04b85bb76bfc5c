"""The outlines of land: what stands against the sky or against what is farther away.

Each kind is drawn with dice, for so many columns of pixels; `unit` is the length in pixels that everything is sized
by, so that a small picture shows the same as a large one.
"""

import math
from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from mock_server.core.ids import CountedDice


class Ridge(msgspec.Struct, frozen=True):
    """An outline: for each column how high it stands, from 0 to 1, and the windows that are lit in it.

    A window is its left column, its columns, its height above the foot of the land from 0 to 1, and its rows.
    """

    heights: list[float]
    windows: tuple[tuple[int, int, float, int], ...] = ()


Kind: TypeAlias = Callable[[CountedDice, int, int], Ridge]
"""Draws an outline: dice, columns, unit."""

_WAVES: Final = ((1.1, 0.5), (0.43, 0.3), (0.17, 0.14), (0.045, 0.05))
_TIERS: Final = 4


def hills(dice: CountedDice, columns: int, unit: int) -> Ridge:
    """Draw rolling hills."""
    waves = [
        (math.tau / (unit * length * dice.between(50, 90) / 100), dice.between(0, 628) / 100, weight)
        for length, weight in _WAVES
    ]
    total = 2 * sum(weight for _, weight in _WAVES)
    return Ridge(
        [0.5 + sum(w * math.sin(x * turn + start) for turn, start, w in waves) / total for x in range(columns)]
    )


def peaks(dice: CountedDice, columns: int, unit: int) -> Ridge:
    """Draw mountains: straight slopes between summits and passes, a little broken."""
    heights: list[float] = []
    here, rising = dice.between(5, 35) / 100, True
    while len(heights) < columns:
        there = dice.between(60, 95) / 100 if rising else dice.between(5, 35) / 100
        length = unit * dice.between(15, 40) // 100 + 1
        heights += [here + (there - here) * step / length for step in range(length)]
        here, rising = there, not rising
    slow, fast = 40 / unit, 97 / unit
    broken = [0.03 * math.sin(x * slow) + 0.02 * math.sin(x * fast) for x in range(columns)]
    return Ridge([min(1, max(0, h + b)) for h, b in zip(heights[:columns], broken, strict=True)])


def pines(dice: CountedDice, columns: int, unit: int) -> Ridge:
    """Draw a forest: pointed trees in tiers, of many sizes, on a slope."""
    ground = [0.3 * height for height in hills(dice, columns, 2 * unit).heights]
    heights = ground.copy()
    left = -dice.between(0, unit // 20 + 1)
    while left < columns:
        width = max(6, unit * dice.between(4, 9) // 100)
        foot, top = ground[max(0, left)] * 0.8, dice.between(35, 70) / 100
        for x in range(max(0, left), min(columns, left + width)):
            inward = 1 - abs(2 * (x - left) / width - 1)
            tier = 0.78 * inward + 0.22 * inward * (inward * _TIERS % 1)
            heights[x] = max(heights[x], foot + top * tier)
        left += width * dice.between(50, 110) // 100
    return Ridge(heights)


def towers(dice: CountedDice, columns: int, unit: int) -> Ridge:
    """Draw a town at night: houses and towers with windows, some of them lit."""
    heights: list[float] = []
    windows: list[tuple[int, int, float, int]] = []
    pane = max(2, unit // 180)
    while len(heights) < columns:
        width, height = pane * dice.between(8, 26), dice.between(20, 98) / 100
        for column in range(len(heights) + 2 * pane, len(heights) + width - 2 * pane, 3 * pane):
            floors = [floor / 100 for floor in range(8, round(100 * height) - 6, 9)]
            windows += [(column, pane, floor, pane * 3 // 2) for floor in floors if dice.between(0, 2) == 0]
        heights += [height] * width + [0.08] * (pane * dice.between(0, 2))
    inside = [window for window in windows if window[0] + pane <= columns]
    return Ridge(heights[:columns], tuple(inside))
