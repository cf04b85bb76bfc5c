"""Whether a client that is killed goes on with what it has paid for when it is started again (B8)."""

from collections.abc import Iterator
from typing import Final

from contracts.recording.calls import Call
from contracts.recording.client import ClientRecord
from contracts.recording.client_tasks import ClientTask
from contracts.recording.happenings import Event
from contracts.rules.creation.charges import ask_the_same, tell_cost
from contracts.verdict import Examination, Finding, Ground, Rule


def check_restarts(record: ClientRecord) -> Examination:
    """B8: yield for each task that a client knew of when it was killed, and that it looked at or replaced after."""
    for event in _kills(record):
        for task in record.tasks.values():
            if not _is_open(task, event):
                continue
            again = _find_again(record, task, event)
            if any(sight.exchange.started_at >= event.to for sight in task.answers) or _is_asked_for(task, event):
                yield None
            elif again is not None and task.creation is not None:
                first, second = task.creation.last, again.last
                yield Finding(
                    subject=task.id,
                    exchanges=(first.number, second.number),
                    expected=f"after the restart, a look at {task.id}, which request {first.number} had created",
                    seen=f"request {second.number} asks for the same again: {tell_cost(record, second)}; "
                    f"nobody asks for {task.id} any more",
                )


def was_killed(record: ClientRecord) -> bool:
    """Tell whether a client was killed and started again."""
    return any(_kills(record))


def _kills(record: ClientRecord) -> Iterator[Event]:
    return (event for event in record.events if event.kind == "kill")


def _is_open(task: ClientTask, event: Event) -> bool:
    """Tell whether a client knew of a task when it was killed, and not yet of its end."""
    return task.known_at <= event.at and (task.ended_at is None or task.ended_at > event.at)


def _is_asked_for(task: ClientTask, event: Event) -> bool:
    return any(poll.started_at >= event.to for poll in task.polls)


def _find_again(record: ClientRecord, task: ClientTask, event: Event) -> Call | None:
    """Return what asked for the same after the restart, and created another task; None if nothing did."""
    if task.creation is None:
        return None
    first = task.creation.first
    later = (call for call in record.creates if call.tasks and call.last.started_at >= event.to)
    return next((call for call in later if task.id not in call.tasks and ask_the_same(first, call.last)), None)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="B8",
        title="A client that is killed and started again goes on with the task that it had created.",
        check=check_restarts,
        ground=Ground.ROB,
        clauses=("OP-ASYNC",),
        exposure="The client knew a task's id, was killed before it knew of the task's end, and was started again.",
        advice="Write the id down as soon as the create is answered, before the first poll; begin by reading it. Write "
        "the Idempotency-Key down before the create, for the case that its answer never comes.",
        applies=was_killed,
    ),
)
"""The rule on restarts."""
