from array import array
from fractions import Fraction
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import av
import msgspec
import pytest
from av.stream import Stream

from mock_server.core.types import SECOND
from mock_server.media.boxes import read_boxes
from mock_server.media.captions import Panel, caption, clock
from mock_server.media.jobs import Render
from mock_server.media.picture import Picture
from mock_server.media.probe import Probe
from mock_server.media.probing import probe
from mock_server.media.process import Worker
from mock_server.media.rendering import render
from tests.core.model_files import parse_model
from tests.media.clips import SMALL, Clip, frames, light

pytestmark = pytest.mark.anyio

MODEL = parse_model(files("mock_server").joinpath("models/wan2.6-reference-video-flash.yaml").read_bytes())
CELLS = [
    pytest.param(quality, ratio, id=f"{quality} {ratio}") for quality, ratios in MODEL.sizes.items() for ratio in ratios
]


def expected(picture: Picture, path: Path) -> Probe:
    """Return what a clip must turn out to be."""
    return Probe(
        container="mp4",
        length=picture.seconds * SECOND,
        width=picture.width,
        height=picture.height,
        frame_rate=30.0,
        codec="h264",
        has_audio=picture.sound,
        size=path.stat().st_size,
    )


def length_of(stream: Stream) -> Fraction:
    """Return how long a track is, in seconds."""
    assert stream.time_base is not None
    return (stream.duration or 0) * stream.time_base


def check(picture: Picture, path: Path) -> None:
    """Look at a clip with both readers, and count what is in it."""
    with path.open("rb") as file:
        assert probe(file) == read_boxes(file) == expected(picture, path)
    with av.open(path) as container:
        video = container.streams.video[0]
        assert video.frames == 30 * picture.seconds
        assert length_of(video) == picture.seconds
        assert (video.codec_context.pix_fmt, video.codec_context.profile) == ("yuv420p", "Constrained Baseline")
        for audio in container.streams.audio:
            assert length_of(audio) == picture.seconds
            assert (audio.codec_context.name, audio.rate, audio.layout.name) == ("aac", 44_100, "stereo")


@pytest.mark.uncounted
@pytest.mark.parametrize(("quality", "ratio"), CELLS)
def test_a_clip_has_the_size_of_its_quality_and_ratio(quality: str, ratio: str, tmp_path: Path) -> None:
    """Each cell of the model's table is what both readers find in the clip; the upright ones are silent."""
    width, height = MODEL.sizes[quality][ratio]
    picture = Picture(task="t", prompt="", width=width, height=height, seconds=2, sound=width >= height)
    render(picture, tmp_path / "clip.mp4")
    check(picture, tmp_path / "clip.mp4")


@pytest.mark.uncounted
@pytest.mark.parametrize("sound", [True, False], ids=["sound", "silent"])
@pytest.mark.parametrize("seconds", range(2, 11))
def test_a_clip_is_as_long_as_asked_for(clip: Clip, seconds: int, *, sound: bool) -> None:
    """Picture and sound end together, after just so many seconds; without sound there is no audio track."""
    picture = msgspec.structs.replace(SMALL, seconds=seconds, sound=sound)
    check(picture, clip(seconds=seconds, sound=sound))


@pytest.mark.uncounted
def test_a_clip_of_two_shots_at_full_size_and_length(tmp_path: Path) -> None:
    """The most that can be asked for is what it should be, too."""
    picture = Picture(task="t", prompt="A cat", width=1920, height=1080, seconds=10, shots=2)
    render(picture, tmp_path / "clip.mp4")
    check(picture, tmp_path / "clip.mp4")


def test_what_a_player_needs_first_comes_first(clip: Clip) -> None:
    """The description of the movie is before its data, no time is written into it, and one thread made it."""
    data = clip().read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    header = data.index(b"mvhd") + 4
    assert data[header : header + 12] == bytes(12)
    assert b" threads=1 " in data


