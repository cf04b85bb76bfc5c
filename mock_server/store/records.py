"""What a store keeps, as it is read from it and put back into it."""

from typing import Final, Literal, TypeAlias

import msgspec

from mock_server.core.callbacks.retry import succeeded
from mock_server.core.files.file import StoredFile
from mock_server.core.types import Instant, Microcredits, Task

CallbackState: TypeAlias = Literal["due", "delivered", "given up"]
"""Where a callback stands: an attempt is still to come, the last one succeeded, or none will be made any more."""


class DueCallback(msgspec.Struct, frozen=True):
    """A callback that waits to be sent. `attempts` were made before; the next is due at `due_at`.

    Of the attempts, `earlier` were made before it was sent anew by hand, when the schedule of retries began again.
    """

    id: int
    universe: str
    task: str
    url: str
    variant: str
    due_at: Instant
    attempts: int
    earlier: int


class Attempt(msgspec.Struct, frozen=True):
    """One try at a callback: when it was due and made, and the status that came back or the error that came instead.

    `size` is the number of bytes in the answer's body, `faults` the labels of the plans that struck it.
    """

    due_at: Instant
    started_at: Instant
    ended_at: Instant
    status: int | None
    error: str | None
    size: int
    faults: tuple[str, ...] = ()


class CallbackRecord(msgspec.Struct, frozen=True):
    """A callback as it stands, with what has come of it. `due_at` is None when no attempt is to come.

    Of the attempts, `earlier` were made before it was sent anew by hand.
    """

    id: int
    task: str
    url: str
    variant: str
    due_at: Instant | None
    attempts: tuple[Attempt, ...]
    earlier: int = 0

    @property
    def state(self) -> CallbackState:
        """Where it stands."""
        if self.due_at is not None:
            return "due"
        return "delivered" if self.attempts and succeeded(self.attempts[-1].status) else "given up"


class Waiting(msgspec.Struct, frozen=True):
    """What a worker waits for: when the earliest free callback is due, and when the earliest lease runs out (real)."""

    due_at: Instant | None
    lease_ends: int | None


class UniverseRecord(msgspec.Struct, frozen=True):
    """What is stored of a universe itself: its facts as the universe wrote them, and their version."""

    facts: bytes
    version: int


class AccountRecord(msgspec.Struct, frozen=True):
    """An account that has been used or funded: its sums, in microcredits."""

    id: str
    opening: Microcredits
    reserved: Microcredits
    charged: Microcredits


class BucketRecord(msgspec.Struct, frozen=True):
    """How many requests an account may make, as the time at which its bucket is full again."""

    account: str
    full_at: Instant


class TaskRecord(msgspec.Struct, frozen=True):
    """A task; `settled` tells that its end is booked in the sums of its account."""

    task: Task
    settled: bool


class KeyRecord(msgspec.Struct, frozen=True):
    """An idempotency key that an account has claimed, and the task that came of it."""

    account: str
    key: str
    fingerprint: bytes
    task: str
    claimed_at: Instant


class FilePage(msgspec.Struct, frozen=True):
    """One page of files, newest first, and how many there are in all."""

    total: int
    files: tuple[StoredFile, ...]


class Contents(msgspec.Struct, frozen=True):
    """All that is stored of a universe besides its own facts; tasks, callbacks and files in order of creation."""

    accounts: tuple[AccountRecord, ...] = ()
    buckets: tuple[BucketRecord, ...] = ()
    tasks: tuple[TaskRecord, ...] = ()
    keys: tuple[KeyRecord, ...] = ()
    callbacks: tuple[CallbackRecord, ...] = ()
    files: tuple[StoredFile, ...] = ()


NOTHING: Final = Contents()
"""The contents of a universe that has just begun."""
