"""The time line of one test: requests, tasks, callbacks, money and the clock, merged into one order.

On a frozen clock much happens at the same instant. Then what the clock brought comes first (tasks move, money follows,
callbacks are sent), and after that the requests in the order in which they came, each followed by the task that it
created.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Final, Literal, TypeAlias

import msgspec

from contracts.recording.exchange import split_url
from contracts.report.history import ClockMove, History, written_credits
from mock_server.control.shapes import CallbackShown, TaskState
from mock_server.core.callbacks.retry import succeeded
from mock_server.core.tasks.timeline import TERMINAL
from mock_server.journal.entries import Entry

Lane: TypeAlias = Literal["clock", "client", "task", "callback", "money"]
"""Whose happening it is."""

_ENDED: Final = frozenset(status.value for status in TERMINAL)
_RANKS: Final[Mapping[Lane, int]] = {"clock": 0, "task": 1, "money": 2, "callback": 3, "client": 4}
_STEPS: Final = 8
"""How many places there are for what follows a request at the same instant."""

_UNITS: Final = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000))


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened: what it was, what came of it, and what there is to say.

    `at` is the universe's time in seconds since the epoch. `bad` says that it did not go well, `struck` that a
    fault had a hand in it. `exchange` is the number of the request in the journal, `task` the task that it was about.
    """

    at: float
    lane: Lane
    what: str
    came: str
    notes: tuple[str, ...] = ()
    bad: bool = False
    struck: bool = False
    task: str | None = None
    exchange: int | None = None


Place: TypeAlias = tuple[float, int, float, int]
"""Where in the order something stands: by the universe's time, by whose it is, by real time, and by number."""

_Placed: TypeAlias = tuple[Place, Happening]


def happenings(history: History) -> tuple[Happening, ...]:
    """Return all that happened in a test, in order."""
    created = {
        entry.task: _place(entry) for entry in reversed(history.entries) if entry.task and entry.method == "POST"
    }
    begun = {task.id: _begun(task, created.get(task.id)) for task in history.tasks}
    placed: list[_Placed] = [(_place(entry), _request(entry)) for entry in history.entries]
    placed += [((move.to, _RANKS["clock"], move.at, 0), _moved(move)) for move in history.moves]
    placed += [item for task in history.tasks for item in _moves(task, begun[task.id])]
    placed += [item for task in history.tasks for item in _money(task, begun[task.id])]
    placed += [item for delivery in history.callbacks for item in _attempts(delivery, begun.get(delivery.task))]
    return tuple(happening for _, happening in sorted(placed, key=lambda item: item[0]))


def _place(entry: Entry) -> Place:
    return entry.at, _RANKS["client"], entry.wall, entry.number * _STEPS


def _begun(task: TaskState, created: Place | None) -> Place:
    """Return where a task begins: at the request that created it, if that came at the same instant."""
    if created is not None and created[0] == task.created_at:
        return created
    return task.created_at, _RANKS["client"], 0.0, 0


def _after(begun: Place, step: int, at: float, lane: Lane) -> Place:
    """Return the place of what befell a task: where the lane has it, but not before the task began."""
    instant, rank, wall, number = begun
    return max((at, _RANKS[lane], 0.0, step), (instant, rank, wall, number + step))


def _request(entry: Entry) -> Happening:
    return Happening(
        at=entry.at,
        lane="client",
        what=f"{entry.method} {target(entry.url)}",
        came="no answer" if entry.status is None else str(entry.status),
        notes=(
            *(f"fault: {fault}" for fault in entry.faults),
            *(f"broke {clause}" for clause in entry.clauses),
            *(f"{miss.field} {miss.message}".strip() for miss in entry.near_misses if miss.clause is None),
        ),
        bad=entry.status is None or entry.status >= HTTPStatus.BAD_REQUEST,
        struck=bool(entry.faults),
        task=entry.task,
        exchange=entry.number,
    )


def target(url: str) -> str:
    """Return what the first line of a request to a URL names."""
    parts = split_url(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _moved(move: ClockMove) -> Happening:
    return Happening(at=move.to, lane="clock", what=move.by, came=f"+{written_seconds(move.to - move.at)}")


def _moves(task: TaskState, begun: Place) -> Iterator[_Placed]:
    """Yield how a task moved; it may end without having started."""
    moved = [(task.created_at, "pending")]
    ended = task.ends_at if task.status in _ENDED else None
    if task.status != "pending" and task.starts_at is not None and (ended is None or task.starts_at < ended):
        moved.append((task.starts_at, "processing"))
    if ended is not None:
        moved.append((ended, task.status))
    for step, (at, status) in zip((1, 3, 4), moved, strict=False):
        yield _after(begun, step, at, "task"), _state(task, at, status)


def _state(task: TaskState, at: float, status: str) -> Happening:
    ended = status in _ENDED
    return Happening(
        at=at,
        lane="task",
        what=task.id,
        came=status,
        notes=(
            *((task.error,) if ended and task.error else ()),
            *(("held",) if task.held and status == task.status else ()),
        ),
        bad=ended and status != "completed",
        task=task.id,
    )


def _money(task: TaskState, begun: Place) -> Iterator[_Placed]:
    for line in task.ledger:
        happening = Happening(
            at=line.at,
            lane="money",
            what=task.id,
            came=f"{line.kind} {written_credits(line.credits)}",
            task=task.id,
        )
        yield _after(begun, 2 if line.kind == "reserve" else 5, line.at, "money"), happening


def _attempts(delivery: CallbackShown, begun: Place | None) -> Iterator[_Placed]:
    for number, attempt in enumerate(delivery.attempts, start=1):
        at = attempt.started_at
        happening = Happening(
            at=at,
            lane="callback",
            what=f"POST {delivery.url}",
            came="no answer" if attempt.status is None else str(attempt.status),
            notes=(
                f"attempt {number}",
                *(f"fault: {fault}" for fault in attempt.faults),
                *((attempt.error,) if attempt.error else ()),
            ),
            bad=not succeeded(attempt.status),
            struck=bool(attempt.faults),
            task=delivery.task,
        )
        yield _after(begun or (at, 0, 0.0, 0), 6, at, "callback"), happening


def written_seconds(seconds: float) -> str:
    """Write a length of time in the units in which it is read best: 0.25 s, 10 s, 5 min 3 s, 24 h is 1 d."""
    rest, parts = round(seconds * 1_000), list[str]()
    for unit, size in _UNITS:
        number, rest = divmod(rest, size)
        parts += [f"{number} {unit}"] if number else []
    if rest or not parts:
        parts.append(f"{rest / 1_000:g} s")
    return " ".join(parts)
