"""Text as pixels: the letters of `font.txt`, which shows each as it is drawn."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

WIDTH: Final = 5
"""Dots across a letter; one more keeps it from the next."""

HEIGHT: Final = 9
"""Dots down a letter, the two of its tail included."""

UNKNOWN: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that the font does not have."""

_TYPED: Final = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "–": "-", "—": "-", "，": ",", "。": "."}  # noqa: RUF001
)
_BAND: Final = HEIGHT + 2
_BLANK: Final[tuple[str, ...]] = ("." * WIDTH,) * HEIGHT


def draw_text(text: str, *, scale: int) -> tuple[bytes, ...]:
    """Draw a line of text: rows of bytes, 255 where there is ink and 0 where there is none.

    A dot is so many pixels wide and high. The picture is as wide as `text_width` says, and `HEIGHT` dots high.
    """
    letters = (_letter(character, scale) for character in text)
    rows = (b"".join(parts) for parts in zip(*letters, strict=True))
    return tuple(row for row in rows for _ in range(scale))


def text_width(length: int, *, scale: int) -> int:
    """Return how many pixels across so many letters are."""
    return length * (WIDTH + 1) * scale


def plain(text: str) -> str:
    """Return a text as the font can show it: on one line, without accents, and with `UNKNOWN` for what is missing."""
    parts = unicodedata.normalize("NFKD", text.translate(_TYPED))
    letters = "".join(part for part in parts if not unicodedata.combining(part))
    return "".join(letter if letter in _font() else UNKNOWN for letter in " ".join(letters.split()))


@cache
def _letter(character: str, scale: int) -> tuple[bytes, ...]:
    return tuple(
        b"".join((b"\xff" if dot == "#" else b"\0") * scale for dot in f"{row}.") for row in _font()[character]
    )


@cache
def _font() -> Mapping[str, tuple[str, ...]]:
    """Read the font: bands of letters side by side, under a line that names each above its middle."""
    lines = files("mock_server.media").joinpath("font.txt").read_text("utf-8").splitlines()
    letters = {" ": _BLANK}
    for top in range(0, len(lines), _BAND):
        names, *rows = lines[top : top + _BAND]
        for left in range(0, len(names), WIDTH + 1):
            letters[names[left + WIDTH // 2]] = tuple(row[left : left + WIDTH] for row in rows[:HEIGHT])
    return letters
