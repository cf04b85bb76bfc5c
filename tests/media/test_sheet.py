from io import BytesIO

import av
import pytest
from av import VideoFrame

from mock_server.media import sheet
from mock_server.media.probe import ProbeError
from mock_server.media.probing import open_video
from mock_server.media.sheet import CELL, COLUMNS, GAP, ROWS, contact_sheet
from tests.media.clips import Clip, frames


def picture_of(png: bytes) -> VideoFrame:
    """Decode a PNG."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    with av.open(BytesIO(png), "r", format="png_pipe") as container:
        return next(container.decode(video=0))


def cell(image: VideoFrame, number: int, wide: int, high: int) -> bytes:
    """Cut one frame out of a contact sheet."""
    down, across = divmod(number, COLUMNS)
    left, top = across * (wide + GAP) + GAP, down * (high + GAP) + GAP
    plane = image.planes[0]
    pixels = bytes(plane)
    rows = (pixels[y * plane.line_size + 3 * left :][: 3 * wide] for y in range(top, top + high))
    return b"".join(rows)


def test_a_sheet_shows_the_middles_of_its_parts(clip: Clip) -> None:
    """Each cell is the frame in the middle of its part, and the ground is around them."""
    with clip(shots=2).open("rb") as file:
        image = picture_of(contact_sheet(file))
    wide, high = CELL, CELL * 160 // 288
    assert (image.width, image.height) == (COLUMNS * (wide + GAP) + GAP, ROWS * (high + GAP) + GAP)
    assert bytes(image.planes[0])[: 3 * image.width] == b"\x18" * 3 * image.width
    shown = list(frames(clip(shots=2)))
    for number, frame in enumerate((5, 15, 25, 35, 45, 55)):
        small = shown[frame].reformat(wide, high, "rgb24").planes[0]
        pixels = bytes(small)
        rows = (pixels[y * small.line_size :][: 3 * wide] for y in range(high))
        assert cell(image, number, wide, high) == b"".join(rows)


def test_a_sheet_of_an_upright_clip_is_upright(clip: Clip) -> None:
    """The longer side of each frame is what is bounded."""
    with clip(width=96, height=160).open("rb") as file:
        image = picture_of(contact_sheet(file))
    assert image.height == ROWS * (CELL + GAP) + GAP
    assert image.width == COLUMNS * (CELL * 96 // 160 + GAP) + GAP


def test_a_time_that_no_frame_has_is_shown_by_the_last(clip: Clip) -> None:
    """Files say that they are longer than they are."""
    with clip().open("rb") as file, open_video(file) as container:
        assert sheet._frame_at(container, 99.0).pts == list(frames(clip()))[-1].pts


def test_a_file_without_frames_has_no_sheet(clip: Clip) -> None:
    """A file that ends before its first frame says enough to be examined, but has nothing to show."""
    data = clip(sound=False).read_bytes()
    with pytest.raises(ProbeError):
        contact_sheet(BytesIO(data[: data.index(b"mdat") + 4]))


def test_frames_that_are_too_large_are_not_decoded(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file may claim to have a frame of gigabytes."""
    monkeypatch.setattr(sheet, "_MOST_PIXELS", 288 * 160 - 1)
    with clip().open("rb") as file, pytest.raises(ProbeError, match=r"^has frames that are too large to be shown$"):
        contact_sheet(file)
