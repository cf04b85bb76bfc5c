"""Every time that a task was seen: in the answer that created it, to a query, in a list, in a batch, in a callback."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import unquote

import msgspec

from contracts.recording.exchange import Exchange
from contracts.recording.lifecycle import TERMINAL, TRANSITIONS
from contracts.recording.operations import BATCH_TASKS, CREATE_TASK, LIST_TASKS, TASKS, operation_of

Way: TypeAlias = Literal["create", "query", "list", "batch", "callback"]
"""How a task was seen."""

NO_IDS: Final = frozenset(
    {"", "none", "null", "undefined", "nan", "false", "true", "{}", "{id}", "{task_id}", "[object object]"}
)
"""What stands in a URL where an id should, when there was none, in small letters."""

_WAYS: Final[Mapping[str, Way]] = {LIST_TASKS: "list", BATCH_TASKS: "batch"}
_SETTLED: Final = {"charged", "released"}
_STATES: Final = {status: frozenset({status}) for status in TRANSITIONS}
_LISTED: Final = {**_STATES, "processing": frozenset({"pending", "processing"})}


class Sight(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One time that a task was seen.

    Lists show very many, and what they are made of never leads back to them: the garbage collector has no part in it.

    Args:
        task: The id: of a query the one that was asked for, else the one that was shown.
        way: How it was seen.
        exchange: Where it was.
        body: The task as it was shown; in a list, its row.
        replayed: Whether it was shown as it may have been earlier: again to a create with the same idempotency key.
    """

    task: str
    way: Way
    exchange: Exchange
    body: Mapping[str, Any]
    replayed: bool = False

    @property
    def number(self) -> int:
        """The number of its exchange."""
        return self.exchange.number

    @property
    def status(self) -> str | None:
        """The status as it was shown; None if that is no text."""
        return text_in(self.body, "status")

    @property
    def states(self) -> frozenset[str]:
        """What the task may have been: nothing for an unknown status; a list calls pending tasks processing as well."""
        return (_LISTED if self.way == "list" else _STATES).get(self.status or "", frozenset())

    @property
    def ended(self) -> bool:
        """Whether the task was shown as one that has ended."""
        shown = self.body.get("status")
        return isinstance(shown, str) and shown in TERMINAL

    @property
    def true_from(self) -> float:
        """Since when at the latest the status that it shows held, or had held."""
        return self.exchange.started_at if self.way == "callback" else self.exchange.ended_at

    @property
    def created(self) -> Any:
        """When the task was created, as it was shown."""
        return self.body.get("created_at" if self.way == "list" else "created")

    @property
    def progress(self) -> int | None:
        """The progress; None if it is no whole number."""
        found = self.body.get("progress")
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    @property
    def links(self) -> tuple[Any, ...]:
        """The links of its results."""
        found = self.body.get("results")
        return tuple(found) if isinstance(found, list) else ()

    @property
    def settled(self) -> bool:
        """Whether its money has been booked as far as this shows; a callback is sent after that (CB-AFTER-BILL)."""
        if not self.ended:
            return False
        billing = part(self.body, "billing")
        if "charge_status" in billing:
            return text_in(billing, "charge_status") in _SETTLED
        return self.way == "callback" or self.used is not None

    @property
    def reserved(self) -> float | None:
        """The credits that were set aside, if it says so."""
        found = number_in(part(self.body, "usage"), "credits_reserved")
        return number_in(part(self.body, "billing"), "reserved_credits") if found is None else found

    @property
    def used(self) -> float | None:
        """The credits that the task cost, if it says so."""
        if self.way == "list":
            return number_in(self.body, "credits_used")
        found = number_in(part(self.body, "billing"), "charged_credits")
        return number_in(part(self.body, "usage"), "credits_used") if found is None else found


def part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object within a body; an empty one if there is none."""
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def text_in(body: Mapping[str, Any], name: str) -> str | None:
    """Return a text within a body; None if there is none."""
    found = body.get(name)
    return found if isinstance(found, str) else None


def number_in(body: Mapping[str, Any], name: str) -> float | None:
    """Return a number within a body; None if there is none."""
    found = body.get(name)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def asked_task(exchange: Exchange) -> str | None:
    """Return the id that a query asks for; None if the exchange is no query of a task."""
    found = exchange.path.removeprefix(TASKS)
    plain = exchange.method == "GET" and found != exchange.path and found and "/" not in found
    return unquote(found) if plain and found != "batch" else None


def read_rows(exchange: Exchange) -> list[dict[str, Any]]:
    """Return the tasks of a list's or batch's answer, as they stand there."""
    body = exchange.answered
    rows = body.get("data") if isinstance(body, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def read_sights(exchange: Exchange) -> Iterator[Sight]:
    """Find the tasks that an exchange with the API shows."""
    body = exchange.answered
    if not exchange.succeeded or not isinstance(body, dict):
        return
    asked, operation = asked_task(exchange), operation_of(exchange)
    if asked is not None:
        yield Sight(task=asked, way="query", exchange=exchange, body=body)
    elif operation == CREATE_TASK and isinstance(body.get("id"), str):
        replayed = exchange.response_header("idempotency-replayed") == "true"
        yield Sight(task=body["id"], way="create", exchange=exchange, body=body, replayed=replayed)
    elif operation in _WAYS:
        for row in read_rows(exchange):
            if isinstance(row.get("id"), str):
                yield Sight(task=row["id"], way=_WAYS[operation], exchange=exchange, body=row)


def read_callback(exchange: Exchange) -> Iterator[Sight]:
    """Find the task that a callback shows."""
    body = exchange.sent
    if isinstance(body, dict) and isinstance(body.get("id"), str):
        yield Sight(task=body["id"], way="callback", exchange=exchange, body=body)
