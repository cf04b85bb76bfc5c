"""What the simulator asks of a store. Every method is one step: it happens wholly or not at all.

Methods are coroutines, so that a store on another machine can implement them without a change to any caller; the
embedded one answers without ever waiting.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

import msgspec

from mock_server.core.files.file import FileUsage, StoredFile
from mock_server.core.idempotency import Claim
from mock_server.core.limits.queueing import Slots
from mock_server.core.limits.ratelimit import Limit
from mock_server.core.types import Balance, Instant, Microcredits, Task
from mock_server.store.records import Attempt, CallbackRecord, Contents, DueCallback, FilePage, UniverseRecord, Waiting

ListedStatus: TypeAlias = Literal["processing", "completed", "failed", "cancelled"]
"""What the list can be filtered by; processing covers every task that has not ended (LIST-STATUS)."""


class StateError(RuntimeError):
    """The state cannot be used: not a state file, of another version, or not to be opened. The message says which."""


class Accepted(msgspec.Struct, frozen=True):
    """The task is stored and its reserve taken; or it is the earlier task of the same idempotency key.

    `version` is that of the universe's facts, if they were stored with the task.
    """

    task: Task
    replayed: bool = False
    version: int | None = None


class Short(msgspec.Struct, frozen=True):
    """The account has only so much available. Nothing was stored."""

    available: Microcredits


class KeyReused(msgspec.Struct, frozen=True):
    """The idempotency key belongs to another body. Nothing was stored."""


class IdTaken(msgspec.Struct, frozen=True):
    """A task of this id exists; draw another. Nothing was stored."""


class Outdated(msgspec.Struct, frozen=True):
    """What the universe is set to has changed since the task was planned; plan it anew. Nothing was stored."""


CreateOutcome: TypeAlias = Accepted | Short | KeyReused | IdTaken | Outdated


class TaskFilter(msgspec.Struct, frozen=True):
    """Which tasks a list shows, and which page of them. Pages start at 1."""

    status: ListedStatus | None = None
    type: str | None = None
    model: str | None = None
    page: int = 1
    page_size: int = 20


class TaskPage(msgspec.Struct, frozen=True):
    """One page of tasks, newest first, and how many there are in all."""

    total: int
    tasks: tuple[Task, ...]


class Store(Protocol):
    """Where tasks, balances, idempotency keys, callbacks, files and the facts of universes are kept.

    Of a file it keeps what is known of it; what is in it is kept elsewhere, under its digest.
    """

    @property
    def shared(self) -> bool:
        """Whether somebody else may change what is stored."""
        ...

    async def create_task(
        self,
        task: Task,
        *,
        opening: Microcredits,
        claim: Claim | None = None,
        slots: Slots | None = None,
        version: int | None = None,
        facts: bytes | None = None,
    ) -> CreateOutcome:
        """Reserve the task's estimate, store it with its callback's first due time, and claim the idempotency key.

        The account is opened with `opening` if this is its first task. Of parallel calls no two can spend the same
        credits or claim the same key (ERR-402, IDEM-REPLAY). With `slots` it waits for a free one, and lets others wait
        that come after it. With the `version` of the universe's facts by which it was planned, it is stored only if
        that is their version still; and then `facts`, if given, take the place of those, at once with it.
        """
        ...

    async def claimed(self, universe: str, account: str, claim: Claim, *, now: Instant) -> Accepted | KeyReused | None:
        """Return what a create with an idempotency key comes to that was used before; None if the key is free."""
        ...

    async def change_task(
        self, universe: str, task_id: str, change: Callable[[Task], Task], *, now: Instant, slots: Slots | None
    ) -> Task | None:
        """Change the life of a task that has not ended, with its callbacks, and return it; None if there is none.

        `change` gets the task as it is stored; what it raises leaves everything as it was. With `slots` the others move
        up, or wait.
        """
        ...

    async def arrange(self, universe: str, slots: Slots, *, now: Instant) -> None:
        """Let the tasks of a universe wait, or go on, after its slots have changed."""
        ...

    async def tasks_of(self, universe: str, *, account: str | None = None) -> tuple[Task, ...]:
        """Return the tasks of a universe, or of one of its accounts, in the order in which they were created."""
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

    async def browse_tasks(self, universe: str, wanted: TaskFilter, *, part: str, now: Instant) -> TaskPage:
        """Return a page of all tasks of a universe whose ids hold `part`, with their status as it is at `now`."""
        ...

    async def balance(self, account: str, *, opening: Microcredits, now: Instant) -> Balance:
        """Return an account's money at `now`; of one that was never used, its opening balance."""
        ...

    async def unended_tasks(self, universe: str, *, now: Instant) -> tuple[Task, ...]:
        """Return the tasks of a universe that have not ended, in the order in which they were created."""
        ...

    async def count_ended(self, universe: str, *, now: Instant) -> Mapping[str, int]:
        """Return how many tasks of a universe have ended, by their status."""
        ...

    async def count_tasks(self, universe: str) -> int:
        """Return how many tasks a universe has."""
        ...

    async def fund(self, universe: str, account: str, *, available: Microcredits, now: Instant) -> Balance:
        """Make so much available to an account, whatever it has reserved and been charged; open it if it is new."""
        ...

    async def take_request(self, universe: str, account: str, limit: Limit, *, now: Instant) -> int:
        """Take one request from an account's bucket; return 0, or the seconds to wait, and then nothing was taken."""
        ...

    async def claim_callbacks(
        self, universe: str, *, now: Instant, wall: int, lease: int, limit: int
    ) -> tuple[DueCallback, ...]:
        """Take up to `limit` callbacks that are due at `now`, earliest first.

        Nobody else gets them until `wall` + `lease` (microseconds of real time), so a worker that dies loses nothing.
        """
        ...

    async def finish_attempt(
        self, callback: DueCallback, attempt: Attempt, *, next_due: Instant | None
    ) -> Instant | None:
        """Record an attempt and when the next one is due; None when there will be no other.

        Returns when it is due now: at another time if the callback is to be sent anew since the attempt began, and not
        at all if somebody else has finished this attempt.
        """
        ...

    async def next_due(self, universe: str, *, wall: int) -> Waiting:
        """Return what is to be waited for in a universe, as it is at `wall` (microseconds of real time)."""
        ...

    async def callbacks(self, universe: str, *, task: str | None = None) -> tuple[CallbackRecord, ...]:
        """Return the callbacks of a universe, or of one task, in the order in which their tasks were created."""
        ...

    async def redeliver(self, universe: str, callback: int, *, due_at: Instant, wall: int) -> bool:
        """Send a callback anew, with all its retries; False if there is no such callback.

        If an attempt is under way at `wall` (microseconds of real time), the first new one follows when it has ended.
        """
        ...

    async def add_file(self, file: StoredFile, most: FileUsage, *, place: Callable[[], object]) -> bool:
        """Store a file in place of the one that has its account, folder and name; False if there is no room for it.

        `most` is what the account may have. `place` puts the content where its digest says, in the same step, so that
        nobody can take it for unused; what it raises leaves everything as it was.
        """
        ...

    async def file(self, universe: str, file_id: str, *, now: Instant) -> StoredFile | None:
        """Return a file that has not expired, or None."""
        ...

    async def file_at(self, account: str, path: str, name: str, *, now: Instant) -> StoredFile | None:
        """Return an account's file in a folder under a name, if it has not expired, or None."""
        ...

    async def file_of_upload(self, account: str, upload: str, *, now: Instant) -> StoredFile | None:
        """Return the last file of an account whose upload was called so, if it has not expired, or None."""
        ...

    async def list_files(self, account: str, *, page: int, page_size: int, now: Instant) -> FilePage:
        """Return a page of an account's files that have not expired, newest first; pages start at 1."""
        ...

    async def file_usage(self, account: str, *, now: Instant) -> FileUsage:
        """Return how many files an account has that have not expired."""
        ...

    async def delete_file(self, universe: str, file_id: str) -> None:
        """Forget a file, if it is there."""
        ...

    async def expire_files(self, universe: str, *, now: Instant) -> None:
        """Forget the files of a universe that have expired."""
        ...

    async def sweep_files(self, discard: Callable[[str], object], *, found: Iterable[str] = ()) -> None:
        """Have the contents discarded, by their digests, that no file of any universe has any more.

        Looked at are those whose files were forgotten since it was last called, in whatever way, and those in `found`.
        """
        ...

    async def open_universe(self, name: str, facts: bytes) -> UniverseRecord:
        """Return what is stored of a universe; if there is nothing, store these facts and return them."""
        ...

    async def read_universe(self, name: str) -> UniverseRecord | None:
        """Return what is stored of a universe; None if there is no such universe."""
        ...

    async def universe_version(self, name: str) -> int | None:
        """Return the version of a universe's facts, which grows with each change; None if there is no such universe."""
        ...

    async def save_universe(self, name: str, facts: bytes, *, version: int) -> int | None:
        """Keep a universe's facts over a restart and for other servers, in place of those of a version.

        Returns their own version; None if what is stored has another one by now, or is no more. Then nothing changes.
        """
        ...

    async def universes(self) -> tuple[str, ...]:
        """Return the names of the universes, in order."""
        ...

    async def accounts(self, universe: str) -> tuple[str, ...]:
        """Return the accounts that a universe has, in order of their ids."""
        ...

    async def reset(self, universe: str) -> None:
        """Forget everything of a universe."""
        ...

    async def contents(self, universe: str, *, now: Instant) -> Contents:
        """Return all that is stored of a universe, with the tasks settled that have ended at `now`."""
        ...

    async def restore(self, universe: str, facts: bytes, contents: Contents) -> int:
        """Put a universe into the place of whatever has its name, and return the version of its facts.

        All its callbacks are free, and get other ids than they had.
        """
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...
