"""A picture as a file: MP4 that plays everywhere, with what a player needs first at its beginning; or PNG, or MP3.

The encoders run in one thread and write no time, so that the same picture is the same bytes wherever they are the same
encoders. Every frame costs the encoder so many bits as it needs for one quality: the sky costs next to none.
"""

from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Final

import av
from av import Packet
from av.audio import AudioStream
from av.container import OutputContainer
from av.video import VideoStream
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from mock_server.media.filming import TICK, film
from mock_server.media.picture import FRAME_RATE, Picture
from mock_server.media.sound import SAMPLE_RATE, SAMPLES, play

_MUXER: Final = {"movflags": "+faststart", "fflags": "+bitexact"}
_VIDEO: Final = {"preset": "ultrafast", "qp": "25", "flags": "+bitexact"}
_IMAGE: Final = {"update": "1"}
_SONG: Final = {"b": "96k", "flags": "+bitexact"}
_SOUND: Final = {"b": "96k", "flags": "+bitexact", "aac_coder": "fast", "aac_tns": "0", "aac_pns": "0"}


def render(picture: Picture, path: Path) -> None:
    """Render a picture into a file of its kind."""
    _RENDERERS[picture.kind](picture, path)


def render_image(picture: Picture, path: Path) -> None:
    """Render the first frame into a file: PNG."""
    with av.open(path, "w", format="image2", options=_IMAGE) as file:
        stream = file.add_stream("png", rate=FRAME_RATE)
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "rgb24"
        stream.codec_context.thread_count = 1
        file.mux(stream.encode(next(film(picture)).reformat(format="rgb24")))
        file.mux(stream.encode(None))


def render_audio(picture: Picture, path: Path) -> None:
    """Render the sound into a file: MP3 in stereo at 44.1 kHz."""
    with av.open(path, "w", format="mp3", container_options=_MUXER) as file:
        stream = file.add_stream("libmp3lame", rate=SAMPLE_RATE, options=_SONG, layout="stereo")
        stream.codec_context.thread_count = 1
        for frame in play(picture):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def render_video(picture: Picture, path: Path) -> None:
    """Render a clip into a file: H.264 at 30 frames a second, and AAC in stereo at 44.1 kHz if it has sound.

    The first frame of every second and of every shot stands for itself, so that a player can begin there.
    """
    with av.open(path, "w", format="mp4", container_options=_MUXER) as file:
        video = _add_video(file, picture)
        sound = _sound_packets(_add_sound(file), picture) if picture.sound else iter(())
        for packets, ahead in zip(_video_packets(video, picture), count(1), strict=False):
            file.mux(packets)
            file.mux(list(islice(sound, _packets_until(ahead) - _packets_until(ahead - 1))))
        file.mux(list(sound))


def _add_video(file: OutputContainer, picture: Picture) -> VideoStream:
    stream = file.add_stream("libx264", rate=FRAME_RATE, options=_VIDEO)
    stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuv420p"
    context = stream.codec_context
    context.thread_count, context.gop_size, context.time_base = 1, FRAME_RATE, TICK
    context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    return stream


def _add_sound(file: OutputContainer) -> AudioStream:
    stream = file.add_stream("aac", rate=SAMPLE_RATE, options=_SOUND, layout="stereo")
    stream.codec_context.thread_count = 1
    return stream


def _video_packets(stream: VideoStream, picture: Picture) -> "Iterator[list[Packet[VideoStream]]]":
    for frame in film(picture):
        yield stream.encode(frame)
    yield stream.encode(None)


def _sound_packets(stream: AudioStream, picture: Picture) -> "Iterator[Packet[AudioStream]]":
    for frame in play(picture):
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _packets_until(frames: int) -> int:
    """Return how many packets of sound go with so many frames."""
    return frames * SAMPLE_RATE // (FRAME_RATE * SAMPLES)


_RENDERERS: Final = {"video": render_video, "image": render_image, "audio": render_audio}
