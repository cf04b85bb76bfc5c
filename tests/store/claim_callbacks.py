"""A program that claims what is due in a state file and keeps it: `python claim_callbacks.py STATE NOW LEASE`.

It writes the task of each delivery to its standard output, and then waits until standard input ends. Tests start it,
and stop it while it holds what it has claimed.
"""

import asyncio
import sys
from pathlib import Path

from mock_server.store import SqliteStore


async def claim_callbacks(path: Path, now: int, lease: int) -> None:
    """Claim everything, say so, and wait."""
    store = SqliteStore(path)
    due = await store.claim_callbacks("default", now=now, wall=1, lease=lease, limit=1_000)
    print(*(delivery.task for delivery in due), flush=True)  # noqa: T201 - what the test reads
    sys.stdin.read()
    await store.close()


if __name__ == "__main__":
    asyncio.run(claim_callbacks(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
