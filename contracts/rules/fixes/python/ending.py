"""An end by SIGTERM: at once, and with the id of the task that goes on."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def naming(task: str) -> Iterator[None]:
    """While this is open, SIGTERM ends the program and prints a task's id."""

    def end(_: int, __: FrameType | None) -> None:
        sys.exit(f"told to end: {task} goes on, and can be asked for later")

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
