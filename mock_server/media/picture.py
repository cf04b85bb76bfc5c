"""What is to be seen in a clip, and the name that it goes by."""

from hashlib import blake2b
from typing import Final

import msgspec

FRAME_RATE: Final = 30
"""Frames in a second of every clip."""

_encode: Final = msgspec.json.Encoder().encode


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A clip that can be rendered: the same picture is the same bytes, in every process that has the same encoder.

    `width` and `height` are in pixels, both even, and `seconds` is how long it lasts. With `sound` it has an audio
    track, without it has none. `shots` is how many scenes there are, each as long as the next but for a frame.
    """

    task: str
    prompt: str
    width: int
    height: int
    seconds: int
    sound: bool = True
    shots: int = 1

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return self.seconds * FRAME_RATE


def name_of(picture: Picture) -> str:
    """Return the file name of a picture: 32 hexadecimal digits and `.mp4`, other ones for every other picture."""
    return f"{blake2b(_encode(picture), digest_size=16).hexdigest()}.mp4"
