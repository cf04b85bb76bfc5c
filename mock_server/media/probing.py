"""Reads what a video file says of itself, by libavformat: the demuxer of MP4 and MOV alone, and nothing but the file.

Whoever reads a file that a stranger made does it in a process that may be lost (`worker`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import SEEK_END
from typing import BinaryIO, Final

import av
from av.container import InputContainer

from mock_server.media.probe import Probe, ProbeError

_READ: Final = {
    "probesize": "5000000",
    "analyzeduration": "5000000",
    "max_streams": "64",
    "enable_drefs": "0",
    "protocol_whitelist": "none",
}
"""How much of a file is looked at, and that no other file is: neither by reference nor by any protocol."""

_QUICKTIME: Final = "qt  "


def probe(file: BinaryIO) -> Probe:
    """Read what a file says of itself; it must be one that can seek.

    Raises:
        ProbeError: It is no MP4 or MOV, is damaged, has no video track, or does not say how long it is.
    """
    size = file.seek(0, SEEK_END)
    with open_video(file) as container:
        video, context = container.streams.video[0], container.streams.video[0].codec_context
        brand = container.metadata.get("major_brand", _QUICKTIME)
        return Probe(
            container="mov" if brand == _QUICKTIME else "mp4",
            length=container.duration or 0,
            width=context.width,
            height=context.height,
            frame_rate=round(float(video.average_rate or 0), 3),
            codec=context.name,
            has_audio=bool(container.streams.audio),
            size=size,
        )


@contextmanager
def open_video(file: BinaryIO) -> Iterator[InputContainer]:
    """Open a file that has a video track and says how long it is; damage that shows only later is told the same way.

    Raises:
        ProbeError: There is no such video in it.
    """
    file.seek(0)
    try:
        with av.open(file, "r", format="mp4", container_options=_READ, metadata_errors="replace") as container:
            if not any(stream.codec_context for stream in container.streams.video[:1]):
                raise ProbeError("has no video track that can be decoded")
            if not container.duration or container.duration < 0:
                raise ProbeError("does not say how long it is")
            yield container
    except av.FFmpegError as error:
        raise ProbeError(f"is no MP4 or MOV file, or is damaged ({error.strerror})") from error
