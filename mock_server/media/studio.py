"""Where clips are made and looked at, in processes of their own beside the server that asks for them."""

import asyncio
import weakref
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final, cast

from mock_server.media.boxes import read_boxes
from mock_server.media.jobs import Examine, Overview, Render
from mock_server.media.picture import Picture, name_of
from mock_server.media.probe import Probe, ProbeError, open_file
from mock_server.media.process import JobFailed, Worker
from mock_server.media.shelf import Shelf, Video, digest_of

MISSING: Final = "PyAV is not installed, so that nothing is rendered: pip install 'evolink-mock[media]'"
"""What to tell someone who would like to see a video, and did not install what it takes."""

SHELF_BYTES: Final = 256 * 1024**2
"""Bytes of rendered clips that are kept, unless another number is given."""

RENDER_SECONDS: Final = 120.0
"""How long a clip may take to render, or a contact sheet to draw."""

READ_SECONDS: Final = 20.0
"""How long a file may take to be examined."""


class MediaMissing(RuntimeError):
    """What was asked for takes the extra `media`. The message says how to install it."""


class RenderError(RuntimeError):
    """A clip or a contact sheet could not be made, which may go well the next time. The message says why."""


@cache
def available() -> bool:
    """Return whether clips can be rendered: whether the extra `media` is installed."""
    return find_spec("av") is not None


class _Room:
    """What a studio needs to work: a folder of its own, the clips in it, and two processes that wait for jobs.

    One renders and the other reads, so that nobody waits for a clip who only wants to know what a file is.
    """

    def __init__(self, shelf_bytes: int) -> None:
        path = Path(mkdtemp(prefix="evolink-mock-"))
        self._forget = weakref.finalize(self, rmtree, path, ignore_errors=True)  # if nobody closes it
        self.shelf = Shelf(path, bound=shelf_bytes)
        self.renderer = Worker(path, seconds=RENDER_SECONDS)
        self.reader = Worker(path, seconds=READ_SECONDS)

    async def close(self) -> None:
        await self.renderer.stop()
        await self.reader.stop()
        self._forget()


class Studio:
    """Renders clips, tells what files are, and draws contact sheets; nothing is started before it is needed.

    It is closed when the server ends, or with whoever has it. It may be asked from one event loop after another.

    Args:
        shelf_bytes: How many bytes of rendered clips are kept; the ones that were not asked for the longest go first,
            and the one that was rendered last stays.
    """

    def __init__(self, *, shelf_bytes: int = SHELF_BYTES) -> None:
        self._shelf_bytes = shelf_bytes
        self._open: _Room | None = None
        self._under_way: dict[str, asyncio.Task[None]] = {}

    async def fetch(self, picture: Picture) -> bytes:
        """Return what is in the clip of a picture; errors are those of `open`."""
        with (await self.open(picture)).file as file:
            return file.read()

    async def open(self, picture: Picture) -> Video:
        """Open the clip of a picture, rendered once for all who ask for it, even if they stop waiting.

        Raises:
            MediaMissing: The extra is not installed.
            RenderError: The clip could not be rendered.
        """
        _require_extra()
        name = name_of(picture)
        while (video := self._room.shelf.take(name)) is None:
            if name not in self._under_way:
                self._under_way[name] = rendering = asyncio.create_task(self._render(name, picture))
                rendering.add_done_callback(partial(self._end, name))
            await asyncio.shield(self._under_way[name])
        return video

    async def probe(self, path: Path) -> Probe:
        """Tell what a file is; without the extra by a reader that knows less of damaged files.

        Raises:
            ProbeError: It is no video that can be read.
        """
        if not available():
            return await asyncio.to_thread(_read_file, path)
        try:
            return cast("Probe", await self._room.reader.do(Examine(str(path))))
        except JobFailed as error:
            raise ProbeError(f"cannot be read: {error}") from error

    async def contact_sheet(self, video: bytes) -> bytes:
        """Draw frames of a video as a PNG.

        Raises:
            MediaMissing: The extra is not installed.
            ProbeError: It is no video that can be read.
            RenderError: The sheet could not be drawn.
        """
        _require_extra()
        try:
            return cast("bytes", await self._room.renderer.do(Overview(video)))
        except JobFailed as error:
            raise RenderError(f"the contact sheet could not be drawn: {error}") from error

    async def close(self) -> None:
        """End the processes and remove the files; what is being rendered is given up."""
        for rendering in list(self._under_way.values()):
            rendering.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        room, self._open = self._open, None
        if room is not None:
            await room.close()

    @property
    def _room(self) -> _Room:
        if self._open is None:
            self._open = _Room(self._shelf_bytes)
        return self._open

    async def _render(self, name: str, picture: Picture) -> None:
        shelf = self._room.shelf
        try:
            place = shelf.make_place(name)
            await self._room.renderer.do(Render(picture, str(place)))
            shelf.add(name, await asyncio.to_thread(digest_of, place))
        except (JobFailed, OSError) as error:
            shelf.clear_place(name)
            raise RenderError(f"the clip of {picture.task} could not be rendered: {error}") from error

    def _end(self, name: str, rendering: asyncio.Task[None]) -> None:
        del self._under_way[name]
        if not rendering.cancelled():
            rendering.exception()  # everyone who waited for it may have left


def _require_extra() -> None:
    if not available():
        raise MediaMissing(MISSING)


def _read_file(path: Path) -> Probe:
    with open_file(path) as file:
        return read_boxes(file)
