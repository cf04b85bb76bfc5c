"""What is done upon callbacks, and without them: whoever finds the end first acts, and nobody after that."""

import sqlite3
from collections.abc import Callable

import httpx

from .following import look
from .reading import Task


class Desk:
    """The tasks that are under way, in a database that outlives the process."""

    def __init__(self, place: str) -> None:
        self._rows = sqlite3.connect(place, check_same_thread=False, isolation_level=None)
        self._rows.execute(
            "CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, told INT DEFAULT 0, done INT DEFAULT 0)"
        )

    def expect(self, task: str) -> None:
        """Keep a task that was created."""
        self._rows.execute("INSERT OR IGNORE INTO tasks (id) VALUES (?)", (task,))

    def note(self, task: str) -> bool:
        """Keep that a callback came for a task; False if it is none of ours, or not yet: then it comes again."""
        return self._rows.execute("UPDATE tasks SET told = 1 WHERE id = ?", (task,)).rowcount == 1

    def finish(self, task: str) -> bool:
        """Mark a task as done; True for just one of those who do."""
        return self._rows.execute("UPDATE tasks SET done = 1 WHERE id = ? AND NOT done", (task,)).rowcount == 1

    def open(self, *, told: bool = False) -> list[str]:
        """Return the tasks that are not done: those of which a callback told, or all."""
        rows = self._rows.execute("SELECT id FROM tasks WHERE NOT done AND told >= ?", (told,))
        return [task for (task,) in rows]


def settle(client: httpx.Client, desk: Desk, act: Callable[[Task], object], *, told: bool) -> None:
    """Ask the API about open tasks, and act on what it says, and not on what a callback said.

    Run it with `told` after callbacks, and without it every few minutes: not every callback comes.
    """
    for name in desk.open(told=told):
        task, _ = look(client, name)
        if task.ended and desk.finish(task.id):
            act(task)
