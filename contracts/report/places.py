"""Where reports stand: file names made of node ids, and files that are whole or not there."""

import os
import re
from hashlib import blake2b
from pathlib import Path
from typing import Final
from uuid import uuid4

_LONGEST: Final = 80
_OTHER: Final = re.compile(r"[^A-Za-z0-9]+")


def file_name(node: str, universe: str, suffix: str) -> str:
    """Return the name of a test's file: what can be read of its node id, a digest of all of it, and a suffix.

    It is a plain name on every system, of at most 120 characters, and no other test has it.
    """
    readable = _OTHER.sub("-", node.replace(".py::", "-"))[-_LONGEST:].strip("-").lower() or "test"
    digest = blake2b(f"{node}\n{universe}".encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
    return f"{readable}-{digest}{suffix}"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file in one step, so that nobody reads half of it, whoever else writes here at the same time.

    Raises:
        OSError: It cannot be written.
    """
    half = path.with_name(f".{uuid4().hex}.{os.getpid()}")
    try:
        half.write_bytes(data)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