async def test_the_same_picture_is_the_same_bytes_in_every_process(clip: Clip, tmp_path: Path) -> None:
    """Two processes and this one render the same file; a task of another id has another one."""
    made = [clip(shots=2).read_bytes()]
    for name in ("one", "two"):
        worker = Worker(tmp_path, seconds=60)
        await worker.do(Render(msgspec.structs.replace(SMALL, shots=2), str(tmp_path / name)))
        await worker.stop()
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1] == made[2] != clip(shots=2, task="another").read_bytes()


def ink_and_paper(panel: Panel, rows: list[bytes]) -> tuple[list[int], list[int]]:
    """Return how light a frame is where a panel has ink, and where it has none."""
    ink: list[int] = []
    paper: list[int] = []
    for panel_row, row in zip(panel.rows, rows[panel.top :], strict=False):
        for inked, pixel in zip(panel_row, row[panel.left :], strict=False):
            (ink if inked else paper).append(pixel)
    return ink, paper


@pytest.mark.parametrize("number", [0, 17, 59])
def test_the_writing_can_be_read(clip: Clip, number: int) -> None:
    """Where a panel has ink the frame is light, elsewhere dark, but for the few pixels that encoding takes."""
    picture = msgspec.structs.replace(SMALL, width=640, height=480)
    frame = list(frames(clip(width=640, height=480)))[number]
    for panel in (caption(picture), clock(picture, number)):
        ink, paper = ink_and_paper(panel, light(frame))
        assert len(ink) > 400
        assert sum(pixel > 170 for pixel in ink) > 0.97 * len(ink)
        assert sum(pixel < 130 for pixel in paper) > 0.97 * len(paper)


def test_another_time_code_is_told_apart(clip: Clip) -> None:
    """The test above would notice: the time code of one frame does not fit to another."""
    picture = msgspec.structs.replace(SMALL, width=640, height=480)
    rows = light(next(frames(clip(width=640, height=480))))
    ink, _ = ink_and_paper(clock(picture, 28), rows)
    assert sum(pixel > 170 for pixel in ink) < 0.97 * len(ink)


def difference(one: list[bytes], other: list[bytes]) -> float:
    """Return by how much two pictures differ: the mean of what the pixels of every fourth row do."""
    pairs = list(zip(b"".join(one[::4]), b"".join(other[::4]), strict=True))
    return sum(abs(a - b) for a, b in pairs) / len(pairs)


def test_two_shots_have_one_cut_in_the_middle(clip: Clip) -> None:
    """The picture moves from frame to frame, and changes as a whole just once, at a frame to begin at."""
    shown = list(frames(clip(shots=2)))
    changes = [difference(light(one), light(other)) for one, other in pairwise(shown)]
    assert min(changes) > 0.01
    cut = changes.index(max(changes)) + 1
    assert cut == 30
    assert sorted(changes)[-2] * 2 < changes[cut - 1]
    assert shown[cut].key_frame


def test_one_shot_has_no_cut(clip: Clip) -> None:
    """A single shot is one scene from beginning to end."""
    changes = [difference(light(one), light(other)) for one, other in pairwise(frames(clip()))]
    assert max(changes) < 4 * sorted(changes)[len(changes) // 2] + 1


def test_every_second_can_be_begun_at(clip: Clip) -> None:
    """The first frame of each second stands for itself."""
    begins = [number for number, frame in enumerate(frames(clip(seconds=4))) if frame.key_frame]
    assert begins == [0, 30, 60, 90]


def test_the_sound_is_quiet_and_there(clip: Clip) -> None:
    """It is heard on both sides, never loud, and begins and ends in silence."""
    with av.open(clip()) as container:
        sides: list[list[float]] = [[], []]
        for frame in container.decode(audio=0):
            for number, plane in enumerate(frame.planes):
                sides[number] += array("f", bytes(plane))[: frame.samples]
    for side in sides:
        assert 0.01 < max(map(abs, side)) < 0.25
        assert max(map(abs, side[:200])) < 0.01
