"""Where what is in files is kept: in a folder of the server's own, each content once, under its digest.

Nothing that a client says has a part in where anything is written. What arrives is written to a file without a name of
its own meaning; once it is whole, it is moved to its digest in one step, while the store's facts are being written.
"""

import os
import re
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from mock_server.core.files.errors import FileTooLarge, StorageFailed
from mock_server.core.files.types import HEAD

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ARRIVING: Final = "arriving"
_STALE_SECONDS: Final = 3_600
"""How long what has begun to arrive may take; older leftovers are those of a server that was killed."""


class Incoming:
    """A file that is arriving; as a context, it leaves nothing behind unless it was placed.

    Args:
        depot: Where it belongs.
        limit: How many bytes it may have.
    """

    def __init__(self, depot: "Depot", limit: int) -> None:
        self._depot = depot
        self._limit = limit
        self._digest = sha256()
        self.size = 0
        self.head = b""

    def __enter__(self) -> Self:
        try:
            number, path = tempfile.mkstemp(dir=self._depot.folder(_ARRIVING))
        except OSError as error:
            raise StorageFailed from error
        self._path = Path(path)
        self._file = os.fdopen(number, "wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)

    @property
    def digest(self) -> str:
        """The digest of what has arrived so far."""
        return self._digest.hexdigest()

    def write(self, piece: bytes | memoryview) -> None:
        """Take a piece.

        Raises:
            FileTooLarge: It is one too many.
            StorageFailed: It cannot be written.
        """
        self.size += len(piece)
        if self.size > self._limit:
            raise FileTooLarge(f"at most {self._limit} bytes are taken", clauses=("FILE-LIMIT",))
        if len(self.head) < HEAD:
            self.head += bytes(piece[: HEAD - len(self.head)])
        self._digest.update(piece)
        try:
            self._file.write(piece)
        except OSError as error:
            raise StorageFailed from error

    def rest(self) -> Path:
        """Return where what has arrived can be read until it is placed or left.

        Raises:
            StorageFailed: It cannot be written.
        """
        try:
            self._file.flush()
        except OSError as error:
            raise StorageFailed from error
        return self._path

    def place(self) -> None:
        """Move what has arrived to where its digest says.

        Raises:
            StorageFailed: That cannot be done.
        """
        try:
            self._file.close()
            target = self._depot.path(self.digest)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.replace(target)
        except OSError as error:
            raise StorageFailed from error


class Depot:
    """A folder of contents. What is in it is removed at the end, unless the facts about it are kept as well.

    Args:
        place: The folder, made when it is first needed; None for a temporary one.
        kept: Whether it outlives this server; if not, it is a new one, within `place` if that is given.
    """

    def __init__(self, place: Path | None = None, *, kept: bool = False) -> None:
        self._place = place
        self._kept = kept
        self._own = place if kept else None

    def receive(self, limit: int) -> Incoming:
        """Return a file that is about to arrive, of at most so many bytes."""
        return Incoming(self, limit)

    def keep(self, content: bytes) -> str:
        """Keep a content that is at hand, and return its digest.

        Raises:
            StorageFailed: That cannot be done.
        """
        with self.receive(len(content)) as incoming:
            incoming.write(content)
            incoming.place()
            return incoming.digest

    def open(self, digest: str) -> BinaryIO | None:
        """Open a content; None if it is not here."""
        try:
            return None if self._own is None else self.path(digest).open("rb")
        except FileNotFoundError:
            return None

    def digests(self) -> Iterator[str]:
        """Return the digests of all contents that are here."""
        if self._own is not None:
            yield from (path.name for path in self._own.glob("[0-9a-f][0-9a-f]/*") if _DIGEST.fullmatch(path.name))

    def discard(self, digest: str) -> None:
        """Remove a content, if it is here."""
        if self._own is not None:
            self.path(digest).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what began to arrive at a server that was killed."""
        if self._own is None:
            return
        for path in self._own.glob(f"{_ARRIVING}/*"):
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - _STALE_SECONDS:
                    path.unlink()

    def close(self) -> None:
        """Remove a folder that is not to be kept."""
        if self._own is not None and not self._kept:
            self._forget()

    def path(self, digest: str) -> Path:
        """Return where a content is."""
        return self.folder() / digest[:2] / digest

    def folder(self, *parts: str) -> Path:
        """Return the folder, or one in it; it is made if it is not there."""
        if self._own is None:
            if self._place is not None:
                self._place.mkdir(parents=True, exist_ok=True)
            self._own = Path(tempfile.mkdtemp(prefix="evolink-mock-", dir=self._place))
            self._forget = weakref.finalize(self, shutil.rmtree, self._own, ignore_errors=True)
        folder = self._own.joinpath(*parts)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
