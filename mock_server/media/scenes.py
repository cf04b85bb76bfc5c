"""What is to be seen in each shot of a clip: drawn from the task's id, and from nothing else."""

from typing import Final, TypeVar

import msgspec

from mock_server.core.ids import CountedDice
from mock_server.media.palettes import PALETTES, Palette
from mock_server.media.picture import Picture
from mock_server.media.ridges import Kind, hills, peaks, pines, towers

LANDS: Final[tuple[tuple[Kind, ...], ...]] = (
    (peaks, hills, pines),
    (hills, hills, pines),
    (peaks, towers, hills),
    (hills, towers, towers),
    (peaks, peaks, hills),
    (towers, towers, pines),
)
"""What lies behind one another in a land: far, halfway and near."""

_Item = TypeVar("_Item")


class Scene(msgspec.Struct, frozen=True):
    """One shot: its palette and land, which way the view moves, and where the sun stands when it begins.

    `sun_left` and `sun_top` are percents of the room that the sun has. `dice` draw the outlines of the land.
    """

    palette: Palette
    land: tuple[Kind, ...]
    to_right: bool
    sun_left: int
    sun_top: int
    dice: CountedDice


def scenes(picture: Picture) -> tuple[Scene, ...]:
    """Draw the scene of each shot; no two that follow each other share palette or land."""
    dice = CountedDice(b"", picture.task, 0)
    palettes, lands = _pick(PALETTES, picture.shots, dice), _pick(LANDS, picture.shots, dice)
    return tuple(
        Scene(
            palette=palette,
            land=land,
            to_right=bool(dice.between(0, 1)),
            sun_left=dice.between(10, 90),
            sun_top=dice.between(5, 45),
            dice=CountedDice(b"", picture.task, number),
        )
        for number, (palette, land) in enumerate(zip(palettes, lands, strict=True), start=1)
    )


def _pick(items: tuple[_Item, ...], number: int, dice: CountedDice) -> list[_Item]:
    place = dice.between(0, len(items) - 1)
    picked = [items[place]]
    while len(picked) < number:
        place = (place + dice.between(1, len(items) - 1)) % len(items)
        picked.append(items[place])
    return picked
