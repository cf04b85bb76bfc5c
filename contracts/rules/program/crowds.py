"""Whether many tasks side by side are kept apart (J7)."""

from collections import Counter
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.client_tasks import ClientTask
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

_CROWD: Final = 10
"""So many tasks side by side are many."""


def check_crowd(record: ClientRecord) -> Examination:
    """J7: yield for each crowd of tasks of which the client says what came of them, once all of them are over."""
    crowd, told = _crowd(record), Counter(report.task for report in record.reported)
    over = all(task.terminal is not None or told[task.id] for task in crowd)
    if len(crowd) >= _CROWD and over and any(told[task.id] for task in crowd):
        wrong = [task for task in crowd if told[task.id] != 1]
        yield _tell(crowd, wrong, told) if wrong else None


def _crowd(record: ClientRecord) -> list[ClientTask]:
    """Return the tasks that were created before the first of them was known to have ended."""
    made = [task for task in record.tasks.values() if task.creation is not None and len(task.creation.tasks) == 1]
    ended = min((task.ended_at for task in made if task.ended_at is not None), default=float("inf"))
    return [task for task in made if task.known_at < ended]


def _tell(crowd: list[ClientTask], wrong: list[ClientTask], told: Counter[str | None]) -> Finding:
    times = ", ".join(f"{task.id} {told[task.id]} times" for task in wrong[:3])
    shown = (task.creation.last for task in wrong[:3] if task.creation is not None)
    expected = f"each of {len(crowd)} tasks that were made side by side told of once"
    return breach(wrong[0].id, expected, times, *shown)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="J7",
        title="Of many tasks that are made side by side each is told of once.",
        check=check_crowd,
        level=Level.SHOULD,
        ground=Ground.ROB,
        exposure="Ten tasks or more were made side by side, all of them are over, and the client told of some.",
        advice="Keep what belongs to a task in an object of its own; nothing of it in a global, on a shared client or "
        "in a variable that a loop closes over.",
        applies=lambda record: bool(record.reported),
    ),
)
"""The rule on crowds."""
