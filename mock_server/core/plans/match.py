"""When a plan strikes: at which requests, of which account, about which task, when, and how often by chance."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from mock_server.core.plans.composites import Members, Several
from mock_server.core.plans.form import Form, Misfit
from mock_server.core.plans.forms import Choice, Json, Share, Text
from mock_server.core.plans.paths import MISSING, find_value, json_equal
from mock_server.core.types import NEVER, SECOND, Instant

API: Final = ("create", "query", "list", "batch", "credits", "models", "upload", "catalog")
"""The short names of the API's operations."""

OPERATIONS: Final = (*API, "result", "download", "callback")
"""All short names: those of the API, a link that is fetched, of a result or of a file, and an attempt at a callback."""

FAR: Final = 10_000_000_000
"""A number of seconds, of requests or of tasks that nothing here gets to."""

_SHORT: Final = {
    "getTaskDetail": "query",
    "listTasks": "list",
    "batchGetTasks": "batch",
    "getCredits": "credits",
    "listModels": "models",
    "getModel": "models",
    "getFilesQuota": "upload",
    "listFiles": "upload",
    "deleteFile": "upload",
    "getUploadReceipt": "upload",
    "listCatalogModels": "catalog",
    "getCatalogHealth": "catalog",
    "listPricingRules": "catalog",
    "getPricingRules": "catalog",
    "estimatePrice": "catalog",
}
_SPAN: Final = re.compile(r"([1-9][0-9]{0,8})(?:(\+)|(n)|-([1-9][0-9]{0,8}))?")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Each: TypeAlias = Literal["task", "account"]
"""What a plan can count for, one by one."""


class Contains(msgspec.Struct, frozen=True):
    """A text that has another one in it."""

    contains: str


class Span(msgspec.Struct, frozen=True):
    """Which of a row are meant: from the first to the last (None: all that follow), each one or each so many."""

    first: int
    last: int | None
    step: int = 1

    def holds(self, number: int) -> bool:
        """Tell whether a number of the row, from 1, is meant."""
        return self.first <= number <= (self.last or number) and (number - self.first) % self.step == 0

    def next(self, number: int) -> int:
        """Return the first number from this one on that is meant; NEVER if none is."""
        following = max(self.first, number + (self.first - number) % self.step)
        return following if self.holds(following) else NEVER


class Edge(msgspec.Struct, frozen=True):
    """Where a stretch of time begins or ends: an instant, or microseconds since the plan was set."""

    at: Instant
    relative: bool

    def instant(self, since: Instant) -> Instant:
        """Return the instant, for a plan that was set at one."""
        return self.at + since if self.relative else self.at


class SpanForm(Form[str], frozen=True):
    """Which of a row: 2, 2-4, 3+ (from the third on) or 2n (every second)."""

    @property
    def expected(self) -> str:
        """The four ways of saying it."""
        return "a number from 1, or a text such as 2-4, 3+ or 2n"

    def read(self, value: object) -> str:
        """Take a number or a text."""
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(text, str) or read_span(text) is None:
            raise self.misfit(value)
        return text

    def write(self, value: str) -> object:
        """Write a number as one."""
        return int(value) if value.isdigit() else value


class TaskForm(SpanForm, frozen=True):
    """Which tasks: a task's id, or which of the universe's tasks by the order of their creation."""

    @property
    def expected(self) -> str:
        """The id, or the ways of saying a number."""
        return "a task's id, or a number from 1, or a text such as 2-4, 3+ or 2n"

    def read(self, value: object) -> str:
        """Take an id, a number or a text."""
        if isinstance(value, str) and re.fullmatch(r"task-[!-~]{1,120}", value):
            return value
        return super().read(value)


