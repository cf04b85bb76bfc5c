"""Colours: the moods that a scene can be painted in, and the numbers that video has for them."""

from typing import Final, NamedTuple


class Colour(NamedTuple):
    """A colour as video stores it (BT.709, limited range): how bright it is, how blue and how red."""

    light: int
    blue: int
    red: int


class Palette(NamedTuple):
    """The colours of a scene: of the sky from top to horizon, of the sun or moon, and of the land from far to near.

    `stars` is how many there are in the sky.
    """

    top: Colour
    horizon: Colour
    sun: Colour
    far: Colour
    near: Colour
    stars: int = 0


def colour(code: int) -> Colour:
    """Return the colour of a code like 0xffcc00."""
    red, green, blue = (part / 255 for part in code.to_bytes(3, "big"))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return Colour(
        round(16 + 219 * light), round(128 + 224 * (blue - light) / 1.8556), round(128 + 224 * (red - light) / 1.5748)
    )


def between(one: Colour, other: Colour, share: float) -> Colour:
    """Return a colour on the way from one to another: the share 0 is the one, and 1 the other."""
    return Colour(*(round(a + (b - a) * share) for a, b in zip(one, other, strict=True)))


def _palette(*codes: int, stars: int = 0) -> Palette:
    top, horizon, sun, far, near = map(colour, codes)
    return Palette(top, horizon, sun, far, near, stars)


PALETTES: Final = (
    _palette(0x2B3F73, 0xF2A679, 0xFFE9C4, 0x8A5F7F, 0x1D1B33),
    _palette(0x3F8FD2, 0xCFEAF5, 0xFFF8DC, 0x7FA8A8, 0x1F4A3A),
    _palette(0x0B1026, 0x33476E, 0xF2F0DC, 0x2B4068, 0x070B16, stars=140),
    _palette(0x432A5E, 0xFF7A5C, 0xFFD9A0, 0x7D3F63, 0x1F1026),
    _palette(0x4FA3AA, 0xF4E9C8, 0xFFFFFF, 0x9DBD9A, 0x33573E),
    _palette(0x14203D, 0xB65F6C, 0xFBD7B5, 0x58456F, 0x120F24, stars=60),
    _palette(0x6C7A89, 0xE3DCD2, 0xFFFDF5, 0xA9B0AE, 0x3A4444),
    _palette(0x0D2B33, 0x3FA089, 0xE8FFF0, 0x1F5A5C, 0x051517, stars=110),
)
"""Dusk, day, night, sunset, spring, nightfall, mist and northern lights."""
