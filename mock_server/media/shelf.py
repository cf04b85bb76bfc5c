"""Rendered clips on disk, up to so many bytes: what was not asked for the longest goes first."""

from collections import OrderedDict
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, NamedTuple


class Video(NamedTuple):
    """A rendered clip: the open file, which stays readable if the shelf lets go of it, its size, and its digest."""

    file: BinaryIO
    size: int
    digest: str


class Shelf:
    """Files of a folder, each with a name.

    Args:
        folder: Where they are.
        bound: How many bytes they may have together; the one that came last stays, however large it is.
    """

    def __init__(self, folder: Path, *, bound: int) -> None:
        self._folder = folder
        self._bound = bound
        self._kept: OrderedDict[str, tuple[int, str]] = OrderedDict()

    @property
    def size(self) -> int:
        """How many bytes the files have together."""
        return sum(size for size, _ in self._kept.values())

    def make_place(self, name: str) -> Path:
        """Return where the file of a name is to be written."""
        self._folder.mkdir(mode=0o700, exist_ok=True)  # whoever clears temporary folders may have been here
        return self._folder / name

    def clear_place(self, name: str) -> None:
        """Remove a file that is not wanted, or was not finished."""
        (self._folder / name).unlink(missing_ok=True)

    def take(self, name: str) -> Video | None:
        """Open a file, or return None if it is not there, or not any more."""
        if name not in self._kept:
            return None
        with suppress(FileNotFoundError):
            self._kept.move_to_end(name)
            return Video((self._folder / name).open("rb"), *self._kept[name])
        del self._kept[name]
        return None

    def add(self, name: str, digest: str) -> None:
        """Take in a file that is in its place now, with its digest (`digest_of`); others make room for it."""
        self._kept[name] = (self._folder / name).stat().st_size, digest
        while self.size > self._bound and len(self._kept) > 1:
            oldest, _ = self._kept.popitem(last=False)
            self.clear_place(oldest)


def digest_of(path: Path) -> str:
    """Return the SHA-256 digest of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