class Moment(Form[float | str], frozen=True):
    """A point of the universe's time: seconds since the plan was set, or an instant as ISO 8601 has it."""

    @property
    def expected(self) -> str:
        """Both ways of saying it."""
        return "seconds since the plan was set, or an instant such as 2026-11-22T08:00:00Z"

    def read(self, value: object) -> float | str:
        """Take a number, or an instant; YAML reads instants by itself."""
        if isinstance(value, datetime | str):
            return self._read_instant(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= FAR:
            raise self.misfit(value)
        return float(value)

    def write(self, value: float | str) -> object:
        """Write a whole number without a fraction."""
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _read_instant(self, value: datetime | str) -> str:
        try:
            instant = datetime.fromisoformat(value) if isinstance(value, str) else value
            if instant.tzinfo is not None:
                return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
        except (ValueError, OverflowError):
            raise self.misfit(value) from None
        raise Misfit("an instant with its offset from UTC, such as 2026-11-22T08:00:00Z", value)


class ConditionForm(Json, frozen=True):
    """What a field must be: a JSON value, or `{"contains": "text"}`."""

    @property
    def expected(self) -> str:
        """Both."""
        return 'a JSON value, or {"contains": "a text"}'

    def read(self, value: object) -> Any:
        """Take a value, or what it must contain."""
        if isinstance(value, dict) and _is_condition(value):
            return Contains(Text().read(value["contains"]))
        return super().read(value)

    def write(self, value: Any) -> object:
        """Write the value, or what it must contain."""
        return {"contains": value.contains} if isinstance(value, Contains) else value


class Match(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """When a plan strikes; all that is said must hold. Without anything it is always."""

    operation: Annotated[
        tuple[str, ...], Several(Text()), "the operations, by short name or id; as each kind has it if left out"
    ] = ()
    task: Annotated[str | None, TaskForm(), "the task by its id, or by its number in the universe"] = None
    account: Annotated[str | None, Text(), "the account, by its id or its key"] = None
    fields: Annotated[Mapping[str, Any], Members(ConditionForm()), "what the request's body has, by path"] = {}
    after: Annotated[float | str | None, Moment(), "from when on"] = None
    before: Annotated[float | str | None, Moment(), "until when"] = None
    nth: Annotated[str | None, SpanForm(), "which of the requests that fit all of the above"] = None
    each: Annotated[
        Each | None, Choice(("task", "account")), "count (for nth and times) each task or account by itself"
    ] = None
    chance: Annotated[float, Share(), "how likely it strikes where all else holds"] = 1

    def __post_init__(self) -> None:
        """Take `{"contains": "text"}` for what it says, also in a plan made by hand or stored."""
        said = {path: Contains(**wanted) for path, wanted in self.fields.items() if _is_condition(wanted)}
        if said:
            msgspec.structs.force_setattr(self, "fields", {**self.fields, **said})


ANY: Final = Match()
"""Always."""


def read_span(text: str) -> Span | None:
    """Read which of a row are meant; None if the text does not say it."""
    said = _SPAN.fullmatch(text)
    if said is None:
        return None
    number = int(said[1])
    if said[3]:
        return Span(number, None, number)
    last = int(said[4]) if said[4] else number
    return None if last < number else Span(number, None if said[2] else last)


def read_moment(moment: float | str) -> Edge:
    """Return the instant that is meant by seconds since a plan was set, or by an ISO text."""
    if isinstance(moment, str):
        passed = datetime.fromisoformat(moment) - _EPOCH
        return Edge((passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds, relative=False)
    return Edge(round(moment * SECOND), relative=True)


def fields_fit(fields: Mapping[str, Any], body: object) -> bool:
    """Tell whether a request's body has the values that a plan wants, compared as JSON."""
    for path, wanted in fields.items():
        found = find_value(body, path)
        if isinstance(wanted, Contains):
            if not isinstance(found, str) or wanted.contains not in found:
                return False
        elif found is MISSING or not json_equal(found, wanted):
            return False
    return True


def _is_condition(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"contains"}


def short_name(operation: str) -> str:
    """Return the short name of an operation: every page that creates tasks has a `create...` of its own."""
    prefix = next((prefix for prefix in ("create", "upload") if operation.startswith(prefix)), operation)
    return _SHORT.get(operation, prefix)
