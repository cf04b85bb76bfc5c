"""What is asked of a worker, what it answers, and how both are written: a length of four bytes, then MessagePack."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from mock_server.media.picture import Picture
from mock_server.media.probe import Probe


class Render(msgspec.Struct, frozen=True, tag=True):
    """Render a picture into a file."""

    picture: Picture
    path: str


class Examine(msgspec.Struct, frozen=True, tag=True):
    """Say what a video file is."""

    path: str


class Overview(msgspec.Struct, frozen=True, tag=True):
    """Draw the contact sheet of a video."""

    video: bytes


Job = Render | Examine | Overview


class Done(msgspec.Struct, frozen=True, tag=True):
    """The job is done: what an `Examine` found, or the PNG of an `Overview`; there is nothing to say of a `Render`."""

    value: Probe | bytes | None


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The file is no video that can be read; `why` is the message of the `ProbeError`."""

    why: str


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The job could not be done, for no fault of a file."""

    why: str


Reply = Done | Refused | Failed

LENGTH: Final = 4
"""Bytes that say how long a message is, high byte first."""

read_job: Final[Callable[[bytes], Job]] = msgspec.msgpack.Decoder[Job](Job).decode
"""Reads what was asked."""

read_reply: Final[Callable[[bytes], Reply]] = msgspec.msgpack.Decoder[Reply](Reply).decode
"""Reads what was answered."""

_encode: Final = msgspec.msgpack.Encoder().encode


def write(message: Any) -> bytes:
    """Write a message with its length before it."""
    body = _encode(message)
    return len(body).to_bytes(LENGTH, "big") + body
