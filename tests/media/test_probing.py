from io import BytesIO
from pathlib import Path

import av
import pytest
from av.audio import AudioFrame

from mock_server.media.probe import ProbeError, open_file
from mock_server.media.probing import open_video, probe
from tests.media.clips import Clip


def test_a_file_of_sound_alone_is_refused(tmp_path: Path) -> None:
    """What has no picture is no video."""
    with av.open(tmp_path / "sound.mp4", "w") as file:
        stream = file.add_stream("aac", rate=44_100, layout="mono")
        silence = AudioFrame(format="fltp", layout="mono", samples=1024)
        silence.sample_rate = 44_100
        silence.planes[0].update(bytes(silence.planes[0].buffer_size))
        file.mux([*stream.encode(silence), *stream.encode(None)])
    with (
        (tmp_path / "sound.mp4").open("rb") as sound,
        pytest.raises(ProbeError, match=r"^has no video track that can be decoded$"),
    ):
        probe(sound)


def test_a_file_that_does_not_say_how_long_it_is_is_refused(clip: Clip) -> None:
    """Nothing can be billed for a video without a length."""
    data = clip(sound=False).read_bytes()
    for kind in (b"mvhd", b"mdhd", b"tkhd", b"elst"):
        place = data.index(kind) + 4
        data = data[:place] + bytes(24) + data[place + 24 :]
    with pytest.raises(ProbeError):
        probe(BytesIO(data))


@pytest.mark.parametrize("data", [b"", b"no video at all" * 100, b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_what_is_no_video_is_refused(data: bytes) -> None:
    """A file of another kind is told from a video."""
    with pytest.raises(ProbeError, match=r"^is no MP4 or MOV file, or is damaged \("):
        probe(BytesIO(data))


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{clip}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{clip}'\n",
        "file {clip}\n",
    ],
)
def test_a_list_of_other_files_is_not_followed(clip: Clip, tmp_path: Path, playlist: str) -> None:
    """A text that names a video is none, whatever it is called."""
    path = tmp_path / "clip.mp4"
    path.write_text(playlist.format(clip=clip()), "utf-8")
    with path.open("rb") as file, pytest.raises(ProbeError):
        probe(file)


def test_a_file_that_is_cut_off_is_refused(clip: Clip) -> None:
    """Half of a description is not enough."""
    data = clip().read_bytes()
    for end in (8, data.index(b"mvhd"), data.index(b"stbl")):
        with pytest.raises(ProbeError):
            probe(BytesIO(data[:end]))


def test_damage_that_shows_later_is_told_the_same_way(clip: Clip) -> None:
    """Whatever goes wrong inside the library while a file is open is about the file."""
    with clip().open("rb") as file, pytest.raises(ProbeError, match="is damaged"), open_video(file):
        raise av.error.InvalidDataError(1, "oh")


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing file and a folder are no files to be examined."""
    for path in (tmp_path / "none.mp4", tmp_path):
        with pytest.raises(ProbeError, match=r"^is not there$"), open_file(path):
            raise AssertionError


def test_a_file_that_breaks_off_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """A disk that fails is told like a file that is damaged."""
    (tmp_path / "clip.mp4").write_bytes(b"")
    with pytest.raises(ProbeError, match=r"^cannot be read: Input/output error$"), open_file(tmp_path / "clip.mp4"):
        raise OSError(5, "Input/output error")
