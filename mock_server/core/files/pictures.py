"""What a picture says of itself: how wide and high it is, and whether it can be seen through. Nothing is decoded."""

from typing import Final

import msgspec

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8"
_GIF: Final = b"GIF8"
_BMP: Final = b"BM"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers of JPEG after which the size stands: start of frame, of whatever kind."""

_BARE: Final = frozenset({0x01, *range(0xD0, 0xDA)})
"""The markers of JPEG that have no length."""


class Still(msgspec.Struct, frozen=True):
    """A picture: its format as files end (`png`, `jpg`, `webp`, `gif`, `bmp`), width and height in pixels."""

    format: str
    sides: tuple[int, int]
    transparent: bool = False


def read_picture(content: bytes) -> Still | None:
    """Return what a picture says of itself; None if it is none, or is cut off before it says so."""
    try:
        if content.startswith(_PNG):
            return _png(content)
        if content.startswith(_JPEG):
            return _jpeg(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp(content)
        if content.startswith(_GIF):
            return Still("gif", (_small(content, 6, 2), _small(content, 8, 2)))
        return _bmp(content) if content.startswith(_BMP) else None
    except IndexError:
        return None


def _png(content: bytes) -> Still | None:
    """Read IHDR; a picture can be seen through if its colours have an alpha, or a tRNS comes before the first IDAT."""
    if content[12:16] != b"IHDR":
        return None
    sides = _number(content, 16, 4), _number(content, 20, 4)
    has_alpha = bool(content[25] & 4)
    place = 8
    while not has_alpha and content[place + 4 : place + 8] not in (b"IDAT", b""):
        has_alpha = content[place + 4 : place + 8] == b"tRNS"
        place += 12 + _number(content, place, 4)
    return Still("png", sides, has_alpha)


def _jpeg(content: bytes) -> Still | None:
    place = 2
    while content[place] == 0xFF:  # noqa: PLR2004 - what each marker begins with
        marker = content[place + 1]
        if marker in _FRAMES:
            return Still("jpg", (_number(content, place + 7, 2), _number(content, place + 5, 2)))
        place += 1 if marker == 0xFF else 2 if marker in _BARE else 2 + _number(content, place + 2, 2)  # noqa: PLR2004
    return None


def _webp(content: bytes) -> Still | None:
    """Read the first chunk: lossy, lossless, or extended. Whether one can be seen through is not asked of WebP."""
    form = content[12:16]
    if form == b"VP8X":
        return Still("webp", (1 + _small(content, 24, 3), 1 + _small(content, 27, 3)))
    if form == b"VP8L":
        bits = _small(content, 21, 4)
        return Still("webp", (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)))
    if form == b"VP8 ":
        return Still("webp", (_small(content, 26, 2) & 0x3FFF, _small(content, 28, 2) & 0x3FFF))
    return None


def _bmp(content: bytes) -> Still:
    """Read the header; rows that are stored from top to bottom have a height below zero."""
    height = _small(content, 22, 4)
    return Still("bmp", (_small(content, 18, 4), min(height, (1 << 32) - height)))


def _number(content: bytes, place: int, width: int) -> int:
    """Read a number, the high byte first.

    Raises:
        IndexError: The picture ends before it does.
    """
    return int.from_bytes(_piece(content, place, width), "big")


def _small(content: bytes, place: int, width: int) -> int:
    """Read a number, the low byte first.

    Raises:
        IndexError: The picture ends before it does.
    """
    return int.from_bytes(_piece(content, place, width), "little")


def _piece(content: bytes, place: int, width: int) -> bytes:
    if place + width > len(content):
        raise IndexError
    return content[place : place + width]
