"""Paths into a JSON document: names and list positions with dots between them, as in `usage.credits_reserved`."""

import re
from typing import Any, Final

MISSING: Final = object()
"""What is found where there is nothing."""

_POSITION: Final = re.compile(r"[0-9]{1,9}")


def find_value(document: object, path: str) -> object:
    """Return the value at a path, or MISSING."""
    for part in path.split("."):
        if isinstance(document, dict):
            document = document.get(part, MISSING)
        else:
            position = _position(document, part)
            document = MISSING if position is None else document[position]  # type: ignore[index] # then it is a list
    return document


def with_value(document: Any, path: str, value: object) -> Any:
    """Return the document with a value at a path; objects on the way come into being, elements of lists do not."""
    part, _, rest = path.partition(".")
    if isinstance(document, list):
        position = _position(document, part)
        if position is None:
            return document
        changed = with_value(document[position], rest, value) if rest else value
        return [*document[:position], changed, *document[position + 1 :]]
    members = document if isinstance(document, dict) else {}
    return {**members, part: with_value(members.get(part), rest, value) if rest else value}


def without_value(document: Any, path: str) -> Any:
    """Return the document without what is at a path."""
    part, _, rest = path.partition(".")
    if isinstance(document, list):
        position = _position(document, part)
        if position is None:
            return document
        changed = [without_value(document[position], rest)] if rest else []
        return [*document[:position], *changed, *document[position + 1 :]]
    if not isinstance(document, dict) or part not in document:
        return document
    if rest:
        return {**document, part: without_value(document[part], rest)}
    return {name: value for name, value in document.items() if name != part}


def json_equal(one: object, other: object) -> bool:
    """Compare two values as JSON has them: 1 is 1.0, but true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(json_equal(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(json_equal, one, other))
    return one == other


def _position(document: object, part: str) -> int | None:
    """Return which element of a list a part of a path names, if there is one."""
    if isinstance(document, list) and _POSITION.fullmatch(part) and int(part) < len(document):
        return int(part)
    return None
