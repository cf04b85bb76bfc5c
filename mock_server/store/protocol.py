"""What the simulator asks of a store. Every method is one step: it happens wholly or not at all.

Methods are coroutines, so that a store on another machine can implement them without a change to any caller; the
embedded one answers without ever waiting.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

import msgspec

from mock_server.core.idempotency import Claim
from mock_server.core.retry import succeeded
from mock_server.core.types import Balance, Instant, Microcredits, Task

ListedStatus: TypeAlias = Literal["processing", "completed", "failed", "cancelled"]
"""What the list can be filtered by; processing covers every task that has not ended (LIST-STATUS)."""


class StateError(RuntimeError):
    """The state cannot be used: not a state file, of another version, or not to be opened. The message says which."""


class Accepted(msgspec.Struct, frozen=True):
    """The task is stored and its reserve taken; or it is the earlier task of the same idempotency key."""

    task: Task
    replayed: bool = False


class Short(msgspec.Struct, frozen=True):
    """The account has only so much available. Nothing was stored."""

    available: Microcredits


class KeyReused(msgspec.Struct, frozen=True):
    """The idempotency key belongs to another body. Nothing was stored."""


class IdTaken(msgspec.Struct, frozen=True):
    """A task of this id exists; draw another. Nothing was stored."""


CreateOutcome: TypeAlias = Accepted | Short | KeyReused | IdTaken


class TaskFilter(msgspec.Struct, frozen=True):
    """Which of an account's tasks a list shows, and which page of them. Pages start at 1."""

    status: ListedStatus | None = None
    type: str | None = None
    model: str | None = None
    page: int = 1
    page_size: int = 20


class TaskPage(msgspec.Struct, frozen=True):
    """One page of tasks, newest first, and how many there are in all."""

    total: int
    tasks: tuple[Task, ...]


DeliveryState: TypeAlias = Literal["due", "delivered", "given up"]
"""Where a delivery stands: an attempt is still to come, the last one succeeded, or none will be made any more."""


class Delivery(msgspec.Struct, frozen=True):
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
    """One try at a delivery: when it was due and made, and the status that came back or the error that came instead.

    `size` is the number of bytes in the answer's body.
    """

    due_at: Instant
    started_at: Instant
    ended_at: Instant
    status: int | None
    error: str | None
    size: int


class DeliveryRecord(msgspec.Struct, frozen=True):
    """A delivery as it stands, with what has come of it. `due_at` is None when no attempt is to come."""

    id: int
    task: str
    url: str
    variant: str
    due_at: Instant | None
    attempts: tuple[Attempt, ...]

    @property
    def state(self) -> DeliveryState:
        """Where it stands."""
        if self.due_at is not None:
            return "due"
        return "delivered" if self.attempts and succeeded(self.attempts[-1].status) else "given up"


class Waiting(msgspec.Struct, frozen=True):
    """What a worker waits for: when the earliest free delivery is due, and when the earliest lease runs out (real)."""

    due_at: Instant | None
    lease_ends: int | None


class UniverseRecord(msgspec.Struct, frozen=True):
    """What is stored of a universe: its clock as the universe wrote it, and how many tasks it has."""

    clock: bytes | None
    tasks: int


class Store(Protocol):
    """Where tasks, balances, idempotency keys, deliveries and clocks are kept."""

    async def create_task(self, task: Task, *, opening: Microcredits, claim: Claim | None = None) -> CreateOutcome:
        """Reserve the task's estimate, store it with its callback's first due time, and claim the idempotency key.

        The account is opened with `opening` if this is its first task. Of parallel calls no two can spend the same
        credits or claim the same key (ERR-402, IDEM-REPLAY).
        """
        ...

    async def task(self, universe: str, task_id: str) -> Task | None:
        """Return a task, or None."""
        ...

    async def tasks(self, universe: str, task_ids: Sequence[str]) -> tuple[Task, ...]:
        """Return those of the tasks that exist, in the order asked for."""
        ...

    async def list_tasks(self, account: str, wanted: TaskFilter, *, now: Instant, since: Instant) -> TaskPage:
        """Return a page of an account's tasks created after `since`, with their status as it is at `now`."""
        ...

    async def balance(self, account: str, *, opening: Microcredits, now: Instant) -> Balance:
        """Return an account's money at `now`; of one that was never used, its opening balance."""
        ...

    async def claim_deliveries(
        self, universe: str, *, now: Instant, wall: int, lease: int, limit: int
    ) -> tuple[Delivery, ...]:
        """Take up to `limit` deliveries that are due at `now`, earliest first.

        Nobody else gets them until `wall` + `lease` (microseconds of real time), so a worker that dies loses nothing.
        """
        ...

    async def finish_attempt(self, delivery: Delivery, attempt: Attempt, *, next_due: Instant | None) -> Instant | None:
        """Record an attempt and when the next one is due; None when there will be no other.

        Returns when it is due now: at another time if the delivery is to be sent anew since the attempt began, and not
        at all if somebody else has finished this attempt.
        """
        ...

    async def next_due(self, universe: str, *, wall: int) -> Waiting:
        """Return what is to be waited for in a universe, as it is at `wall` (microseconds of real time)."""
        ...

    async def deliveries(self, universe: str, *, task: str | None = None) -> tuple[DeliveryRecord, ...]:
        """Return the deliveries of a universe, or of one task, in the order in which their tasks were created."""
        ...

    async def redeliver(self, universe: str, delivery: int, *, due_at: Instant, wall: int) -> bool:
        """Send a delivery anew, with all its retries; False if there is no such delivery.

        If an attempt is under way at `wall` (microseconds of real time), the first new one follows when it has ended.
        """
        ...

    async def open_universe(self, name: str) -> UniverseRecord:
        """Return what is stored of a universe."""
        ...

    async def universes(self) -> tuple[str, ...]:
        """Return the names of the universes whose clock was saved, in order."""
        ...

    async def save_clock(self, universe: str, clock: bytes) -> None:
        """Keep a universe's clock over a restart."""
        ...

    async def accounts(self, universe: str) -> tuple[str, ...]:
        """Return the accounts that a universe has, in order of their ids."""
        ...

    async def reset(self, universe: str) -> None:
        """Forget everything of a universe."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...
