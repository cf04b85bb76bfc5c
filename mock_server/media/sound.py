"""What is to be heard in a clip: a quiet chord whose notes swell and fade, other ones for another task."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final, cast

from av import AudioFrame
from av.filter import Graph

from mock_server.core.ids import CountedDice
from mock_server.media.picture import Picture

SAMPLE_RATE: Final = 44_100
"""Samples in a second."""

SAMPLES: Final = 1_024
"""Samples in a frame; the last one has what is left."""

_ROOTS: Final = (110, 124, 131, 147, 165)
_CHORDS: Final = ((4, 6, 8, 10), (4, 5, 6, 9), (4, 6, 9, 10), (6, 9, 10, 15))
_FADE: Final = 0.4
_SOFTEST: Final = 0.1
_LOUDEST: Final = 0.4


def play(picture: Picture) -> Iterator[AudioFrame]:
    """Return the sound frame by frame: stereo, as long as the clip to the sample."""
    graph = _open(picture)
    left = picture.seconds * SAMPLE_RATE
    while left:
        frame = cast("AudioFrame", graph.pull())
        yield frame
        left -= frame.samples


def _open(picture: Picture) -> Graph:
    graph = Graph()
    graph.threads = 1
    dice = CountedDice(b"", f"{picture.task} sound", 0)
    chord = _CHORDS[dice.between(0, len(_CHORDS) - 1)]
    root = Fraction(_ROOTS[dice.between(0, len(_ROOTS) - 1)], 4)
    mixed = graph.add("amix", f"inputs={len(chord)}:normalize=0")
    for number, times in enumerate(chord):
        far = _SOFTEST + (_LOUDEST - _SOFTEST) * number / (len(chord) - 1)
        near = _SOFTEST + _LOUDEST - far
        note = [
            graph.add("sine", f"f={float(root * times)}:r={SAMPLE_RATE}:d={picture.seconds}"),
            graph.add("tremolo", f"f=0.{dice.between(11, 45)}:d=0.9"),
            graph.add("pan", f"stereo|c0={near}*c0|c1={far}*c0"),
        ]
        graph.link_nodes(*note)
        note[-1].link_to(mixed, 0, number)
    graph.link_nodes(
        mixed,
        graph.add("afade", f"t=in:d={_FADE}"),
        graph.add("afade", f"t=out:st={picture.seconds - _FADE}:d={_FADE}"),
        graph.add("aformat", f"sample_fmts=fltp:sample_rates={SAMPLE_RATE}:channel_layouts=stereo"),
        graph.add("asetnsamples", f"n={SAMPLES}:p=0"),
        graph.add("abuffersink"),
    ).configure()
    return graph
