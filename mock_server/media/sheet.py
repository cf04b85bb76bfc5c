"""A contact sheet: a video at a glance, as one PNG."""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final

from av import VideoFrame
from av.codec import CodecContext
from av.container import InputContainer

from mock_server.core.types import SECOND
from mock_server.media.filming import TICK
from mock_server.media.probe import ProbeError
from mock_server.media.probing import open_video

COLUMNS: Final = 3
"""Frames side by side."""

ROWS: Final = 2
"""Frames above one another."""

CELL: Final = 400
"""Pixels of the longer side of a frame."""

GAP: Final = 8
"""Pixels between frames, and around them."""

_MOST_PIXELS: Final = 8_192 * 4_320
"""More than any video that is allowed has in a frame."""

_MOST_FRAMES: Final = 1_000
"""Frames that are read to find one, from where a player can begin."""

_GROUND: Final = b"\x18"


def contact_sheet(file: BinaryIO) -> bytes:
    """Draw frames of a video as a PNG: the middles of as many equal parts, row by row.

    Raises:
        ProbeError: It is no MP4 or MOV, is damaged, or has no video track.
    """
    with open_video(file) as container:
        frames = [_small(frame) for frame in _frames(container, COLUMNS * ROWS)]
    return _png(_grid(frames))


def _frames(container: InputContainer, number: int) -> Iterator[VideoFrame]:
    decoder = container.streams.video[0].codec_context
    if decoder.width * decoder.height > _MOST_PIXELS:
        raise ProbeError("has frames that are too large to be shown")
    decoder.thread_count = 1
    for place in range(1, 2 * number, 2):
        wanted = (container.duration or 0) * place // (2 * number)
        container.seek(wanted)
        yield _frame_at(container, wanted / SECOND)


def _frame_at(container: InputContainer, time: float) -> VideoFrame:
    """Return the first frame that is not before a time in seconds, or else the last one that there is."""
    found = None
    for found in islice(container.decode(video=0), _MOST_FRAMES):
        if found.time >= time:
            break
    if found is None:
        raise ProbeError("has no frame that can be shown")
    return found


def _small(frame: VideoFrame) -> VideoFrame:
    longer = max(frame.width, frame.height)
    return frame.reformat(frame.width * CELL // longer or 1, frame.height * CELL // longer or 1, "rgb24")


def _grid(frames: list[VideoFrame]) -> VideoFrame:
    """Return one frame with all of them on it, each as large as the first."""
    wide, high = frames[0].width, frames[0].height
    rows = [bytearray(_GROUND) * (3 * (COLUMNS * (wide + GAP) + GAP)) for _ in range(ROWS * (high + GAP) + GAP)]
    for number, frame in enumerate(frames):
        down, across = divmod(number, COLUMNS)
        left, top = 3 * (across * (wide + GAP) + GAP), down * (high + GAP) + GAP
        plane = frame.reformat(wide, high).planes[0]
        pixels = memoryview(plane)
        for y in range(high):
            rows[top + y][left : left + 3 * wide] = pixels[y * plane.line_size : y * plane.line_size + 3 * wide]
    grid = VideoFrame(len(rows[0]) // 3, len(rows), "rgb24")
    plane = grid.planes[0]
    plane.update(b"".join(row.ljust(plane.line_size, b"\0") for row in rows))
    return grid


def _png(frame: VideoFrame) -> bytes:
    encoder = CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = frame.width, frame.height, "rgb24", TICK
    return b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))
