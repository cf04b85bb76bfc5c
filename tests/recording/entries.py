"""Entries of a journal."""

import json
from collections.abc import Mapping
from typing import Any, Final

from tests.invariants.stories import ORIGIN, shown, wanted
from tests.serving import CREATE

HEADERS: Final = {"authorization": "Bearer sk-very-secret", "content-type": "application/json"}


def entry(number: int = 1, *, at: float = 100.0, wall: float = 1_000.0, **facts: Any) -> dict[str, Any]:
    """Return an entry of a journal: a create that went well."""
    usual = {
        "number": number,
        "at": at,
        "wall": wall,
        "milliseconds": 2.0,
        "method": "POST",
        "url": ORIGIN + CREATE,
        "connection": "c1",
        "status": 200,
        "request": message(wanted(), HEADERS),
        "answer": message(shown()),
        "faults": [],
        "unknown_fields": [],
    }
    return {**usual, **facts}


def message(body: Any = None, headers: Mapping[str, str] = {}, **facts: Any) -> dict[str, Any]:
    """Return a request or an answer of a journal."""
    text = None if body is None else json.dumps(body)
    return {"headers": list(headers.items()), "body": text, "size": len(text or ""), "hidden": None, **facts}
