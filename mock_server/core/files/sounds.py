"""How long a sound is that is stored as MPEG audio, layer III. Nothing is decoded: the frames are counted."""

from collections.abc import Iterator
from typing import Final

import msgspec

from mock_server.core.types import SECOND

_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Samples a second by the version's bits: 3 is MPEG-1, 2 is MPEG-2, 0 is MPEG-2.5."""

_BITRATES: Final = {
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits a second by the version: MPEG-1, and the two others."""

_HEADER: Final = 4
_TAG: Final = 10
_LAYER_3: Final = 1
_MPEG_1: Final = 3


class _Frame(msgspec.Struct, frozen=True):
    """One frame: its bytes, its samples, and how many of those are a second."""

    size: int
    samples: int
    rate: int


def mp3_length(content: bytes) -> int | None:
    """Return how many microseconds a sound lasts; None if no two frames of it follow each other.

    A first frame that only describes the others (Xing, Info) is none of the sound. What a tag says is not looked at.
    """
    start = _after_tag(content)
    frames = list(_frames(content, start))
    if len(frames) < 2:  # noqa: PLR2004 - one alone may be chance
        return None
    first = content[start : start + frames[0].size]
    sound = frames[1:] if b"Xing" in first or b"Info" in first else frames
    return sum(frame.samples for frame in sound) * SECOND // frames[0].rate


def _after_tag(content: bytes) -> int:
    """Return where the sound begins: behind an ID3 tag, if there is one."""
    if not content.startswith(b"ID3") or len(content) < _TAG:
        return 0
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte & 0x7F
    return _TAG + size


def _frames(content: bytes, place: int) -> Iterator[_Frame]:
    """Find the frames that follow each other from a place on; the last may be cut off."""
    while (frame := _read_frame(content[place : place + _HEADER])) is not None:
        yield frame
        place += frame.size


def _read_frame(header: bytes) -> _Frame | None:
    """Read the four bytes that a frame begins with; None if they are none."""
    bits = int.from_bytes(header, "big")
    version, layer, bitrate, rate = bits >> 19 & 3, bits >> 17 & 3, bits >> 12 & 15, bits >> 10 & 3
    known = version in _RATES and layer == _LAYER_3 and 0 < bitrate < 15 and rate < 3  # noqa: PLR2004 - reserved values
    if len(header) < _HEADER or bits >> 21 != 0x7FF or not known:  # noqa: PLR2004 - eleven bits of sync
        return None
    samples = 1_152 if version == _MPEG_1 else 576
    hertz = _RATES[version][rate]
    speed = _BITRATES[_MPEG_1 if version == _MPEG_1 else 2][bitrate - 1] * 1_000
    return _Frame(samples // 8 * speed // hertz + (bits >> 9 & 1), samples, hertz)
