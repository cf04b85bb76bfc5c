"""A snapshot as a document: its form.

Times are microseconds of the universe, money is microcredits, both whole numbers, so that nothing is lost on the way.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from mock_server.core.types import MOST_RESULTS, Status
from mock_server.universes.clock import FASTEST, LATEST, Mode

FORMAT: Final = "evolink-mock snapshot"
"""What a document calls itself."""

VERSION: Final = 1
"""The version of the document's form; another one is refused."""

Whole: TypeAlias = Annotated[int, Meta(ge=0, le=2**63 - 1)]
"""Microseconds, microcredits, or a number of things."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all parts of a document have in common."""


class ClockPart(Part, frozen=True):
    """The universe's time when the snapshot was taken, and how many of its seconds pass in a real one."""

    mode: Mode
    rate: Annotated[float, Meta(ge=0, le=FASTEST)]
    now: Annotated[int, Meta(ge=0, le=LATEST)]


class CountsPart(Part, frozen=True):
    """How far the universe has counted: what ids and luck come next depends on it."""

    opened: Whole
    drawn: Whole
    requests: Whole


class LimitsPart(Part, frozen=True):
    """What the universe allows: requests a minute for each account, and tasks at once; null is no limit."""

    requests_per_minute: Annotated[int, Meta(ge=1, le=1_000_000)] | None
    slots: Whole | None
    slots_per_account: Whole | None
    slots_per_group: Mapping[str, Whole]


class RulesPart(Part, frozen=True):
    """What is special about an account."""

    group: str
    closed: bool
    closed_models: tuple[str, ...]


class AccountPart(Part, frozen=True):
    """An account's sums."""

    id: str
    opening: Whole
    reserved: Whole
    charged: Whole


class BucketPart(Part, frozen=True):
    """When an account's bucket of requests is full again."""

    account: str
    full_at: Whole


class ErrorPart(Part, frozen=True):
    """Why a task fails."""

    code: str
    message: str


class HoldPart(Part, frozen=True):
    """Since when a task is held, and when it would have ended."""

    at: Whole
    ends_at: Whole


class TimelinePart(Part, frozen=True):
    """A task's life (see `Timeline`)."""

    created_at: Whole
    starts_at: Whole
    ends_at: Whole
    run: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    estimate: Whole
    outcome: Status
    error: ErrorPart | None
    waited: Whole
    hold: HoldPart | None


class BillPart(Part, frozen=True):
    """What a task costs (see `Bill`)."""

    rule: str
    input_length: Whole
    output_length: Whole
    reserved: Whole
    charge: Whole


class SendingPart(Part, frozen=True):
    """A callback that a task causes (see `Sending`)."""

    due_at: Whole
    variant: str


class TaskPart(Part, frozen=True):
    """One task; `settled` tells that its end is booked in the sums of its account. `plans` say how it is shown."""

    id: str
    account: str
    user_group: str
    model: str
    object: str
    type: str
    timeline: TimelinePart
    bill: BillPart
    request: dict[str, Any]
    result: str
    origin: str
    callback_url: str | None
    sendings: tuple[SendingPart, ...]
    plans: tuple[dict[str, Any], ...]
    settled: bool
    count: Annotated[int, Meta(ge=1, le=MOST_RESULTS)] = 1


class KeyPart(Part, frozen=True):
    """An idempotency key, a fingerprint of the body that came with it, and the task that came of it."""

    account: str
    key: str
    fingerprint: bytes
    task: str
    claimed_at: Whole


class AttemptPart(Part, frozen=True):
    """One attempt at a callback (see `Attempt`)."""

    due_at: Whole
    started_at: Whole
    ended_at: Whole
    status: Annotated[int, Meta(ge=0, le=999)] | None
    error: str | None
    size: Whole
    faults: tuple[str, ...] = ()


class CallbackPart(Part, frozen=True):
    """One callback of a task, with its attempts; `due_at` is null when no other is to come (see `CallbackRecord`)."""

    task: str
    url: str
    variant: str
    due_at: Whole | None
    earlier: Whole
    attempts: tuple[AttemptPart, ...]


class CountPart(Part, frozen=True):
    """How often a plan matched, and how often it struck."""

    matched: Whole
    struck: Whole


class PlanCountsPart(Part, frozen=True):
    """What the universe remembers of its plans, by their places (see `PlanState`)."""

    set_at: tuple[Whole, ...]
    counts: tuple[CountPart, ...]
    each: Mapping[str, CountPart]
    buckets: Mapping[str, Whole]
    numbers: Mapping[str, Whole]
    tasks: Whole
    own: Whole


class FilePart(Part, frozen=True):
    """What is known of a file (see `StoredFile`); `content` is what is in it, unless that is large."""

    id: str
    account: str
    name: str
    path: str
    original_name: str
    type: str
    size: Whole
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    created_at: Whole
    expires_at: Whole
    upload: str | None
    content: bytes | None


class ExchangePart(Part, frozen=True):
    """One exchange, as the journal shows it without secrets, but for what is of real time and of connections."""

    number: Whole
    id: str
    at: Whole
    method: str
    url: str
    http_version: str
    operation: str | None
    task: str | None
    account: str | None
    status: int | None
    request: Any
    answer: Any
    clauses: tuple[str, ...]
    near_misses: tuple[Any, ...]
    unknown_fields: tuple[str, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


class Snapshot(Part, frozen=True, kw_only=True):
    """A universe as it was at one instant. The journal is a record of what led there; it is not restored."""

    format: Literal["evolink-mock snapshot"] = FORMAT
    version: Literal[1] = VERSION
    universe: str
    clock: ClockPart
    seed: Annotated[bytes, Meta(min_length=32, max_length=32)]
    counts: CountsPart
    opening: Whole
    limits: LimitsPart
    rules: Mapping[str, RulesPart]
    accounts: tuple[AccountPart, ...]
    buckets: tuple[BucketPart, ...]
    tasks: tuple[TaskPart, ...]
    keys: tuple[KeyPart, ...]
    callbacks: tuple[CallbackPart, ...]
    plans: tuple[dict[str, Any], ...]
    plan_counts: PlanCountsPart
    files: tuple[FilePart, ...] = ()
    journal: tuple[ExchangePart, ...] = ()
