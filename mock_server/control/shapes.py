"""What the control API takes and answers. Times are seconds since the epoch, money is credits.

These shapes are the API: requests are read into them, answers are written from them, its OpenAPI document is made of
them, and the Python client returns them.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta

from mock_server.clock import FASTEST, Mode
from mock_server.core.task_errors import TASK_ERRORS
from mock_server.journal.entries import Entry
from mock_server.store.records import DeliveryState

LONGEST_SECONDS: Final = 10_000 * 24 * 3_600
"""The most seconds that one step may take a clock forward: ten thousand days, so that 9999d can be written."""

UniverseName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9._\-]{0,63}$",
        description="1 to 64 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit",
    ),
]
"""How a universe may be called."""

Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=LONGEST_SECONDS)]
Duration: TypeAlias = (
    Seconds
    | Annotated[
        str,
        Meta(
            pattern=r"^([0-9]{1,8}(\.[0-9]{1,6})?(ms|s)|[0-9]{1,6}(\.[0-9]{1,6})?m|[0-9]{1,4}(\.[0-9]{1,6})?(h|d))$",
            description="a text such as 90s, 1.5h, 24h or 7d",
        ),
    ]
)
"""Seconds, or a text such as 90s, 1.5h, 24h or 7d."""

Instant: TypeAlias = Annotated[float, Meta(ge=0, le=9_999_999_999)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Number: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
Credits: TypeAlias = Annotated[float, Meta(ge=0, le=1_000_000_000)]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
Group: TypeAlias = Literal["default", "vip"]
"""The user groups that the API knows (RES-GROUP)."""

Key: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^sk-[A-Za-z0-9_.\-]{1,253}$", description="sk- and then 1 to 253 of A-Z, a-z, 0-9, '.', '_' and '-'"
    ),
]
AccountId: TypeAlias = Annotated[str, Meta(pattern="^[A-Z0-9]{18}$", description="18 of A-Z and 0-9")]
ErrorCode: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": list(TASK_ERRORS)})]


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all of them have in common. `rules` is what holds of several fields together, as JSON Schema."""

    rules: ClassVar[Mapping[str, Any]] = {}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was wrong: a code, a sentence, and the name of the field at fault if there is one."""

    code: str
    message: str
    type: str
    param: str | None = None


class Refusal(msgspec.Struct, frozen=True):
    """The answer to whatever cannot be done, as the API itself answers."""

    error: Problem


def given(name: str, others: Iterable[str] = ()) -> dict[str, Any]:
    """Return the rule that a field is given, and others are not; null is as good as not given."""
    return {
        "required": [name],
        "properties": {name: {"not": {"type": "null"}}, **{other: {"type": "null"} for other in others}},
    }


def one_of(*names: str) -> dict[str, Any]:
    """Return the rule that exactly one of these fields is given."""
    return {"oneOf": [given(name, [other for other in names if other != name]) for name in names]}


class Health(Shape, frozen=True):
    """What is served."""

    status: Literal["ok"]
    version: str
    models: tuple[str, ...]
    universe: str


class ClockState(Shape, frozen=True):
    """A universe's time: `now` in seconds, `time` the same as ISO 8601, `rate` in its seconds for each real one."""

    universe: str
    mode: Mode
    rate: float
    now: float
    time: str


class ClockChange(Shape, frozen=True):
    """One change of a clock.

    A mode (with a rate if it is scaled); or a way forward: by a time (advance), to the next so many events (step),
    until a task has ended (until), or to an instant (set). Backwards it goes only in a universe without tasks.
    """

    rules = {
        **one_of("mode", "advance", "step", "until", "set"),
        "if": {"properties": {"mode": {"const": "scaled"}}, "required": ["mode"]},
        "then": given("rate"),
        "else": {"properties": {"rate": {"type": "null"}}},
    }

    mode: Mode | None = None
    rate: Annotated[float, Meta(gt=0, le=FASTEST)] | None = None
    advance: Duration | None = None
    step: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    until: Name | None = None
    set: Instant | None = None


class AttemptMade(Shape, frozen=True):
    """One attempt at a callback that was made on the way."""

    task: str
    attempt: int
    at: float
    status: int | None
    error: str | None


class ClockChanged(ClockState, frozen=True):
    """The clock after a change, and the attempts that were made until then."""

    callbacks: tuple[AttemptMade, ...]


class UniverseState(Shape, frozen=True):
    """One universe: its time, and how much is in it."""

    universe: str
    mode: Mode
    rate: float
    now: float
    time: str
    tasks: int
    accounts: int
    exchanges: int


class UniverseList(Shape, frozen=True):
    """The universes of this server."""

    universes: tuple[UniverseState, ...]


class Forgotten(Shape, frozen=True):
    """A universe that is no more."""

    universe: str
    deleted: Literal[True] = True


class Reset(Shape, frozen=True):
    """How a universe is to begin anew; what is left out is as the server has it: seed, time, and how time runs."""

    seed: Name | None = None
    start: Instant | None = None
    mode: Literal["real", "frozen"] | None = None


