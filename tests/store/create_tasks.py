"""A program that creates tasks in a state file and says so: `python create_tasks.py STATE OPENING < TASKS`.

It reads pairs of a task and its idempotency key as MessagePack, opens the file, creates one task after the other, and
writes the id of each to its standard output as soon as it was accepted. Tests start it, and stop it where it hurts.
"""

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from mock_server.core.idempotency import Claim
from mock_server.core.types import Task
from mock_server.store import SqliteStore
from mock_server.store.protocol import Accepted


async def create_tasks(path: Path, opening: int, wanted: list[tuple[Task, Claim]]) -> None:
    """Create the tasks in order and report those that were accepted."""
    store = SqliteStore(path)
    for task, claim in wanted:
        if isinstance(await store.create_task(task, opening=opening, claim=claim), Accepted):
            os.write(sys.stdout.fileno(), f"{task.id}\n".encode())
    await store.close()


if __name__ == "__main__":
    pairs = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[tuple[Task, Claim]])
    asyncio.run(create_tasks(Path(sys.argv[1]), int(sys.argv[2]), pairs))
