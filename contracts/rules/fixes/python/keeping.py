"""What must outlive a crash: the key of an order from before it is asked for, and its task from the answer on."""

import json
from pathlib import Path
from uuid import uuid4


class Ticket:
    """An order that is under way, in a file that is there until the order is done.

    Args:
        path: The file. Whoever starts with one that is there goes on with its order.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self.key = kept.get("key") or str(uuid4())
        self.task = kept.get("task")
        if not kept:
            self._write()

    def keep(self, task: str) -> None:
        """Write the task's id down, before anything else is done with it."""
        self.task = task
        self._write()

    def done(self) -> None:
        """Forget the order: the video is there, or there will be none."""
        self._path.unlink()

    def _write(self) -> None:
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.write_text(json.dumps({"key": self.key, "task": self.task}), "utf-8")
        fresh.replace(self._path)
