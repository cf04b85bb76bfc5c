from importlib.resources import files
from io import SEEK_SET, BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.media.boxes import read_boxes
from mock_server.media.probe import Probe, ProbeError
from mock_server.media.probing import probe
from tests.media.clips import Clip

PLACEHOLDER = files("mock_server.links").joinpath("assets", "placeholder.mp4").read_bytes()
MOVIE_AT = PLACEHOLDER.index(b"moov") - 4
MOVIE_END = MOVIE_AT + int.from_bytes(PLACEHOLDER[MOVIE_AT : MOVIE_AT + 4], "big")


class Watched(BytesIO):
    """A file that nobody may read beyond its end, or in large pieces."""

    def seek(self, place: int, whence: int = SEEK_SET, /) -> int:
        """Go to a place that there is."""
        assert whence != SEEK_SET or 0 <= place <= len(self.getbuffer())
        return super().seek(place, whence)

    def read(self, size: int | None = -1, /) -> bytes:
        """Read a few bytes that there are."""
        assert size is not None
        assert 0 <= size <= 16
        assert self.tell() + size <= len(self.getbuffer())
        return super().read(size)


def box(kind: bytes, *parts: bytes, wide: bool = False) -> bytes:
    """Write a box, with a length of 8 bytes if it is to be wide."""
    body = b"".join(parts)
    if wide:
        return (1).to_bytes(4, "big") + kind + (len(body) + 16).to_bytes(8, "big") + body
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def header(*, scale: int = 1000, duration: int = 2000, wide: bool = False) -> bytes:
    """Write what the headers of a movie and of a track's media begin with."""
    if wide:
        return b"\1" + bytes(19) + scale.to_bytes(4, "big") + duration.to_bytes(8, "big")
    return bytes(12) + scale.to_bytes(4, "big") + duration.to_bytes(4, "big")


TRACK_HEADER = box(b"tkhd", bytes(76), (640 << 16).to_bytes(4, "big"), (360 << 16).to_bytes(4, "big"))
HANDLER = box(b"hdlr", bytes(8), b"vide")
SAMPLES = box(b"stsz", bytes(8), (60).to_bytes(4, "big"))
ENTRY = box(b"stsd", bytes(12), b"avc1")
TABLE = box(b"minf", box(b"stbl", ENTRY, SAMPLES))
MEDIA = box(b"mdia", HANDLER, box(b"mdhd", header()), TABLE)
TRACK = box(b"trak", TRACK_HEADER, MEDIA)


def movie(*parts: bytes) -> bytes:
    """Write a file of a brand with a movie in it."""
    return box(b"ftyp", b"isom") + box(b"moov", *parts)


def read(data: bytes) -> Probe:
    """Read a file, and watch how that is done."""
    return read_boxes(Watched(data))


PLAIN = Probe(
    container="mp4",
    length=2_000_000,
    width=640,
    height=360,
    frame_rate=30.0,
    codec="h264",
    has_audio=False,
    size=len(movie(box(b"mvhd", header()), TRACK)),
)


def test_the_smallest_file_that_says_enough() -> None:
    """Length, size, frame rate and codec are where the format has them."""
    assert read(movie(box(b"mvhd", header()), TRACK)) == PLAIN


def test_both_readers_say_the_same_of_the_packaged_clip() -> None:
    """What is read here is what the library reads."""
    assert read(PLACEHOLDER) == probe(BytesIO(PLACEHOLDER))


@pytest.mark.parametrize("sound", [True, False])
def test_both_readers_say_the_same_of_a_mov(clip: Clip, *, sound: bool) -> None:
    """A file of the other format is told apart, with sound and without."""
    data = clip(sound=sound).read_bytes().replace(b"ftypisom", b"ftypqt  ", 1)
    assert read(data) == probe(BytesIO(data))
    assert (read(data).container, read(data).has_audio) == ("mov", sound)


@pytest.mark.parametrize(
    "data",
    [
        movie(box(b"mvhd", header(wide=True)), TRACK),
        movie(box(b"mvhd", header(scale=90_000, duration=180_000)), TRACK),
        movie(box(b"free"), TRACK, box(b"mvhd", header())),
        box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", header()), TRACK, wide=True),
        box(b"ftyp", b"isom") + box(b"mdat", bytes(99), wide=True) + movie(box(b"mvhd", header()), TRACK),
        box(b"ftyp", b"isom") + b"\0\0\0\0moov" + box(b"mvhd", header()) + TRACK,
        movie(box(b"mvhd", header()), TRACK) + b"rest",
    ],
    ids=["wide header", "other scale", "other order", "wide box", "data first", "box to the end", "rest"],
)
def test_the_same_can_be_said_in_several_ways(data: bytes) -> None:
    """Long numbers and lengths, other scales and another order change nothing."""
    read_as = read(data)
    assert (read_as.length, read_as.width, read_as.height) == (PLAIN.length, PLAIN.width, PLAIN.height)
    assert read_as.container == "mp4"


