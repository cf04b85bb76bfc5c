"""A scene as frames: the sky, and what is laid over it.

Land is drawn column by column, since each column is a slice of the same shading, and turned by whoever lays it over.
"""

import math
from collections.abc import Iterable
from typing import Final

from av import VideoFrame
from av.video.plane import VideoPlane

from mock_server.core.ids import CountedDice
from mock_server.media.captions import Panel
from mock_server.media.palettes import Colour, Palette, between
from mock_server.media.ridges import Ridge

_HORIZON: Final = 0.7
"""How far down the sky the colour of the horizon is reached."""

_DISC: Final = 0.3
_COARSE: Final = 4
_WINDOW_LIGHT: Final = 190
_PAPER: Final = 16
_INK: Final = 235
_INKED: Final = bytes([_PAPER]) + bytes([_INK]) * 255
_SHEER: Final = bytes([165]) + b"\xff" * 255


def paint_sky(palette: Palette, *, width: int, height: int, dice: CountedDice) -> VideoFrame:
    """Paint the whole sky with its stars."""
    frame = VideoFrame(width, height, "yuv420p")
    shades = [between(palette.top, palette.horizon, min(1, y / height / _HORIZON)) for y in range(height)]
    rows = [bytearray([shade.light]) * width for shade in shades]
    size = max(2, height // 540)
    for _ in range(palette.stars):
        left, top = dice.between(0, width - size), dice.between(0, height // 2)
        light = dice.between(90, 210)
        for row in rows[top : top + size]:
            row[left : left + size] = bytes([light]) * size
    _put(frame.planes[0], rows)
    _put(frame.planes[1], [bytes([shade.blue]) * (width // 2) for shade in shades[::2]])
    _put(frame.planes[2], [bytes([shade.red]) * (width // 2) for shade in shades[::2]])
    return frame


def paint_sun(colour: Colour, *, size: int) -> VideoFrame:
    """Paint a disc with its glow around it, on nothing."""
    coarse = size // _COARSE
    middle = (coarse - 1) / 2
    frame = _plain(coarse, coarse, colour)
    _put(
        frame.planes[3],
        (
            bytes(_glow(math.hypot(x - middle, y - middle) / middle, coarse) for x in range(coarse))
            for y in range(coarse)
        ),
    )
    return frame.reformat(size, size, interpolation="BICUBIC")


def paint_land(ridge: Ridge, colour: Colour, *, rise: int, height: int) -> VideoFrame:
    """Paint land on nothing, lying on its side: a row of the frame is a column of the land, from top to bottom.

    Args:
        ridge: Its outline.
        colour: Of the outline; below it is darker.
        rise: How many pixels the outline may rise, counted from the top.
        height: How many pixels the land is high.
    """
    frame = _plain(height, len(ridge.heights), colour)
    shading = bytes(max(16, min(235, colour.light + 16 - 36 * y // height)) for y in range(height))
    tops = [(1 - share) * rise for share in ridge.heights]
    columns = [bytearray(shading[:1] * int(top) + shading)[:height] for top in tops]
    for left, across, share, down in ridge.windows:
        top = int((1 - share) * rise)
        for column in columns[left : left + across]:
            column[top : top + down] = bytes([_WINDOW_LIGHT]) * down
    _put(frame.planes[0], columns)
    _put(frame.planes[3], (_column_mask(top, height) for top in tops))
    return frame


def paint_panel(panel: Panel) -> VideoFrame:
    """Paint a panel: light letters on a dark ground that lets some of the picture through."""
    frame = _plain(panel.width, panel.height, Colour(_PAPER, 128, 128))
    _put(frame.planes[0], (row.translate(_INKED) for row in panel.rows))
    _put(frame.planes[3], (row.translate(_SHEER) for row in panel.rows))
    return frame


def _plain(width: int, height: int, colour: Colour) -> VideoFrame:
    """Return a frame of one colour whose transparency is still to be said."""
    frame = VideoFrame(width, height, "yuva420p")
    for plane, part in zip(frame.planes, colour, strict=False):
        plane.update(bytes([part]) * plane.buffer_size)
    return frame


def _put(plane: VideoPlane, rows: Iterable[bytes | bytearray]) -> None:
    plane.update(b"".join(row.ljust(plane.line_size, b"\0") for row in rows))


def _glow(distance: float, coarse: int) -> int:
    edge = (_DISC - distance) * coarse / 2 + 0.5
    halo = 0.3 * math.pow(max(0, (1 - distance) / (1 - _DISC)), 1.5)
    return round(255 * min(1, max(edge, halo)))


def _column_mask(top: float, height: int) -> bytes:
    above = int(top)
    edge = 255 - int((top - above) * 255)
    return (bytes(above) + bytes([edge]) + b"\xff" * height)[:height]
