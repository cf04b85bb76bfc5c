"""Frames of a clip: the view moves over each scene, near land faster than far, and the captions stay.

The layers are laid over one another by the filters of libavfilter, one thread, in the order in which they are added.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from av import VideoFrame
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import PictureType

from mock_server.media.captions import caption, clock
from mock_server.media.painting import paint_land, paint_panel, paint_sky, paint_sun
from mock_server.media.palettes import between
from mock_server.media.picture import FRAME_RATE, Picture
from mock_server.media.scenes import Scene, scenes

TICK: Final = Fraction(1, FRAME_RATE)
"""Seconds that a frame lasts."""

_BANDS: Final = ((40, 24, 78), (60, 18, 92), (72, 20, 100))
"""Where the land begins and how far it may rise, and where the land before it hides it: percents of the height."""

_STEP: Final = 2
"""Pixels by which the farthest land moves in a frame: colour has every second pixel only."""


class _Stack:
    """Layers over a ground that is pushed frame by frame; what lies still is pushed once."""

    def __init__(self, ground: VideoFrame) -> None:
        self._graph = Graph()
        self._graph.threads = 1
        self.ground = self._top = self.source(ground)
        self._still: list[tuple[FilterContext, VideoFrame]] = []

    def source(self, frame: VideoFrame) -> FilterContext:
        """Add an input for frames like this one."""
        return self._graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=TICK)

    def lay(self, layer: FilterContext, left: str, top: int) -> None:
        """Lay an input over what is there; `left` may count on `n`, the frame's number."""
        over = self._graph.add("overlay", f"x='{left}':y={top}")
        self._top.link_to(over, 0, 0)
        layer.link_to(over, 0, 1)
        self._top = over

    def lay_still(self, frame: VideoFrame, left: str, top: int, *, lying: bool = False) -> None:
        """Lay one frame over what is there, for good; one that is lying on its side is stood up."""
        layer = source = self.source(frame)
        if lying:
            layer = self._graph.add("transpose", "dir=cclock_flip")
            source.link_to(layer)
        self.lay(layer, left, top)
        self._still.append((source, frame))

    def open(self) -> None:
        """Put the layers together, once all of them are there."""
        sink = self._graph.add("buffersink")
        self._top.link_to(sink)
        self._graph.configure()
        for source, frame in self._still:
            _push(source, frame, 0)
            source.push(None)

    def pull(self) -> VideoFrame:
        """Return the next frame with everything on it."""
        return self._graph.vpull()


def film(picture: Picture) -> Iterator[VideoFrame]:
    """Return the frames of a clip one by one; the first frame of each shot is marked as one to begin at."""
    shots = scenes(picture)
    cuts = [picture.frames * number // len(shots) for number in range(len(shots) + 1)]
    for scene, begin, end in zip(shots, cuts, cuts[1:], strict=False):
        for number, frame in enumerate(_shoot(picture, scene, begin, end), start=begin):
            frame.pts, frame.time_base = number, TICK
            frame.pict_type = PictureType.I if number == begin else PictureType.NONE
            yield frame


def _shoot(picture: Picture, scene: Scene, begin: int, end: int) -> Iterator[VideoFrame]:
    sky = paint_sky(scene.palette, width=picture.width, height=picture.height, dice=scene.dice)
    stack = _Stack(sky)
    _lay_sun(stack, picture, scene)
    _lay_land(stack, picture, scene, end - begin)
    panel, first = caption(picture), clock(picture, begin)
    stack.lay_still(paint_panel(panel), str(panel.left), panel.top)
    time_code = stack.source(paint_panel(first))
    stack.lay(time_code, str(first.left), first.top)
    stack.open()
    for number in range(end - begin):
        _push(time_code, paint_panel(clock(picture, begin + number)), number)
        _push(stack.ground, sky, number)
        yield stack.pull()


def _lay_sun(stack: _Stack, picture: Picture, scene: Scene) -> None:
    size = min(picture.width, picture.height) * 45 // 400 * 4
    left = (picture.width - size) * scene.sun_left // 100
    top = (picture.height * 6 // 10 - size) * scene.sun_top // 200 * 2
    drift = "+" if scene.to_right else "-"
    stack.lay_still(paint_sun(scene.palette.sun, size=size), f"{left}{drift}n/4", top)


def _lay_land(stack: _Stack, picture: Picture, scene: Scene, frames: int) -> None:
    unit = max(picture.width, picture.height) // 2
    for number, (kind, band) in enumerate(zip(scene.land, _BANDS, strict=True)):
        begin, rise, end = (picture.height * share // 200 * 2 for share in band)
        step = _STEP * (number + 1)
        ridge = kind(scene.dice, picture.width + step * frames, unit)
        colour = between(scene.palette.far, scene.palette.near, number / (len(_BANDS) - 1))
        left = f"{step}*n-{step * frames}" if scene.to_right else f"-{step}*n"
        stack.lay_still(paint_land(ridge, colour, rise=rise, height=end - begin), left, begin, lying=True)


def _push(source: FilterContext, frame: VideoFrame, number: int) -> None:
    frame.pts, frame.time_base = number, TICK
    source.push(frame)
