"""What a clip costs: rendered for the first time, fetched again, examined and drawn as a contact sheet."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from benchmarks.processes import resident
from mock_server.media.picture import Picture
from mock_server.media.studio import Studio

SIZES: Final = {"720p": (1280, 720), "1080p": (1920, 1080)}
LENGTHS: Final = (5, 10)
MIB: Final = 1_048_576

_Result = TypeVar("_Result")


def run(*, quick: bool) -> None:
    """Render clips of each size and length, each of another task, and print the medians."""
    asyncio.run(measure(1 if quick else 5))


async def measure(rounds: int) -> None:
    """Measure in one studio, whose processes are started by what is fetched first."""
    studio = Studio()
    taken, _ = await timed(lambda: studio.fetch(picture("first", 64, 64, 1)))
    print(f"the first clip of a server, one second of 64x64, s: {taken:.3f} (starts the process)")
    print(f"{'clip':12}{'cold s':>9}{'warm ms':>9}{'MiB':>7}{'examine ms':>12}{'sheet ms':>10}")
    with TemporaryDirectory() as folder:
        for quality, (width, height) in SIZES.items():
            for seconds in LENGTHS:
                clips = [picture(f"task-{number}", width, height, seconds) for number in range(rounds)]
                figures = [await measure_clip(studio, clip, Path(folder) / "clip.mp4") for clip in clips]
                show(f"{quality} {seconds} s", [statistics.median(column) for column in zip(*figures, strict=True)])
    renderer = studio._room.renderer._process  # noqa: SLF001 - which nothing else needs to know
    if renderer is not None:
        print(f"resident memory of the process that renders, MiB: {resident(renderer.pid):.1f}")
    await studio.close()


async def measure_clip(studio: Studio, clip: Picture, path: Path) -> tuple[float, ...]:
    """Return seconds, seconds, bytes, seconds and seconds: the columns of the table."""
    cold, video = await timed(lambda: studio.fetch(clip))
    warm, _ = await timed(lambda: studio.fetch(clip))
    path.write_bytes(video)  # noqa: ASYNC240 - nobody else waits
    await studio.probe(path)
    examined, _ = await timed(lambda: studio.probe(path))
    drawn, _ = await timed(lambda: studio.contact_sheet(video))
    return cold, warm, len(video), examined, drawn


def show(name: str, columns: list[float]) -> None:
    """Print a row of the table."""
    cold, warm, size, examined, drawn = columns
    print(
        f"{name:12}{cold:9.2f}{warm * 1e3:9.2f}{size / MIB:7.2f}{examined * 1e3:12.1f}{drawn * 1e3:10.1f}", flush=True
    )


def picture(task: str, width: int, height: int, seconds: int) -> Picture:
    """Return a picture of two shots with sound, the most there is to do."""
    prompt = "The person of the first video walks the dog of the second one along a beach at sunset, in a wide shot."
    return Picture(task=task, prompt=prompt, width=width, height=height, seconds=seconds, shots=2)


async def timed(action: Callable[[], Awaitable[_Result]]) -> tuple[float, _Result]:
    """Do something and return the seconds that it took, with its result."""
    began = time.perf_counter()
    result = await action()
    return time.perf_counter() - began, result
