"""Which tasks wait for a slot, and until when.

The limits on how many tasks run at once are kept by planning, as everything is: when something happens that slots
depend on, the tasks that have not started are given their starts anew, and in between nothing has to wake up. They are
served in order of priority and creation; whoever cannot use a slot, being limited elsewhere, leaves it to the next.

A task takes its slots as soon as there is room, even before its own queue time is over, and so nobody behind it starts
in them first. Until it starts, only somebody ahead of it can take them over: a vip that comes later, or a task whose
other limit had no room before. So at any instant the slots in which nothing runs are dealt out in order, whatever was
before, and that is why time alone moves no start.
"""

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Final, TypeAlias

import msgspec

from mock_server.core.tasks.steering import retime
from mock_server.core.types import NEVER, Instant, Task

PRIORITY: Final = ("vip", "default")
"""Which user groups are served first among the tasks that wait; all others come after them (chosen)."""

_UNLIMITED: Final = NEVER

_Place: TypeAlias = tuple[int, int]
"""Where a task stands among those that wait: the rank of its user group, and its number in order of creation."""


class Slots(msgspec.Struct, frozen=True):
    """How many tasks may run at once: of a universe, of each account, of each user group by name; None is no limit."""

    universe: int | None = None
    account: int | None = None
    groups: Mapping[str, int] = {}


def arrange(tasks: Sequence[Task], slots: Slots, *, now: Instant) -> tuple[Task, ...]:
    """Return those of a universe's tasks (given in order of creation) whose start moves, with their new timelines.

    A task that has started keeps its slots until it ends, and one that was held before it started takes none; neither
    is touched. All others are in line from now on. Each takes its slots at the first instant at which every limit that
    applies to it has room beside those ahead of it, and starts then or at the end of its own queue time, whichever is
    later; if there is no such instant in sight, it is put off without end.
    """
    waiting = _waiting(tasks, now)
    starts = _starts(tasks, waiting, slots, now)
    waits = {number: starts[number] - ready if number in starts else NEVER for number, ready in waiting.items()}
    return tuple(
        put_off(tasks[number], waited=waited)
        for number, waited in waits.items()
        if waited != tasks[number].timeline.waited
    )


def put_off(task: Task, *, waited: int) -> Task:
    """Return a task that has not started with its start so many microseconds after the end of its own queue time.

    NEVER puts it off until `arrange` finds it a slot: so comes in a new task where slots are limited, as its own queue
    time may be over at once. Its estimate is then what it would be with a slot from now on (`timeline.observe`).
    """
    timeline = task.timeline
    later = waited - timeline.waited
    moved = msgspec.structs.replace(
        timeline, starts_at=timeline.starts_at + later, ends_at=timeline.ends_at + later, waited=waited
    )
    return retime(task, moved)


def _waiting(tasks: Sequence[Task], now: Instant) -> dict[int, Instant]:
    """Say of each task that waits, by its number, when its own queue time ends."""
    lives = ((number, task.timeline) for number, task in enumerate(tasks))
    return {
        number: life.starts_at - life.waited
        for number, life in lives
        if life.hold is None and now < life.starts_at and now < life.ends_at
    }


def _running(tasks: Sequence[Task], now: Instant) -> Iterator[tuple[int, Task]]:
    """Give the tasks that have started and not ended, with their numbers; a held one is where it was held."""
    for number, task in enumerate(tasks):
        life = task.timeline
        if life.starts_at <= (now if life.hold is None else life.hold.at) and now < life.ends_at:
            yield number, task


def _starts(tasks: Sequence[Task], waiting: Mapping[int, Instant], slots: Slots, now: Instant) -> dict[int, Instant]:
    """Run time ahead, from one instant at which tasks end to the next; return who starts when."""
    timetable = _Timetable(tasks, waiting, slots)
    for number, task in _running(tasks, now):
        timetable.take(number, until=task.timeline.ends_at)
    at = now
    while at < NEVER and len(timetable.starts) < len(waiting):
        timetable.serve(at)
        at = timetable.advance()
    return timetable.starts


