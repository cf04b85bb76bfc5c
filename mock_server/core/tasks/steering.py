"""What a hand does to a task: cancel it, fail it, finish it, hold it and release it.

Each function takes a task and the time, and returns the task as it goes on from there, its callbacks moved along with
its end. The table of transitions holds here as everywhere: a hand can only do what could have happened anyway.
"""

import msgspec

from mock_server.core.tasks.timeline import IllegalTransition, count_up, end, observe, resume
from mock_server.core.types import NEVER, Hold, Instant, Sending, Status, Task, TaskError, Timeline


def cancel(task: Task, *, now: Instant) -> Task:
    """Cancel a task, held or not (TASK-CANCELLED).

    Raises:
        IllegalTransition: The task has ended.
    """
    _refuse_ended(task, now, "cancelled")
    return retime(task, end(task.timeline, now=now, outcome=Status.CANCELLED))


def fail(task: Task, error: TaskError, *, now: Instant) -> Task:
    """Fail a task with an error, held or not.

    Raises:
        IllegalTransition: The task has ended.
    """
    _refuse_ended(task, now, "failed")
    return retime(task, end(task.timeline, now=now, outcome=Status.FAILED, error=error))


def finish(task: Task, *, now: Instant) -> Task:
    """Complete a task, whatever was planned for it; one that is pending starts and ends at the same instant.

    Raises:
        IllegalTransition: The task has ended.
    """
    _refuse_ended(task, now, "finished")
    timeline = count_up(task.timeline, now)
    starts_at = min(now, timeline.starts_at)
    finished = msgspec.structs.replace(timeline, starts_at=starts_at, ends_at=now, outcome=Status.COMPLETED, error=None)
    return retime(task, finished)


def hold(task: Task, *, now: Instant) -> Task:
    """Make a task stand still, as it is now, until it is released.

    Raises:
        IllegalTransition: The task has ended, or is held already.
    """
    status, timeline = _refuse_ended(task, now, "held"), task.timeline
    if timeline.hold is not None:
        raise IllegalTransition(
            f"a task that is {status} and held cannot be held again; it can be released, cancelled, failed or finished"
        )
    return retime(task, msgspec.structs.replace(timeline, ends_at=NEVER, hold=Hold(now, timeline.ends_at)))


def release(task: Task, *, now: Instant) -> Task:
    """Let a held task go on where it stands.

    Raises:
        IllegalTransition: The task has ended, or is not held.
    """
    status = _refuse_ended(task, now, "released")
    if task.timeline.hold is None:
        raise IllegalTransition(
            f"a task that is {status} and not held cannot be released; it can be held, cancelled, failed or finished"
        )
    return retime(task, resume(task.timeline, now))


def retime(task: Task, timeline: Timeline) -> Task:
    """Give a task another timeline; what is sent at its end or after it keeps its distance from the end (CB-WHEN)."""
    end_was, moved = task.timeline.ends_at, timeline.ends_at - task.timeline.ends_at
    sendings = tuple(
        msgspec.structs.replace(sending, due_at=sending.due_at + moved) if _follows(sending, end_was) else sending
        for sending in task.sendings
    )
    return msgspec.structs.replace(task, timeline=timeline, sendings=sendings)


def _follows(sending: Sending, end: Instant) -> bool:
    """Tell whether a callback waits for the end; an early one does not, even of a life that ends as it begins."""
    return sending.due_at >= end and sending.variant != "early"


def _refuse_ended(task: Task, now: Instant, verb: str) -> Status:
    """Refuse to touch a task that has ended; return the status of one that has not."""
    seen = observe(task.timeline, now)
    if seen.ended:
        raise IllegalTransition(f"a task that is {seen.status} cannot be {verb}; nothing can happen to it any more")
    return seen.status
