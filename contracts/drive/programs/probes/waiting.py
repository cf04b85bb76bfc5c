# ruff: noqa: INP001 - no package: it is run by the Python that clients are run by, which knows nothing of ours
"""Waits for so many seconds in one of Python's ways, and exits with 0 if its clocks say so."""

import asyncio
import select
import sys
import threading
import time
from typing import Callable  # noqa: UP035 - for old Pythons

WAITS: "dict[str, Callable[[float], object]]" = {
    "sleeping": time.sleep,
    "waiting for the network": lambda seconds: (
        select.select([], [], [], seconds),
        asyncio.run(asyncio.sleep(seconds)),
    ),
    "waiting for threads": lambda seconds: threading.Event().wait(seconds),
}


def main(way: str, seconds: float) -> bool:
    """Wait, and tell whether every clock says that it has."""
    began = time.time(), time.monotonic()
    WAITS[way](seconds)
    ended = time.time(), time.monotonic()
    return all(after - before >= seconds - 1 for before, after in zip(began, ended))  # noqa: B905 - for old Pythons


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1], float(sys.argv[2])))
