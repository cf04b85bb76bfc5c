"""What a client does when no callback comes, or none of them gets through (E10, E12)."""

from typing import Final

from contracts.recording.client import ClientRecord
from contracts.rules.receiving.callbacks import ATTEMPTS, has_receiver, is_accepted, is_unreadable, was_left
from contracts.verdict import Examination, Ground, Rule, breach


def check_fallback(record: ClientRecord) -> Examination:
    """E10: yield for each task whose callback did not come, and that the client asked about, or had long to."""
    if "receiver" not in record.view.sees:
        return
    unread = {exchange.url for exchange in record.heard if is_unreadable(exchange)}
    for task in record.tasks.values():
        called = task.deliveries or task.callback_url in unread  # what cannot be read may have been for it
        if task.creation is not None and task.callback_url is not None and not called:
            left = was_left(record, task, task.known_at)
            expected = "a request for the task's state, when the time estimated for it is well over"
            seen = f"none until {record.ended_at - task.known_at:.0f} s after it was created, and no callback had come"
            if left is not None:
                yield breach(task.id, expected, seen, task.creation.first) if left else None


def check_convergence(record: ClientRecord) -> Examination:
    """E12: yield for each task all of whose callbacks failed."""
    for task in record.tasks.values():
        attempts = [exchange for exchange in task.deliveries if not is_accepted(exchange)]
        if task.creation is None or len(attempts) < ATTEMPTS or len(attempts) != len(task.deliveries):
            continue
        left = False if task.terminal is not None else was_left(record, task, attempts[-1].ended_at)
        expected = "a request for the task's state, as no callback comes any more"
        seen = f"none until {record.ended_at - attempts[-1].ended_at:.0f} s after the last attempt"
        if left is not None:
            yield breach(task.id, expected, seen, *attempts) if left else None


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="E10",
        title="If no callback comes, the client asks.",
        check=check_fallback,
        ground=Ground.ROB,
        clauses=("CB-RETRIES", "TASK-READ"),
        exposure="No callback came for a task, and the record goes on well after the time estimated for it.",
        advice="Query every task that is still open when twice its estimated_time is over, by a job that runs anyway.",
        applies=has_receiver,
    ),
    Rule(
        id="E12",
        title="If all attempts at a callback fail, the client still comes to know of the end.",
        check=check_convergence,
        ground=Ground.ROB,
        clauses=("CB-RETRIES", "TASK-READ"),
        exposure="All four attempts at a callback failed, and the record goes on.",
        advice="Query what is still open when your receiver is up again, and now and then besides.",
        applies=has_receiver,
    ),
)
"""The rules on callbacks that do not come."""
