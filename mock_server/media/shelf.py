"""Rendered clips on disk, up to so many bytes: what was not asked for the longest goes first."""

from collections import OrderedDict
from pathlib import Path


class Shelf:
    """Files of a folder, each with a name.

    Args:
        folder: Where they are.
        bound: How many bytes they may have together.
    """

    def __init__(self, folder: Path, *, bound: int) -> None:
        self._folder = folder
        self._bound = bound
        self._sizes: OrderedDict[str, int] = OrderedDict()

    @property
    def size(self) -> int:
        """How many bytes the files have together."""
        return sum(self._sizes.values())

    def make_place(self, name: str) -> Path:
        """Return where the file of a name is to be written."""
        self._folder.mkdir(mode=0o700, exist_ok=True)  # whoever clears temporary folders may have been here
        return self._folder / name

    def clear_place(self, name: str) -> None:
        """Remove a file that is not wanted, or was not finished."""
        (self._folder / name).unlink(missing_ok=True)

    def take(self, name: str) -> bytes | None:
        """Return a file, or None if it is not there, or not any more."""
        if name not in self._sizes:
            return None
        try:
            content = (self._folder / name).read_bytes()
        except FileNotFoundError:
            del self._sizes[name]
            return None
        self._sizes.move_to_end(name)
        return content

    def add(self, name: str) -> bytes:
        """Take in a file that is in its place now, and return it; others make room, and it goes itself if it must."""
        content = (self._folder / name).read_bytes()
        self._sizes[name] = len(content)
        while self.size > self._bound:
            oldest, _ = self._sizes.popitem(last=False)
            self.clear_place(oldest)
        return content
