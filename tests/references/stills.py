"""Pictures and sounds as bytes, written by hand: as much of them as says what they are."""

import struct
import zlib

FRAME = b"\xff\xfb\x90\x00"
"""MPEG-1, layer III, 128 kbit/s, 44.1 kHz, no padding: 417 bytes and 1152 samples."""


def mp3(frames: int, *, head: bytes = FRAME, size: int = 417, tag: bytes = b"", note: bytes = b"") -> bytes:
    """Return so many frames; the first has a note in it, if there is one."""
    plain = head + bytes(size - len(head))
    first = (head + bytes(32) + note).ljust(size, b"\0") if note else plain
    return tag + (first + plain * (frames - 1) if frames else b"")


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a chunk of PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(*, width: int = 640, height: int = 480, colour: int = 2, before: tuple[bytes, ...] = ()) -> bytes:
    """Return a PNG without its rows; `colour` is its colour type, `before` what comes before them."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""What most JPEGs begin with."""


def jpeg(*, width: int = 640, height: int = 480, before: bytes = JFIF) -> bytes:
    """Return a JPEG up to its size."""
    return b"\xff\xd8" + before + b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03" + bytes(9)


def webp(form: bytes, content: bytes) -> bytes:
    """Return a WebP of one chunk."""
    return (
        b"RIFF" + struct.pack("<I", 4 + 8 + len(content)) + b"WEBP" + form + struct.pack("<I", len(content)) + content
    )


def bmp(*, width: int = 640, height: int = 480) -> bytes:
    """Return a BMP without its rows; a height below zero has them from top to bottom."""
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + struct.pack("<IiiHHI", 40, width, height, 1, 24, 0) + bytes(20)
