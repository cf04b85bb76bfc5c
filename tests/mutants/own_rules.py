"""Rules on top of those that any server is judged by: on reference videos, errors, and lists (R2 to R5).

They are about clauses that no invariant looks at, so that a server that breaks one of these is caught as well.
"""

from collections.abc import Iterator
from typing import Any, Final

from contracts.recording.exchange import Exchange
from contracts.recording.operations import LIST_TASKS, operation_of
from contracts.recording.server import ServerRecord
from contracts.recording.sights import read_rows
from contracts.verdict import Examination, Finding, Rule
from openapi.operations import Operation, load_operations

_OPERATIONS: Final = load_operations()
_ERROR: Final = 400
_REFUSED: Final = {400, 401, 402, 403, 409, 413, 415, 429}
"""How a request can be refused that breaks its page: for that, or for what is wrong besides."""

_SHORTEST, _LONGEST = 2.0, 30.0
"""How many seconds a reference video lasts (VIDEO-LENGTH)."""

_MORE_CODES: Final = {"video_probe_failed"}
"""What else a 400 can be about than the page's example (VIDEO-PROBE)."""


def check_videos(record: ServerRecord) -> Examination:
    """R2: yield for each request for a task of whose reference videos it is known how long they are."""
    for creation in record.creations:
        urls = creation.body.get("video_urls")
        asked = urls if isinstance(urls, list) else []
        lengths = [record.media[url] for url in asked if url in record.media]
        if not lengths or len(lengths) < len(asked):
            continue
        status, told = creation.exchange.status, ", ".join(f"{length:g} s" for length in lengths)
        fit = all(_SHORTEST <= length <= _LONGEST for length in lengths)
        fine = (status != _ERROR) if fit else (status in _REFUSED)
        expected = f"a task from videos of {told}" if fit else f"400, as videos last {told} (VIDEO-LENGTH)"
        yield None if fine else _found(creation.exchange, expected, f"{status}")


def check_errors(record: ServerRecord) -> Examination:
    """R3: yield for each error whose code and type the operation's page shows."""
    for exchange, operation in _answered(record):
        shown = operation.errors.get(exchange.status or 0)
        if shown is None or not isinstance(exchange.answered, dict):
            continue
        error: Any = exchange.answered.get("error")
        told = (error.get("code"), error.get("type")) if isinstance(error, dict) else (None, None)
        codes = {shown.code, *(_MORE_CODES if shown.status == _ERROR else ())}
        fine = told[0] in codes and told[1] == shown.type
        yield None if fine else _found(exchange, f"{shown.code} of type {shown.type}", f"{told[0]} of type {told[1]}")


def check_names(record: ServerRecord) -> Examination:
    """R4: yield for each answer of an operation."""
    for exchange, _ in _answered(record):
        named = exchange.response_header("x-request-id")
        yield None if named else _found(exchange, "x-request-id with the answer", f"{named!r}")


def check_lists(record: ServerRecord) -> Examination:
    """R5: yield for each list of tasks."""
    for exchange, operation in _answered(record):
        if operation_of(exchange) == LIST_TASKS and exchange.succeeded and isinstance(exchange.answered, dict):
            told = next(_list_faults(operation.query_values(exchange.query), exchange), None)
            yield None if told is None else _found(exchange, "the page that was asked for", told)


def _list_faults(wanted: dict[str, Any], exchange: Exchange) -> Iterator[str]:
    rows = read_rows(exchange)
    for name in ("page", "page_size"):
        if exchange.answered.get(name) != wanted[name]:
            yield f"{name} is {exchange.answered.get(name)!r}"
    if len(rows) > wanted["page_size"]:
        yield f"page_size is {wanted['page_size']}, and there are {len(rows)} rows"
    created = [row.get("created_at") for row in rows]
    if created != sorted(created, key=lambda at: -at if isinstance(at, int) else 0):
        yield "created_at rises from row to row"
    for row in rows:
        yield from _row_faults(wanted, row)


def _row_faults(wanted: dict[str, Any], row: dict[str, Any]) -> Iterator[str]:
    for name in ("status", "type", "model"):
        alike = ("processing", "pending") if wanted.get(name) == "processing" else (wanted.get(name),)
        if name in wanted and row.get(name) not in alike:
            yield f"{name} is {row.get(name)!r}"


def _answered(record: ServerRecord) -> Iterator[tuple[Exchange, Operation]]:
    for exchange in record.asked:
        operation = _OPERATIONS.at(exchange.method, exchange.path)
        if operation is not None and exchange.error is None and not exchange.path.startswith("/api/"):
            yield exchange, operation


def _found(exchange: Exchange, expected: str, seen: str) -> Finding:
    subject = f"{exchange.method} {exchange.path}"
    return Finding(subject=subject, exchanges=(exchange.number,), expected=expected, seen=seen)


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="R2", title="A task is made from reference videos of 2 to 30 s, and from nothing else.", check=check_videos
    ),
    Rule(id="R3", title="An error has the code and the type that its page shows.", check=check_errors),
    Rule(id="R4", title="Every answer names its exchange.", check=check_names),
    Rule(id="R5", title="A list has the page, the kinds and the order that were asked for.", check=check_lists),
)
"""The rules of this room."""
