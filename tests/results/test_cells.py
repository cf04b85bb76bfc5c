"""Every choice of quality, aspect ratio, length and sound: the video is what was asked for, and billed."""

import json
import shutil
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from mock_server.core.models.model import Model
from mock_server.core.types import SECOND
from mock_server.media.probe import Probe
from tests.results.conftest import Finish, look
from tests.running import printed_by

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

MODEL = "wan2.6-reference-video-flash"


class Cell(NamedTuple):
    """What is asked for."""

    quality: str
    aspect_ratio: str
    duration: int
    generate_audio: bool


CELLS = [
    Cell(*choices)
    for choices in product(("720p", "1080p"), ("16:9", "9:16", "1:1", "4:3", "3:4"), (2, 5, 10), (True, False))
]


def told_by_ffprobe(path: Path) -> dict[str, Any]:
    """Return what ffprobe says of a video."""
    printed = printed_by("ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", path)
    told: dict[str, Any] = json.loads(printed)
    return told


def check_by_ffprobe(path: Path, cell: Cell, size: tuple[int, int]) -> None:
    """A tool that is not ours sees what was asked for."""
    told = told_by_ffprobe(path)
    video, *audio = told["streams"]
    assert (video["codec_name"], video["r_frame_rate"]) == ("h264", "30/1"), cell
    assert int(video["nb_frames"]) == 30 * cell.duration, cell
    assert (video["width"], video["height"]) == size, cell
    assert float(told["format"]["duration"]) == cell.duration, cell
    sound = [(track["codec_name"], track["sample_rate"], track["channels"]) for track in audio]
    assert sound == [("aac", "44100", 2)] * cell.generate_audio, cell


@pytest.mark.slow
@pytest.mark.parametrize("serve", ["in-process"], indirect=True)  # it is no matter of the socket
@pytest.mark.clauses("AUDIO-EFFECT", "RATIO-VALUES", "QUALITY-VALUES", "DURATION-RANGE")
async def test_every_cell(
    rendering: httpx2.AsyncClient, models: Mapping[str, Model], finish: Finish, tmp_path: Path
) -> None:
    """Size, length and sound are those of the request and of the model's table; see FULL_SIZE.

    ffprobe is asked too, where it is installed. The clips of full size: tests/media.
    """
    path = tmp_path / "video.mp4"
    for cell in CELLS:
        answer = await rendering.get(await finish(rendering, **cell._asdict()))
        assert (answer.status_code, answer.headers["x-mock-media"]) == (200, "rendered")
        assert "x-mock-media-note" not in answer.headers
        width, height = models[MODEL].sizes[cell.quality][cell.aspect_ratio]
        assert look(answer.content) == Probe(
            container="mp4",
            length=cell.duration * SECOND,
            width=width,
            height=height,
            frame_rate=30.0,
            codec="h264",
            has_audio=cell.generate_audio,
            size=int(answer.headers["content-length"]),
        ), cell
        if shutil.which("ffprobe"):
            path.write_bytes(answer.content)
            check_by_ffprobe(path, cell, (width, height))


async def test_what_is_left_out(rendering: httpx2.AsyncClient, models: Mapping[str, Model], finish: Finish) -> None:
    """The defaults of the page are those of the video: 720p, 16:9, 5 seconds, with sound."""
    model = models[MODEL]
    left_out = dict.fromkeys(("quality", "aspect_ratio", "duration", "generate_audio", "model_params"))
    seen = look((await rendering.get(await finish(rendering, **left_out))).content)
    assert (seen.width, seen.height) == model.sizes["720p"]["16:9"]
    assert (seen.length, seen.has_audio) == (5 * SECOND, True)
