"""What a client's requests broke, as a test is told: the clause, the request, what would be right, and the way out."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import msgspec

from contracts.report.history import Violation
from contracts.report.timeline import target
from mock_server.journal.entries import Entry
from mock_server.journal.near_misses import NearMiss
from openapi.clauses import load_clauses

CIRCUMSTANCES: Final = frozenset({"FILE-DELETE", "FILE-QUOTA", "FILE-RECEIPT", "FILE-UPLOAD-URL"})
"""Clauses for which a request is refused as things are: it may be right in itself, and broke nothing."""


def find_violations(entries: Sequence[Entry], *, allowed: Collection[str] = ()) -> tuple[Violation, ...]:
    """Return each clause that each request broke, but for those that are allowed."""
    return tuple(
        Violation(number=entry.number, clause=clause, message=_write(entry, clause))
        for entry in entries
        for clause in _broken(entry)
        if clause not in allowed and clause not in CIRCUMSTANCES
    )


def write_violations(violations: Sequence[Violation]) -> str:
    """Say what was broken, and what to do about it."""
    clauses = tuple(dict.fromkeys(violation.clause for violation in violations))
    count = "a clause" if len(clauses) == 1 else f"{len(clauses)} clauses"
    named = ", ".join(f'"{clause}"' for clause in clauses)
    return "\n\n".join(
        (
            f"The client broke {count} of the API's contract.",
            *(violation.message for violation in violations),
            (
                "Correct the client. A test that means to send this says so: "
                f"@pytest.mark.evolink(allow=[{named}]); strict=False judges nothing."
            ),
        )
    )


def _broken(entry: Entry) -> tuple[str, ...]:
    missed = (miss.clause for miss in entry.near_misses if miss.clause is not None)
    return tuple(dict.fromkeys((*entry.clauses, *missed)))


def _write(entry: Entry, clause: str) -> str:
    statement = load_clauses().get(clause)
    lines = [f"{clause}: {statement.says}" if statement else clause]
    lines.append(f"  request  {entry.method} {target(entry.url)}, answered with {entry.status or 'nothing'}")
    for miss in entry.near_misses:
        if miss.clause == clause:
            lines += _wrong(miss)
    told = _message(entry)
    return "\n".join([*lines, *([f"  the API  {told}"] if told else [])])


def _wrong(miss: NearMiss) -> Iterator[str]:
    found = "" if miss.found is None else f" = {_shown(miss.found)}"
    yield f"  wrong    {miss.field or 'the body'}{found}: {miss.message}"
    if miss.nearest:
        yield f"  right    {' or '.join(map(_shown, miss.nearest))}"


def _message(entry: Entry) -> str | None:
    """Return what the API said, in one line; None if it was nothing."""
    try:
        body = msgspec.json.decode(entry.answer.body or "")
        message = body["error"]["message"] if "error" in body else body["msg"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return None
    return " ".join(str(message).split())


def _shown(value: Any) -> str:
    return msgspec.json.encode(value).decode()
