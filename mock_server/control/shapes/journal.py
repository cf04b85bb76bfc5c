"""What happened, and which of it is wanted."""

from typing import Annotated, TypeAlias

from msgspec import Meta

from mock_server.control.shapes.base import Instant, Name, Number, Shape
from mock_server.journal.entries import Entry

Statuses: TypeAlias = Annotated[
    str, Meta(pattern="^([1-5][0-9]{2}|[1-5]xx|none)$", description="a status such as 404, 4xx for a class, or none")
]
"""Which statuses are wanted."""


class JournalQuery(Shape, frozen=True):
    """Which exchanges are wanted: those that fit everything that is given.

    `status` is one such as 404, a class such as 4xx, or none (the client went away before an answer began); `path` is
    how the path begins; `since` and `until` are universe time. Of those, at most `limit` from the oldest on, or the
    `newest` so many. Who follows the journal sends back the last number that it got as `after`, with the `generation`:
    in a journal that was begun anew meanwhile, `after` does not count. `wait` is how many real seconds to wait until
    there is something.
    """

    operation: Name | None = None
    task: Name | None = None
    account: Name | None = None
    status: Statuses | None = None
    clause: Name | None = None
    fault: Name | None = None
    method: Name | None = None
    path: Name | None = None
    connection: Name | None = None
    since: Instant | None = None
    until: Instant | None = None
    after: Number = 0
    limit: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    newest: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    wait: Annotated[float, Meta(ge=0, le=60)] = 0
    generation: Number | None = None


class JournalState(Shape, frozen=True):
    """What happened in a universe, oldest first.

    `last` is the number of the newest exchange of this generation, wanted or not; `dropped` is how many of the oldest
    had to give way.
    """

    universe: str
    generation: int
    last: int
    dropped: int
    entries: tuple[Entry, ...]


class JournalCleared(Shape, frozen=True):
    """A journal that was begun anew: its generation from now on, and how many exchanges were forgotten."""

    universe: str
    generation: int
    forgotten: int
