"""Reads what an MP4 or MOV file says of itself, without a library: a file is boxes, and boxes in boxes.

Nothing is believed that the file's own size contradicts, and a box that is not needed is stepped over.
"""

from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO, Final, NamedTuple

from mock_server.core.types import SECOND
from mock_server.media.probe import Probe, ProbeError

_MOST_BOXES: Final = 4_096
_MOST_TRACKS: Final = 64
_LONGEST: Final = 1_000_000 * SECOND
_UNKNOWN: Final = (2**32 - 1, 2**64 - 1)
_CODECS: Final = {
    **dict.fromkeys(("avc1", "avc3"), "h264"),
    **dict.fromkeys(("hvc1", "hev1"), "hevc"),
    "av01": "av1",
    "vp09": "vp9",
    "mp4v": "mpeg4",
}


class _Box(NamedTuple):
    kind: str
    begin: int
    end: int


class _Track(NamedTuple):
    kind: str
    width: int
    height: int
    codec: str
    frame_rate: float


class _File:
    """A file that is read at places of it, and never beyond its end; it counts the boxes that were looked at."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._boxes = 0
        self.size = file.seek(0, SEEK_END)

    def read(self, place: int, size: int, box: _Box) -> bytes:
        """Return bytes of a box.

        Raises:
            ProbeError: The box, or the file, ends before.
        """
        if place < 0 or box.begin + place + size > box.end:
            raise ProbeError(f"has a {box.kind} box that is too short")
        self._file.seek(box.begin + place)
        return self._file.read(size)

    def number(self, place: int, size: int, box: _Box) -> int:
        """Return a whole number of a box."""
        return int.from_bytes(self.read(place, size, box), "big")

    def boxes(self, box: _Box) -> Iterator[_Box]:
        """Return the boxes in a box."""
        place = box.begin
        while place + 8 <= box.end:
            self._boxes += 1
            if self._boxes > _MOST_BOXES:
                raise ProbeError(f"has more than {_MOST_BOXES:,} boxes")
            inner = self._box(place, box)
            yield inner
            place = inner.end

    def _box(self, place: int, around: _Box) -> _Box:
        head = _Box(around.kind, place, around.end)
        size, begin = self.number(0, 4, head), place + 8
        kind = self.read(4, 4, head).decode("latin-1")
        if size == 1:
            size, begin = self.number(8, 8, head), place + 16
        end = around.end if size == 0 else place + size
        if not begin <= end <= around.end:
            raise ProbeError(f"is cut off or damaged: its box at byte {place:,} does not fit into it")
        return _Box(kind, begin, end)


def read_boxes(source: BinaryIO) -> Probe:
    """Read what a file says of itself; it must be one that can seek.

    Raises:
        ProbeError: It is no MP4 or MOV, is damaged, has no video track, or does not say how long it is.
    """
    file = _File(source)
    whole = _Box("file", 0, file.size)
    brand, movie = _outline(file, whole)
    header = _first(file, movie, "mvhd")
    tracks = [_read_track(file, box) for box in file.boxes(movie) if box.kind == "trak"][:_MOST_TRACKS]
    video = next((track for track in tracks if track.kind == "vide"), None)
    if video is None:
        raise ProbeError("has no video track")
    return Probe(
        container="mov" if brand in ("", "qt  ") else "mp4",
        length=_length(file, header),
        width=video.width,
        height=video.height,
        frame_rate=video.frame_rate,
        codec=video.codec,
        has_audio=any(track.kind == "soun" for track in tracks),
        size=file.size,
    )


def _outline(file: _File, whole: _Box) -> tuple[str, _Box]:
    """Return the brand of a file ("" if it has none, as old MOV files do) and the box that describes its movie."""
    brand = ""
    for box in file.boxes(whole):
        if box.kind == "ftyp":
            brand = file.read(0, 4, box).decode("latin-1")
        if box.kind == "moov":
            return brand, box
    raise ProbeError("is no MP4 or MOV file, or is cut off")


def _length(file: _File, header: _Box) -> int:
    """Return the length in microseconds that a header of the movie, or of one track's media, says."""
    wide = file.number(0, 1, header) == 1
    scale = file.number(20 if wide else 12, 4, header)
    duration = file.number(24, 8, header) if wide else file.number(16, 4, header)
    if scale == 0 or duration == 0 or duration in _UNKNOWN:
        raise ProbeError("does not say how long it is")
    length = round(duration * SECOND / scale)
    if length > _LONGEST:
        raise ProbeError("says that it lasts longer than anyone can wait")
    return length


def _read_track(file: _File, track: _Box) -> _Track:
    media = _first(file, track, "mdia")
    kind = file.read(8, 4, _first(file, media, "hdlr")).decode("latin-1")
    if kind != "vide":
        return _Track(kind, 0, 0, "", 0.0)
    header = _first(file, track, "tkhd")
    table = _first(file, _first(file, media, "minf"), "stbl")
    samples = file.number(8, 4, _first(file, table, "stsz"))
    size = header.end - header.begin
    return _Track(
        kind=kind,
        width=file.number(size - 8, 4, header) >> 16,
        height=file.number(size - 4, 4, header) >> 16,
        codec=_codec(file, table),
        frame_rate=round(samples * SECOND / _length(file, _first(file, media, "mdhd")), 3),
    )


def _codec(file: _File, table: _Box) -> str:
    entry = file.read(12, 4, _first(file, table, "stsd")).decode("latin-1")
    return _CODECS.get(entry, entry)


def _first(file: _File, box: _Box, kind: str) -> _Box:
    found = next((inner for inner in file.boxes(box) if inner.kind == kind), None)
    if found is None:
        raise ProbeError(f"has no {kind} box")
    return found
