"""How a client follows a task: when it looked, when it waited by itself, and whether it ever looked again."""

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Final

from contracts.recording.calls import Wait
from contracts.recording.client import ClientRecord
from contracts.recording.client_tasks import ClientTask
from contracts.recording.exchange import Exchange
from contracts.recording.lifecycle import TRANSITIONS
from contracts.recording.operations import BATCH_TASKS, LIST_TASKS, operation_of
from contracts.recording.sights import Sight, number_in, part
from contracts.recording.timing import comes_early, latest

USUAL: Final = 120.0
"""How many seconds a task usually takes, as the page shows it: an estimate of less may be too good to be true."""

SHORTEST: Final = 1.0
"""The seconds that a client waits at least that polls by itself."""


class Following:
    """How a client followed one task.

    Args:
        record: What it is part of.
        task: The task.
        wide: The requests that look at several tasks at once: lists and batches, in order.
    """

    def __init__(self, record: ClientRecord, task: ClientTask, wide: list[Exchange]) -> None:
        self.record: Final = record
        self.task: Final = task
        self._wide = wide

    @cached_property
    def waits(self) -> tuple[Wait, ...]:
        """The times between the answer to the create, and each poll, and the next, in which nobody did anything."""
        creation = () if self.task.creation is None else (self.task.creation.last,)
        return tuple(
            Wait(before, after)
            for before, after in pairwise((*creation, *self.task.polls))
            if not self.record.disturbed(before.ended_at, after.started_at)
        )

    def waited_before(self, poll: Exchange) -> float:
        """Return how many seconds the client had waited by itself, before a poll, in waits that a loop makes."""
        waits = (wait.seconds for wait in self.waits if wait.after.started_at <= poll.started_at)
        return sum(seconds for seconds in waits if not comes_early(seconds, SHORTEST))

    def estimate(self, until: float = float("inf")) -> float | None:
        """Return the first estimate of how many seconds the task takes that was shown before a time."""
        told = (estimate_in(sight) for sight in self.task.answers if sight.exchange.ended_at <= until)
        return next((seconds for seconds in told if seconds is not None), None)

    @cached_property
    def _last_look(self) -> tuple[float, int]:
        others = (*self.task.polls, *self.task.downloads, *self.task.deliveries, *self._wide)
        return max((each.started_at, each.number) for each in others)

    def looks_after(self, poll: Exchange) -> bool:
        """Tell whether the client ever looked at the task again after a poll, or may have."""
        return self._last_look > (poll.started_at, poll.number)

    def looks_before(self, poll: Exchange) -> bool:
        """Tell whether the task was looked at before a poll in another way: in a list, in a batch, by a callback."""
        return any(each.started_at <= poll.started_at for each in (*self.task.deliveries, *self._wide))

    @property
    def waits_by_itself(self) -> bool:
        """Whether the client ever waited between polls, as a loop does; who calls one after the other may be a hand."""
        first = self.task.polls[0].number
        return any(not comes_early(wait.seconds, SHORTEST) for wait in self.waits if wait.before.number >= first)

    def is_over(self, exchange: Exchange) -> bool:
        """Tell whether the client may have known of the task's end, by an answer or a callback, when one began."""
        ended, start = self.task.ended_at, exchange.started_at
        heard = any(delivery.started_at <= start for delivery in self.task.deliveries)
        return heard or (ended is not None and ended <= start)

    def judge_last(self, poll: Exchange) -> bool | None:
        """Tell whether the client gave the task up by a poll, and not by its own deadline; None if nobody can tell.

        It gave up if it never looked again although it had polled before by itself, or said so, or had long to.
        """
        if self.looks_after(poll):
            return False
        waited, estimate = self.waited_before(poll), self.estimate(poll.ended_at)
        late = estimate is not None and waited > latest(estimate)
        told = any(report.task == self.task.id for report in self.record.reported)
        if late or self.record.disturbed(poll.started_at, float("inf")):
            return None
        return True if waited or told or self._had_long(poll, estimate) else None

    def _had_long(self, poll: Exchange, estimate: float | None) -> bool:
        """Tell whether it is known that the client did nothing for longer after a poll than a task takes."""
        end = self.record.until
        return end is not None and end > poll.ended_at + latest(max(estimate or 0.0, USUAL))


def followings(record: ClientRecord) -> tuple[Following, ...]:
    """Find out how the tasks were followed that the client polled."""
    return record.once(_follow)


def _follow(record: ClientRecord) -> tuple[Following, ...]:
    wide = [exchange for exchange in record.api if operation_of(exchange) in {LIST_TASKS, BATCH_TASKS}]
    return tuple(Following(record, task, wide) for task in record.tasks.values() if task.polls)


def estimate_in(sight: Sight) -> float | None:
    """Return how many seconds a task is said to take, or to take still; None if nothing is said."""
    return number_in(part(sight.body, "task_info"), "estimated_time")


def is_unknown(sight: Sight) -> bool:
    """Tell whether a task was shown with a status that no page describes."""
    return isinstance(sight.status, str) and sight.status not in TRANSITIONS


def polled_sights(following: Following, fits: Callable[[Sight], bool]) -> Iterator[Sight]:
    """Find the answers to polls that show a task in a certain way before its end is known."""
    for sight in following.task.answers:
        if sight.way == "query" and fits(sight) and not sight.ended and not following.is_over(sight.exchange):
            yield sight
