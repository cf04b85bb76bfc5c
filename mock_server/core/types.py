"""The facts that the simulator keeps, and the few words that they are written in.

A task stores facts only. What a reader sees of it at some instant is derived from them (`timeline.observe`).
"""

from enum import StrEnum
from typing import Final, Protocol, TypeAlias

import msgspec

Instant: TypeAlias = int
"""A point of a universe's time: microseconds since 1970-01-01T00:00:00Z."""

Microcredits: TypeAlias = int
"""Money: the platform's "uc", 0.0001 credit. Never a float."""

SECOND: Final = 1_000_000
"""Microseconds in a second."""

HOUR: Final = 3_600 * SECOND
"""Microseconds in an hour."""

NEVER: Final[Instant] = 2**62
"""An instant that never comes: later than any a clock can show. What follows it still fits a signed 64-bit integer."""

CREDIT: Final = 10_000
"""Microcredits in a credit (api: 1 credit = 10,000 uc)."""


class Status(StrEnum):
    """What a reader can see of a task (RES-STATUS; `cancelled` comes from CB-WHEN and the list's filter)."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TaskError(msgspec.Struct, frozen=True, array_like=True):
    """Why a task ended without a result: a code of the error-code page, and a message of headline and explanation."""

    code: str
    message: str


class Hold(msgspec.Struct, frozen=True, array_like=True):
    """Where a task stands still: the instant at which it was held, and the one at which it would have ended."""

    at: Instant
    ends_at: Instant


class Timeline(msgspec.Struct, frozen=True, array_like=True):
    """A task's whole life, planned when it is created.

    `run` is the length in microseconds of a full generation; a task that ends early stops part of the way along it.
    `estimate` is the number of seconds that the service announces, which the truth may miss. `waited` is by how many
    microseconds the start was put off because every slot was taken: NEVER while no slot is in sight, and start and end
    are later by just that. `hold` is there while the task is held, and `ends_at` is NEVER for as long.
    """

    created_at: Instant
    starts_at: Instant
    ends_at: Instant
    run: int
    estimate: int
    outcome: Status
    error: TaskError | None = None
    waited: int = 0
    hold: Hold | None = None


class Bill(msgspec.Struct, frozen=True, array_like=True):
    """What a task costs: the estimate taken at the start, and the charge due if it is completed.

    Lengths are microseconds of input counted and of output made.
    """

    rule: str
    input_length: int
    output_length: int
    reserved: Microcredits
    charge: Microcredits


class Sending(msgspec.Struct, frozen=True, array_like=True):
    """A callback that a task causes: when it is due, and which variant of it is sent ("" is the faithful one)."""

    due_at: Instant
    variant: str = ""


MOST_RESULTS: Final = 100
"""How many results a task has at most, whatever a page allows."""


class Task(msgspec.Struct, frozen=True, array_like=True):
    """One generation task.

    `request` is the body that was accepted, as JSON text; `result` the path of its link; `origin` the scheme and host
    by which the client that created it reached the service; `sendings` what goes to `callback_url`; `plans` how it is
    shown otherwise than it is (`plans.kept`); `count` how many results it has.
    """

    id: str
    universe: str
    account: str
    user_group: str
    model: str
    object: str
    type: str
    timeline: Timeline
    bill: Bill
    request: bytes
    result: str
    origin: str
    callback_url: str | None = None
    sendings: tuple[Sending, ...] = ()
    plans: bytes = b""
    count: int = 1


class Balance(msgspec.Struct, frozen=True):
    """An account's money at one instant: `available` = opening - reserved - charged."""

    opening: Microcredits
    reserved: Microcredits
    charged: Microcredits

    @property
    def available(self) -> Microcredits:
        """What a new task can still reserve."""
        return self.opening - self.reserved - self.charged


class Dice(Protocol):
    """A seeded source of numbers, passed in where something is left to chance."""

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from low to high, both included."""
        ...
