"""What plans are matched with, and what a universe remembers of them."""

from collections.abc import Callable
from functools import cached_property

import msgspec

from mock_server.core.limits.ratelimit import Bucket
from mock_server.core.plans.book import PlanBook
from mock_server.core.types import Dice, Instant


def no_body() -> object:
    """Return the body of a request that has none."""
    return None


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """What plans are matched with: a request, an attempt at a callback, or the creation of a task.

    `operation` is the id of the operation, or `result` or `callback`. `task` is the id of the task that it is about;
    None of one that is to be created. `dice` returns the universe's dice for a purpose and a count. `body` returns the
    decoded body of the request, None if it has none that can be decoded; each plan that looks at it asks anew.
    """

    operation: str
    now: Instant
    dice: Callable[[str, int], Dice]
    account: str | None = None
    task: str | None = None
    body: Callable[[], object] = no_body


class Count(msgspec.Struct, array_like=True):
    """How often a plan matched (but for nth, chance and times), and how often it struck."""

    matched: int = 0
    struck: int = 0


class PlanState(msgspec.Struct, dict=True):
    """What a universe remembers of its plans, by their places in the book. `strike` writes here.

    `set_at` is when each was set; `each` counts for single tasks and accounts; `buckets` are the rates; `numbers` are
    those of tasks that a plan means by number, and `tasks` is how many the universe has; `own` counts the plans that
    came with requests.
    """

    set_at: list[Instant] = []
    counts: list[Count] = []
    each: dict[str, Count] = {}
    buckets: dict[str, Bucket] = {}
    numbers: dict[str, int] = {}
    tasks: int = 0
    own: int = 0

    @cached_property
    def drawn(self) -> dict[str, tuple[int, list[int]]]:
        """What has been drawn for plans that are left to chance: the number of a handful, and the handful.

        It follows from the dice, so it is not stored with the rest.
        """
        return {}

    @cached_property
    def asleep(self) -> dict[int, int]:
        """The number of the match before which a plan cannot strike, for plans that were looked at in vain.

        It follows from the counts and the dice. Plans for the creation of tasks are never in it: they can be forgiven.
        """
        return {}


class Tally(msgspec.Struct, frozen=True):
    """How often a plan matched and struck."""

    name: str
    matched: int
    struck: int


def open_state(book: PlanBook, *, now: Instant, tasks: int = 0, earlier: PlanState | None = None) -> PlanState:
    """Return the state of a book whose plans are set now.

    Args:
        book: The plans.
        now: The universe's time.
        tasks: How many tasks the universe has.
        earlier: The state of a book that this one begins with; it goes on counting, and is what is returned.
    """
    state = PlanState(tasks=tasks) if earlier is None else earlier
    more = len(book) - len(state.counts)
    state.set_at += [now] * more
    state.counts += [Count() for _ in range(more)]
    return state


def note_task(book: PlanBook, state: PlanState, task: str) -> None:
    """Count a task that has been created, and remember its number if a plan means it by that."""
    state.tasks += 1
    if book.wants_number(state.tasks):
        state.numbers[task] = state.tasks


def forget_task(state: PlanState, task: str) -> None:
    """Uncount a task that did not come into being after all; no other has been counted since."""
    state.tasks -= 1
    state.numbers.pop(task, None)


def tally(book: PlanBook, state: PlanState) -> tuple[Tally, ...]:
    """Tell of each plan how often it matched and struck, in order."""
    return tuple(
        Tally(ready.name, count.matched, count.struck) for ready, count in zip(book, state.counts, strict=True)
    )


def unused(book: PlanBook, state: PlanState) -> tuple[Tally, ...]:
    """Tell which plans never struck."""
    return tuple(line for line in tally(book, state) if line.struck == 0)
