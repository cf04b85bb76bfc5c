"""How long sounds last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.files.sounds import mp3_length
from mock_server.core.types import SECOND
from tests.references.stills import FRAME, mp3

TAG = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)


@pytest.mark.clauses("SOUND-LENGTH")
@pytest.mark.parametrize(
    ("content", "length"),
    [
        (mp3(100), 115_200 * SECOND // 44_100),
        (mp3(100, tag=TAG), 115_200 * SECOND // 44_100),
        (mp3(101, note=b"Xing"), 115_200 * SECOND // 44_100),
        (mp3(101, note=b"Info"), 115_200 * SECOND // 44_100),
        (mp3(100, head=b"\xff\xfb\x92\x00", size=418), 115_200 * SECOND // 44_100),
        (mp3(50, head=b"\xff\xf3\x84\x00", size=192), 50 * 576 * SECOND // 24_000),
        (mp3(50, head=b"\xff\xe3\x18\x00", size=72), 50 * 576 * SECOND // 8_000),
        (mp3(100)[:-400], 115_200 * SECOND // 44_100),
        (mp3(1), None),
        (mp3(0), None),
        (mp3(0, tag=TAG), None),
        (b"ID3", None),
        (b"no sound", None),
        (mp3(9, head=b"\xff\xfd\x90\x00"), None),
        (mp3(9, head=b"\xff\xfb\xf0\x00"), None),
        (mp3(9, head=b"\xff\xfb\x00\x00"), None),
        (mp3(9, head=b"\xff\xfb\x9c\x00"), None),
        (mp3(9, head=b"\xff\xeb\x90\x00"), None),
    ],
)
def test_how_long_a_sound_lasts(content: bytes, length: int | None) -> None:
    """As long as its frames are together; two at least must follow each other."""
    assert mp3_length(content) == length


@given(st.binary(max_size=300))
def test_whatever_is_read(content: bytes) -> None:
    """It comes to an end, and to a length that is none or above zero."""
    length = mp3_length(FRAME + content)
    assert length is None or length > 0
