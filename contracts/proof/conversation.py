"""What a client does where nothing goes wrong, as steps: what can be struck, and what has to come of it."""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

import msgspec

from contracts.battery.trial import Trial
from contracts.evolink.money import find_charges
from contracts.recording.client import ClientRecord
from contracts.report.history import History
from mock_server.control.shapes import CallbackShown, TaskState
from mock_server.core.plans.match import short_name
from mock_server.journal.entries import Entry

CALLBACK: Final = "callback"
"""The step, and the operation, of a callback that reached the client."""

_QUERY: Final = "query"
_NAMES: Final = {"result": "download"}
_STEPS: Final = frozenset({"upload", "create", "list", "batch", "credits", "models", "result"})


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a conversation.

    Args:
        name: Its name: that of the operation, or of a poll the state that the task was in.
        operation: The operation, by its short name in plans.
        nth: Its request is the so many-th of the operation; of a callback, it is about the so many-th create.
        first: Whether it is the first of its operation.
    """

    name: str
    operation: str
    nth: int
    first: bool = True

    @property
    def phase(self) -> str | None:
        """The state in which the task has to be; None if that does not matter."""
        return self.name if self.operation == _QUERY else None


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """What a client did where nothing went wrong.

    Args:
        steps: Its steps, in order.
        charges: How many tasks it paid for.
        requests: How many requests it made.
        sees_end: Whether it came to know that they had ended.
        fetches: Whether it fetched a result.
    """

    steps: tuple[Step, ...]
    charges: int
    requests: int
    sees_end: bool
    fetches: bool


def read_conversation(trial: Trial) -> Conversation:
    """Read the conversation of a client out of a run in which nothing went wrong."""
    history = trial.history
    return Conversation(
        steps=() if history is None else tuple(_find_steps(history)),
        charges=0 if history is None else len(find_charges(history.tasks)),
        requests=len(trial.record.asked),
        sees_end=sees_end(trial.record),
        fetches=fetches(trial.record),
    )


def sees_end(record: ClientRecord) -> bool:
    """Tell whether a client knows of a task that it has ended, by an answer or by a callback."""
    return any(task.terminal is not None or task.notice is not None for task in record.tasks.values())


def fetches(record: ClientRecord) -> bool:
    """Tell whether a client has a result: a download succeeded, and came whole."""
    return any(each.succeeded and each.error is None for task in record.tasks.values() for each in task.downloads)


def operation_of(entry: Entry) -> str:
    """Return the operation of a request by its short name; nothing if it is none."""
    return "" if entry.operation is None else short_name(entry.operation)


def phase_of(entry: Entry, tasks: Iterable[TaskState]) -> str | None:
    """Return the state that a task truly was in when it was polled; None if there is no such task."""
    asked = urlsplit(entry.url).path.rpartition("/")[2]
    task = next((task for task in tasks if task.id == asked), None)
    if task is None:
        return None
    if task.starts_at is None or entry.at < task.starts_at:
        return "pending"
    return "processing" if task.ends_at is None or entry.at < task.ends_at else task.outcome


def _find_steps(history: History) -> Iterator[Step]:
    """Yield the first request of each kind, and of each state that a task was polled in, with callbacks in between."""
    known: set[str] = set()
    counts: dict[str, int] = {}
    heard = _first_heard(history.callbacks)
    for entry in sorted(history.entries, key=lambda entry: (entry.wall, entry.number)):
        operation = operation_of(entry)
        if heard is not None and heard <= entry.at:
            yield Step(name=CALLBACK, operation=CALLBACK, nth=1)
            heard = None
        counts[operation] = counts.get(operation, 0) + 1
        name = _name(operation, entry, history.tasks)
        if name is not None and name not in known:
            known.add(name)
            yield Step(name=name, operation=operation, nth=counts[operation], first=counts[operation] == 1)
    if heard is not None:
        yield Step(name=CALLBACK, operation=CALLBACK, nth=1)


def _name(operation: str, entry: Entry, tasks: Iterable[TaskState]) -> str | None:
    if operation == _QUERY:
        return phase_of(entry, tasks)
    return _NAMES.get(operation, operation) if operation in _STEPS else None


def _first_heard(callbacks: Iterable[CallbackShown]) -> float | None:
    """Return when a callback first reached the client; None if none did."""
    attempts = (attempt for callback in callbacks for attempt in callback.attempts if attempt.status is not None)
    return min((attempt.started_at for attempt in attempts), default=None)
