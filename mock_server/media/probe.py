"""What a video file says of itself, whoever read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec


class ProbeError(ValueError):
    """A file is no video that can be read. The message is a clause without its subject: `has no video track`."""


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is (VIDEO-FORMAT, VIDEO-LENGTH, VIDEO-SIZE).

    `container` is `mp4` or `mov`. `length` is in microseconds, `width` and `height` are pixels as they are coded,
    `frame_rate` is frames a second on average, `codec` is the video's, such as `h264`, and `size` is in bytes.
    """

    container: str
    length: int
    width: int
    height: int
    frame_rate: float
    codec: str
    has_audio: bool
    size: int


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that is to be examined: one that has an end.

    Raises:
        ProbeError: It is not there, is no file, or may not be read.
    """
    try:
        if not path.is_file():
            raise ProbeError("is not there")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise ProbeError(f"cannot be read: {error.strerror}") from error
