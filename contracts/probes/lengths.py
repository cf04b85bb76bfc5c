"""How long a film is, by its own header: MP4 and MOV (ISO/IEC 14496-12, the box mvhd)."""

import struct
from typing import Final

_HEAD: Final = struct.Struct(">I4s")
_TIMES: Final = {0: (struct.Struct(">II"), 12), 1: (struct.Struct(">IQ"), 20)}
"""Where timescale and duration are, by the box's version."""


def film_seconds(content: bytes) -> float | None:
    """Return for how many seconds a film lasts; None if its header does not say."""
    movie = _find(content, b"moov")
    header = None if movie is None else _find(movie, b"mvhd")
    if not header or header[0] not in _TIMES:
        return None
    form, place = _TIMES[header[0]]
    if len(header) < place + form.size:
        return None
    scale, duration = form.unpack_from(header, place)
    return duration / scale if scale else None


def _find(content: bytes, kind: bytes) -> bytes | None:
    """Return what is in the first box of a kind."""
    place = 0
    while place + _HEAD.size <= len(content):
        size, found = _HEAD.unpack_from(content, place)
        start = place + _HEAD.size
        if size == 1:  # the size follows, in eight bytes
            size, start = int.from_bytes(content[start : start + 8]), start + 8
        end = len(content) if size == 0 else place + size
        if found == kind:
            return content[start:end]
        place = end
    return None