def test_an_old_file_without_a_brand_is_a_mov() -> None:
    """The first files of the format did not say what they are; a codec that is not known has its own name."""
    data = box(b"moov", box(b"mvhd", header()), TRACK.replace(b"avc1", b"odd!"))
    assert (read(data).container, read(data).codec) == ("mov", "odd!")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no MP4 or MOV file, or is cut off"),
        (b"#EXTM3U\nhttp://127.0.0.1/clip.mp4\n", "is cut off or damaged: its box at byte 0 does not fit into it"),
        (PLACEHOLDER[: MOVIE_END - 1], f"is cut off or damaged: its box at byte {MOVIE_AT:,} does not fit into it"),
        (box(b"ftyp", b"is"), "has a ftyp box that is too short"),
        (box(b"ftyp", b"isom") + b"\0\0\0\1moov\0\0", "has a file box that is too short"),
        (b"\0\0\0\7moov", "is cut off or damaged: its box at byte 0 does not fit into it"),
        (box(b"free") * 5_000, "has more than 4,096 boxes"),
        (movie(TRACK), "has no mvhd box"),
        (movie(box(b"mvhd", b"\0" * 8), TRACK), "has a mvhd box that is too short"),
        (movie(box(b"mvhd", header(scale=0)), TRACK), "does not say how long it is"),
        (movie(box(b"mvhd", header(duration=0)), TRACK), "does not say how long it is"),
        (movie(box(b"mvhd", header(duration=2**32 - 1)), TRACK), "does not say how long it is"),
        (movie(box(b"mvhd", header(scale=1, duration=2**60, wide=True)), TRACK), "lasts longer than anyone can wait"),
        (movie(box(b"mvhd", header())), "has no video track"),
        (movie(box(b"mvhd", header()), TRACK.replace(b"vide", b"soun")), "has no video track"),
        (movie(box(b"mvhd", header()), box(b"trak", TRACK_HEADER)), "has no mdia box"),
        (movie(box(b"mvhd", header()), TRACK.replace(b"tkhd", b"free")), "has no tkhd box"),
        (movie(box(b"mvhd", header()), box(b"trak", box(b"tkhd", b"1234"), MEDIA)), "has a tkhd box that is too short"),
        (movie(box(b"mvhd", header()), TRACK.replace(b"stsz", b"stz2")), "has no stsz box"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, said: str) -> None:
    """A file that is cut off, damaged, of another kind or without what is needed is refused with the reason."""
    with pytest.raises(ProbeError) as caught:
        read(data)
    assert said in str(caught.value)


def survives(data: bytes) -> None:
    """Read a file that may be anything."""
    try:
        found = read(data)
    except ProbeError:
        return
    assert found.length > 0
    assert found.size == len(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing but a refusal is ever raised, and nothing is read that is not there."""
    survives(data)


def of_boxes(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Draw boxes with something in them."""
    kinds = [b"ftyp", b"moov", b"mvhd", b"trak", b"tkhd", b"mdia", b"mdhd", b"hdlr", b"minf", b"stbl", b"stsd", b"stsz"]
    parts = st.lists(inner, max_size=4).map(b"".join)
    return st.builds(box, st.sampled_from(kinds), parts, wide=st.booleans())


@pytest.mark.uncounted
@given(st.lists(st.recursive(st.sampled_from([TRACK, HANDLER, header(), b"", bytes(8)]), of_boxes), max_size=5))
def test_any_boxes_are_read_or_refused(parts: list[bytes]) -> None:
    """Boxes in boxes in any order are no danger either."""
    survives(movie(box(b"mvhd", header()), TRACK, *parts))
    survives(b"".join(parts))


@given(
    st.lists(st.tuples(st.integers(MOVIE_AT, MOVIE_END - 1), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(MOVIE_AT, len(PLACEHOLDER)),
)
def test_a_damaged_clip_is_read_or_refused(changes: list[tuple[int, int]], end: int) -> None:
    """A real file with some bytes changed, cut off anywhere."""
    data = bytearray(PLACEHOLDER)
    for place, value in changes:
        data[place] = value
    survives(bytes(data[:end]))
