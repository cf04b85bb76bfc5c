"""The length of a film, by its own header."""

import struct

import pytest

from contracts.probes.lengths import film_seconds


def box(kind: bytes, content: bytes) -> bytes:
    """Return a box of MP4."""
    return struct.pack(">I4s", 8 + len(content), kind) + content


def header(version: int, scale: int, duration: int) -> bytes:
    """Return the header of a film."""
    times = (">II", 8) if version == 0 else (">IQ", 16)
    return bytes([version, 0, 0, 0]) + bytes(times[1]) + struct.pack(times[0], scale, duration)


FILM = box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", header(0, 1_000, 2_500)))


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        (FILM, 2.5),
        (box(b"moov", box(b"mvhd", header(1, 600, 6_000))), 10.0),
        (struct.pack(">I4sQ", 1, b"free", 20) + b"abcd" + FILM, 2.5),
        (struct.pack(">I4s", 0, b"moov") + box(b"mvhd", header(0, 10, 20)), 2.0),
        (box(b"moov", box(b"mvhd", header(0, 0, 20))), None),
        (box(b"moov", box(b"mvhd", b"\x00\x00")), None),
        (box(b"moov", box(b"mvhd", b"\x07" + bytes(40))), None),
        (box(b"moov", box(b"mvhd", b"")), None),
        (box(b"moov", b""), None),
        (struct.pack(">I4s", 0, b"free"), None),
        (struct.pack(">I4s", 4, b"free") + FILM, None),
        (struct.pack(">I4sQ", 1, b"free", 0) + FILM, None),
        (b"<html></html>", None),
        (b"", None),
    ],
)
def test_lengths(content: bytes, seconds: float | None) -> None:
    """Both versions of the header, boxes of all sizes, and what is no film."""
    assert film_seconds(content) == seconds
