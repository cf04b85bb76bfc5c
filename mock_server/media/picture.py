"""What is to be seen in a clip, or heard, and the name that it goes by."""

from hashlib import blake2b
from typing import Final, Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["video", "image", "audio"]
"""What a result can be: a clip, its first frame alone, or its sound alone."""

SUFFIXES: Final[dict[Kind, str]] = {"video": "mp4", "image": "png", "audio": "mp3"}
"""What the file of each kind ends with."""

FRAME_RATE: Final = 30
"""Frames in a second of every clip."""

_encode: Final = msgspec.json.Encoder().encode


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A clip that can be rendered: the same picture is the same bytes, in every process that has the same encoder.

    `width` and `height` are in pixels, both even, and `seconds` is how long it lasts. With `sound` it has an audio
    track, without it has none. `shots` is how many scenes there are, each as long as the next but for a frame. Of an
    image there is the first frame, and of audio the sound.
    """

    task: str
    prompt: str
    width: int
    height: int
    seconds: int
    sound: bool = True
    shots: int = 1
    kind: Kind = "video"

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return self.seconds * FRAME_RATE


def name_of(picture: Picture) -> str:
    """Return the file name of a picture: 32 hexadecimal digits and what its kind ends with, for each picture others."""
    return f"{blake2b(_encode(picture), digest_size=16).hexdigest()}.{SUFFIXES[picture.kind]}"
