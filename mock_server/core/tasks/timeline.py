"""How a task moves: the table of transitions, the plan of a life, and what a reader sees of it.

Two rules hold here. A life is planned once, at creation, and what a reader sees is derived from the plan and the
time, so that reading changes nothing and nothing has to wake up. And only the table below says which way a task may go.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from mock_server.core.tasks.errors import CANCELLED_ERROR
from mock_server.core.types import NEVER, SECOND, Dice, Instant, Status, TaskError, Timeline

TRANSITIONS: Final[Mapping[Status, frozenset[Status]]] = {
    Status.PENDING: frozenset({Status.PROCESSING, Status.FAILED, Status.CANCELLED}),
    Status.PROCESSING: frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED}),
    Status.COMPLETED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
}
"""From each status, the ones that may follow it."""

TERMINAL: Final = frozenset(status for status, following in TRANSITIONS.items() if not following)
"""The statuses that no task leaves."""

RETENTION: Final = 7 * 24 * 3_600 * SECOND
"""How long a task can be queried after it was created (chosen: the pages say only that tasks expire)."""


class IllegalTransition(ValueError):
    """A task was asked to take a way that the table does not have. Nothing has changed."""


class Timing(msgspec.Struct, frozen=True):
    """How long a model takes, in microseconds: the range of the queue, of the run, and the announced estimate (s)."""

    queue: tuple[int, int]
    run: tuple[int, int]
    estimate: int


class Observation(msgspec.Struct, frozen=True):
    """What a reader sees of a task at one instant. `remaining` is in seconds, None once the task has ended."""

    status: Status
    progress: int
    remaining: int | None

    @property
    def ended(self) -> bool:
        """Whether nothing more can happen to the task."""
        return self.remaining is None


def plan_timeline(timing: Timing, *, now: Instant, dice: Dice) -> Timeline:
    """Plan the life of a task that is created now and ends well."""
    starts_at = now + dice.between(*timing.queue)
    run = dice.between(*timing.run)
    return Timeline(
        created_at=now,
        starts_at=starts_at,
        ends_at=starts_at + run,
        run=run,
        estimate=timing.estimate,
        outcome=Status.COMPLETED,
    )


def observe(timeline: Timeline, now: Instant) -> Observation:
    """Derive what a reader sees at `now` (RES-STATUS, RES-PROGRESS, RES-ETA).

    The estimate follows the wait for a slot; while none is in sight it is what it would be with a slot from now on. A
    held task stands still, and only its estimate counts down.
    """
    if now >= timeline.ends_at:
        return Observation(timeline.outcome, 100 if timeline.outcome is Status.COMPLETED else 0, None)
    if timeline.ends_at >= NEVER:
        timeline = count_up(timeline, now)
    announced_end = timeline.created_at + timeline.estimate * SECOND + timeline.waited
    remaining = max(1, -((now - announced_end) // SECOND))
    if now < timeline.starts_at:
        return Observation(Status.PENDING, 0, remaining)
    return Observation(Status.PROCESSING, _progress(now - timeline.starts_at, timeline.run), remaining)


def resume(timeline: Timeline, now: Instant) -> Timeline:
    """Return the life of a task that is held no more: it goes on where it stood, later by the length of the hold."""
    if timeline.hold is None:
        return timeline
    length = now - timeline.hold.at
    return msgspec.structs.replace(
        timeline, starts_at=timeline.starts_at + length, ends_at=timeline.hold.ends_at + length, hold=None
    )


def count_up(timeline: Timeline, now: Instant) -> Timeline:
    """Return the timeline with what is still open in it counted up to now: a hold, and a wait with no end in sight."""
    timeline = resume(timeline, now)
    if timeline.waited < NEVER:
        return timeline
    return msgspec.structs.replace(timeline, waited=max(0, now + NEVER - timeline.starts_at))


def end(timeline: Timeline, *, now: Instant, outcome: Status, error: TaskError | None = None) -> Timeline:
    """Return the timeline with its end moved to now: a task cancelled, failed or finished by hand.

    Raises:
        IllegalTransition: `outcome` is no end, or the table has no way to it from what the task is now.
    """
    current = observe(timeline, now).status
    if outcome not in TRANSITIONS[current] & TERMINAL:
        raise IllegalTransition(f"a task that is {current} cannot end as {outcome}")
    if outcome is Status.CANCELLED and error is None:
        error = CANCELLED_ERROR
    return msgspec.structs.replace(count_up(timeline, now), ends_at=now, outcome=outcome, error=error)


def reach(timeline: Timeline, percent: int) -> Instant:
    """Return the first instant at which a reader would see so much progress; at 0 % the run has just begun."""
    low, high = 0, timeline.run
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _progress(middle, timeline.run) >= percent else (middle + 1, high)
    return timeline.starts_at + low


def _progress(elapsed: int, run: int) -> int:
    """Walk an S-curve (3x^2 - 2x^3) from 0 to 99; 100 belongs to a completed task alone."""
    x = min(1_000, elapsed * 1_000 // run)
    return min(99, (3_000 * x * x - 2 * x * x * x) // 10_000_000)