class _Gate:
    """The limit of a universe, an account or a user group: how much room it has, and whom it keeps from a start.

    `early` names those, the last in order last, that took their slots before they start; they may have started since.
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self.kept: list[_Place] = []
        self.early: list[_Place] = []


class _Timetable:
    """Who has which slots until when, who waits for them, and who starts when, as far as time has been run ahead.

    A task that waits stands in line, is kept by a gate that was full when its turn came, or has its slots and a start,
    which may be later. Of those that a gate with room keeps, one that goes before them all is in line, so the line
    alone says who is next; and nobody is kept by a gate in which one behind it has a slot early.
    """

    def __init__(self, tasks: Sequence[Task], waiting: Mapping[int, Instant], slots: Slots) -> None:
        self.starts: dict[int, Instant] = {}
        self._tasks = tasks
        self._waiting = waiting
        self._slots = slots
        self._universe = _Gate(_UNLIMITED if slots.universe is None else slots.universe)
        self._line = sorted(self._place(number) for number in waiting)
        self._ends: dict[int, Instant] = {}
        self._events: list[tuple[Instant, int]] = []
        self._gates: dict[str, _Gate] = {}
        self._passages: dict[tuple[str, str], tuple[_Gate, ...]] = {}

    def take(self, number: int, *, until: Instant) -> None:
        """Let a task have its slots until its end."""
        self._ends[number] = until
        heappush(self._events, (until, number))
        for gate in self._passage(number):
            gate.room -= 1

    def serve(self, at: Instant) -> None:
        """Give slots and a start to all who can have them, the first in line first."""
        while self._line:
            place = self._line[0]
            passage = self._passage(place[1])
            full = next((gate for gate in passage if gate.room <= 0 and not self._take_over(gate, place, at)), None)
            if full is self._universe:
                return
            heappop(self._line)
            if full is None:
                self._start(place, at)
            else:
                heappush(full.kept, place)
            for gate in passage:
                self._recall(gate)

    def advance(self) -> Instant:
        """Go to the next instant at which tasks end, and let them leave; return it, NEVER if there is none.

        A task that ends as it starts, at the end of its queue time, goes back in line for that, to be served in order.
        """
        at = self._events[0][0] if self._events else NEVER
        while self._events and self._events[0][0] == at:
            _, number = heappop(self._events)
            if self._ends.get(number) == at:
                self._leave(number)
                if self.starts.get(number) == at:
                    self._rejoin(number)
        return at

    def _take_over(self, gate: _Gate, place: _Place, at: Instant) -> bool:
        """Put the last one back in line that has a slot early and is behind a place; tell whether there is one."""
        while gate.early and gate.early[-1] > place:
            _, number = gate.early.pop()
            if self.starts.get(number, 0) >= at:
                self._leave(number)
                self._rejoin(number)
                return True
        return False

    def _start(self, place: _Place, at: Instant) -> None:
        """Give a start to a task that there is room for; it has its slots from now on, unless it ends at once."""
        _, number = place
        life = self._tasks[number].timeline
        start = max(at, self._waiting[number])
        end = start + life.ends_at - life.starts_at
        self.starts[number] = start
        if end > at:
            self.take(number, until=end)
        if start > at:
            for gate in self._passage(number):
                insort(gate.early, place)

    def _leave(self, number: int) -> None:
        """Take its slots from a task, for the next."""
        del self._ends[number]
        for gate in self._passage(number):
            gate.room += 1
            self._recall(gate)

    def _rejoin(self, number: int) -> None:
        """Put a task that has not started back in line."""
        del self.starts[number]
        heappush(self._line, self._place(number))

    def _recall(self, gate: _Gate) -> None:
        if gate.kept and gate.room > 0:
            heappush(self._line, heappop(gate.kept))

    def _place(self, number: int) -> _Place:
        group = self._tasks[number].user_group
        return (PRIORITY.index(group) if group in PRIORITY else len(PRIORITY), number)

    def _passage(self, number: int) -> tuple[_Gate, ...]:
        """Return the gates that a task has to pass, those of limits that there are."""
        task = self._tasks[number]
        key = (task.user_group, task.account)
        if key not in self._passages:
            limits = (
                (f"group {task.user_group}", self._slots.groups.get(task.user_group)),
                (f"account {task.account}", self._slots.account),
            )
            gates = (self._gates.setdefault(name, _Gate(room)) for name, room in limits if room is not None)
            self._passages[key] = (self._universe, *gates)
        return self._passages[key]
