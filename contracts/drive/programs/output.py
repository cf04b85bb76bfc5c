"""What a program prints: read as it comes, some of it held in memory and as good as all of it kept in a file."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from threading import Thread
from typing import IO, Final

HELD_BYTES: Final = 128 * 1024
"""How much of the beginning is held in memory, and how much of the end."""

KEPT_BYTES: Final = 16 * 1024**2
"""How much is kept in a file; the rest is read, so that the program is not held up, and let go."""

_AT_ONCE: Final = 64 * 1024


class Output:
    """Reads what comes by a pipe, on a thread of its own, until nobody can write to it any more.

    Args:
        pipe: The end to read; closed in the end.
        file: Where it is kept, written without a buffer; closed in the end. If there is none, it is not kept.
        held_bytes: How much of the beginning is held in memory, and how much of the end.
        kept_bytes: How much is kept in the file at most.
    """

    def __init__(
        self, pipe: IO[bytes], file: IO[bytes] | None, *, held_bytes: int = HELD_BYTES, kept_bytes: int = KEPT_BYTES
    ) -> None:
        self._pipe = pipe
        self._held_bytes = held_bytes
        self._left_to_keep = kept_bytes
        self._beginning, self._end = bytearray(), bytearray()
        self._left_out = 0
        self._file = file
        self._reading = Thread(target=self._read, name="output of a program", daemon=True)
        self._reading.start()

    def wait(self, seconds: float) -> str:
        """Wait for the end of it, for so many seconds at most, and return what is held.

        Bytes that are no UTF-8 are replaced; a line in the middle says what is left out.
        """
        self._reading.join(seconds)
        gap = f"\n({self._left_out} bytes are left out here)\n".encode() if self._left_out else b""
        return bytes(self._beginning + gap + self._end).decode("utf-8", "replace")

    def _read(self) -> None:
        with self._pipe as pipe, self._file or nullcontext():
            for data in _pieces(pipe.fileno()):
                self._keep(data)
                self._hold(data)

    def _keep(self, data: bytes) -> None:
        kept = data[: self._left_to_keep]
        self._left_to_keep -= len(kept)
        if self._file is None or not kept:
            return
        try:
            self._file.write(kept)
        except OSError:  # such as a disk that is full, which must not hold the program up
            self._left_to_keep = 0

    def _hold(self, data: bytes) -> None:
        room = self._held_bytes - len(self._beginning)
        self._beginning += data[:room]
        self._end += data[room:]
        surplus = max(0, len(self._end) - self._held_bytes)
        self._left_out += surplus
        del self._end[:surplus]


def _pieces(descriptor: int) -> Iterator[bytes]:
    while data := os.read(descriptor, _AT_ONCE):
        yield data