class SnapshotQuery(Shape, frozen=True):
    """How a snapshot is to be taken: with requests as they came, or without what is secret in them."""

    secrets: bool = False


class Fork(Shape, frozen=True):
    """Where a universe is to be copied to; whatever has that name is replaced."""

    to: UniverseName


class AccountState(Shape, frozen=True):
    """One account: its money, and what is special about it."""

    id: str
    name: str
    available_credits: float
    reserved_credits: float
    charged_credits: float
    group: str
    closed: bool
    closed_models: tuple[str, ...]


class AccountList(Shape, frozen=True):
    """The accounts of a universe that have been used or set."""

    universe: str
    accounts: tuple[AccountState, ...]


class AccountChange(Shape, frozen=True):
    """What is to be special about an account, named by its id or by its key; what is left out stays as it is.

    `credits` is what it has available from now on. A closed key gets 401, a closed model 403.
    """

    rules = one_of("account", "key")

    account: AccountId | None = None
    key: Key | None = None
    credits: Credits | None = None
    group: Group | None = None
    closed: bool | None = None
    closed_models: Annotated[tuple[Name, ...], Meta(max_length=1_000)] | None = None


class LimitsState(Shape, frozen=True):
    """What a universe allows: requests a minute for each account, and tasks at once; null is no limit."""

    requests_per_minute: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    slots: Count | None = None
    slots_per_account: Count | None = None
    slots_per_group: Annotated[
        Mapping[Group, Count], Meta(extra_json_schema={"propertyNames": {"enum": get_args(Group)}})
    ] = {}


class LedgerEntry(Shape, frozen=True):
    """One line of a task's ledger."""

    kind: Literal["reserve", "charge", "release"]
    credits: float
    at: float


class TaskState(Shape, frozen=True):
    """All facts of a task. Times that nothing has planned (a task that is held never ends) are null."""

    id: str
    account: str
    group: str
    model: str
    status: str
    progress: int
    held: bool
    created_at: float
    starts_at: float | None
    ends_at: float | None
    waited: float
    outcome: str
    error: str | None
    ledger: tuple[LedgerEntry, ...]
    callback_url: str | None
    request: Any
    result: str


class TaskList(Shape, frozen=True):
    """Tasks of a universe, in the order in which they were created."""

    universe: str
    tasks: tuple[TaskState, ...]


class TaskQuery(Shape, frozen=True):
    """Which tasks are wanted."""

    account: Name | None = None
    status: Literal["pending", "processing", "completed", "failed", "cancelled"] | None = None


class Failure(Shape, frozen=True):
    """How a task is to fail: a code of the error-code page."""

    code: ErrorCode = "service_error"


class TaskChanged(Shape, frozen=True):
    """A task after a change by hand, and the attempts at its callback that were made at once."""

    task: TaskState
    callbacks: tuple[AttemptMade, ...]


class DeliveryAttempt(Shape, frozen=True):
    """One attempt at a delivery; `bytes` is the size of the answer's body."""

    due_at: float
    started_at: float
    ended_at: float
    status: int | None
    error: str | None
    bytes: int


class DeliveryShown(Shape, frozen=True):
    """One callback of a task as it stands."""

    id: int
    task: str
    url: str
    variant: str
    state: DeliveryState
    due_at: float | None
    attempts: tuple[DeliveryAttempt, ...]


class DeliveryList(Shape, frozen=True):
    """The callbacks of a universe."""

    universe: str
    callbacks: tuple[DeliveryShown, ...]


class DeliveryQuery(Shape, frozen=True):
    """Which callbacks are wanted."""

    task: Name | None = None
    state: DeliveryState | None = None


class Redelivered(Shape, frozen=True):
    """A callback that is sent anew, and the attempts that were made at once."""

    redelivered: int
    callbacks: tuple[AttemptMade, ...]


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


class PlanShown(Shape, frozen=True):
    """One plan, how often it matched (but for nth, chance and times), and how often it struck."""

    name: str
    plan: Mapping[str, Any]
    matched: int
    struck: int


class PlanList(Shape, frozen=True):
    """The plans of a universe, in order; `unused` names those that never struck."""

    universe: str
    plans: tuple[PlanShown, ...]
    unused: tuple[str, ...]


class PlanChange(Shape, frozen=True):
    """Plans to be set: as the plan language has them (docs/plans.md), or those of a ready scenario."""

    rules = one_of("plans", "scenario")

    plans: Mapping[str, Any] | tuple[Mapping[str, Any] | str, ...] | str | None = None
    scenario: Name | None = None


class ScenarioShown(Shape, frozen=True):
    """One ready scenario: what happens in one line, and its plans."""

    name: str
    description: str
    plans: tuple[Mapping[str, Any], ...]


class ScenarioList(Shape, frozen=True):
    """The ready scenarios."""

    scenarios: tuple[ScenarioShown, ...]
