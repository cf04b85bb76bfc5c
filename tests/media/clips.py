"""Pictures for tests, and ways to look at what was rendered."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import av
from av import VideoFrame

from mock_server.media.picture import Picture

SMALL = Picture(task="task-unified-1757156493-imcg5zqt", prompt="A cat in the rain", width=288, height=160, seconds=2)
"""A clip that is rendered at once."""

Clip: TypeAlias = Callable[..., Path]
"""Returns where a clip is: the small one, but for what is given."""


def frames(path: Path) -> Iterator[VideoFrame]:
    """Decode a clip."""
    with av.open(path) as container:
        yield from container.decode(video=0)


def light(frame: VideoFrame) -> list[bytes]:
    """Return how light each pixel of a frame is, row by row."""
    plane = frame.planes[0]
    pixels = bytes(plane)
    return [pixels[top : top + frame.width] for top in range(0, len(pixels), plane.line_size)]
