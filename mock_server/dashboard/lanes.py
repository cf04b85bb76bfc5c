"""What the time line draws: a page of tasks as lanes, and what happened to them as marks."""

from collections.abc import Collection
from typing import Annotated, Final

from msgspec import Meta

from mock_server.control.callbacks import show_attempt
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import AttemptShown, Name, Number, Shape, TaskFacts
from mock_server.control.tasks import task_facts
from mock_server.control.waiting import in_turns
from mock_server.core.types import SECOND, Instant, Task
from mock_server.journal.exchange import Exchange
from mock_server.journal.journal import Journal
from mock_server.simulator import Simulator
from mock_server.store.protocol import ListedStatus, TaskFilter

LOOKED_AT: Final = 4_000
"""How many exchanges are looked through at most, from the newest back; what came before them has no marks."""

MOST_LOOSE: Final = 200
"""How many marks that belong to no task are told of at most."""

_AT_ONCE: Final = 200


class LaneQuery(Shape, frozen=True):
    """Which tasks are wanted, newest first, and from which exchange of which journal on their marks."""

    page: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    size: Annotated[int, Meta(ge=1, le=100)] = 25
    status: ListedStatus | None = None
    text: Name | None = None
    after: Number = 0
    generation: Number | None = None


class Lane(TaskFacts, frozen=True):
    """One task: what the time line shows of it, and every attempt at its callbacks."""

    attempts: tuple[AttemptShown, ...]


class Mark(Shape, frozen=True):
    """One exchange, as little of it as is drawn. One without a task was refused or struck before there was any."""

    number: int
    at: float
    task: str | None
    method: str
    operation: str | None
    status: int | None
    faults: tuple[str, ...]
    clauses: tuple[str, ...]


class LaneList(Shape, frozen=True):
    """A page of lanes, how many there are in all, and the marks beyond the exchange that was asked for.

    Who asked with another generation of the journal gets all marks that there are.
    """

    total: int
    generation: int
    last: int
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]


async def list_lanes(request: Request[Nothing, LaneQuery]) -> LaneList:
    """List a page of tasks with what happened to them."""
    universe, wanted = await request.universe(), request.query
    journal, now = universe.journal, universe.now()
    page = await request.simulator.store.browse_tasks(
        universe.name,
        TaskFilter(status=wanted.status, page=wanted.page, page_size=wanted.size),
        part=wanted.text or "",
        now=now,
    )
    after = wanted.after if wanted.generation == journal.generation else 0
    return LaneList(
        total=page.total,
        generation=journal.generation,
        last=journal.last,
        lanes=tuple([await _lane(request.simulator, task, now) for task in page.tasks]),
        marks=await find_marks(journal, {task.id for task in page.tasks}, after=after),
    )


async def find_marks(journal: Journal, tasks: Collection[str], *, after: int) -> tuple[Mark, ...]:
    """Return the marks of some tasks, and the newest that belong to none, in the order of the journal.

    Other requests get their turn in between.
    """
    found: list[Mark] = []
    loose: list[Mark] = []
    async for exchange in in_turns(journal.beyond(max(after, journal.last - LOOKED_AT)), _AT_ONCE):
        task = exchange.task or exchange.path.rpartition("/")[2]  # of what a plan answers, only the path says
        if task in tasks:
            found.append(_mark(exchange, task))
        elif exchange.task is None and (exchange.faults or exchange.is_refused):
            loose.append(_mark(exchange, None))
    return tuple(sorted((*found, *loose[-MOST_LOOSE:]), key=lambda mark: mark.number))


async def _lane(simulator: Simulator, task: Task, now: Instant) -> Lane:
    callbacks = await simulator.store.callbacks(task.universe, task=task.id) if task.sendings else ()
    return Lane(
        **task_facts(task, now),
        attempts=tuple(show_attempt(attempt) for callback in callbacks for attempt in callback.attempts),
    )


def _mark(exchange: Exchange, task: str | None) -> Mark:
    return Mark(
        number=exchange.number,
        at=exchange.at / SECOND,
        task=task,
        method=exchange.method,
        operation=exchange.operation,
        status=exchange.status or None,
        faults=exchange.faults,
        clauses=exchange.clauses,
    )
