"""What pictures say of themselves."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.files.pictures import Still, read_picture
from tests.references.stills import bmp, chunk, jpeg, png, webp

EXTENDED = webp(b"VP8X", bytes(4) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little"))
LOSSLESS = webp(b"VP8L", b"\x2f" + (639 | 479 << 14).to_bytes(4, "little"))
LOSSY = webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 640 | 1 << 14, 480))


@pytest.mark.clauses("IMAGE-FORMAT", "IMAGE-PIXELS", "IMAGE-OPAQUE")
@pytest.mark.parametrize(
    ("content", "still"),
    [
        (png(), Still("png", (640, 480))),
        (png(colour=6), Still("png", (640, 480), transparent=True)),
        (png(colour=3, before=(chunk(b"PLTE", bytes(3)),)), Still("png", (640, 480))),
        (
            png(colour=3, before=(chunk(b"PLTE", bytes(3)), chunk(b"tRNS", b"\x00"))),
            Still("png", (640, 480), transparent=True),
        ),
        (png().replace(b"IHDR", b"CgBI"), None),
        (jpeg(), Still("jpg", (640, 480))),
        (jpeg(before=b""), Still("jpg", (640, 480))),
        (jpeg(before=b"\xff\xd0\xff\xff\xc4\x00\x04\x00\x00"), Still("jpg", (640, 480))),
        (jpeg(before=b"\x00\x00"), None),
        (EXTENDED, Still("webp", (640, 480))),
        (LOSSLESS, Still("webp", (640, 480))),
        (LOSSY, Still("webp", (640, 480))),
        (webp(b"ALPH", bytes(16)), None),
        (b"GIF89a" + struct.pack("<HH", 640, 480), Still("gif", (640, 480))),
        (bmp(), Still("bmp", (640, 480))),
        (bmp(height=-480), Still("bmp", (640, 480))),
        (b"a picture", None),
        (b"", None),
    ],
)
def test_what_a_picture_says(content: bytes, still: Still | None) -> None:
    """Each format has its own place for the size."""
    assert read_picture(content) == still


@pytest.mark.parametrize("content", [png(), jpeg(), EXTENDED, LOSSLESS, LOSSY, b"GIF89a" + bytes(4), bmp()])
def test_a_picture_that_is_cut_off(content: bytes) -> None:
    """It says what it says, or nothing, wherever it ends."""
    whole = read_picture(content)
    assert {read_picture(content[:end]) for end in range(len(content))} <= {None, whole}


@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"RIFF0000WEBP", b"BM", b"GIF89a"]), st.binary(max_size=200))
def test_whatever_follows(head: bytes, rest: bytes) -> None:
    """What is no picture is none, and nothing comes of it but that."""
    still = read_picture(head + rest)
    assert still is None or min(still.sides) >= 0
