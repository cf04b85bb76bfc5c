"""What an answer has that today's pages do not have: the API may come to, and no client may break by that."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

import msgspec

from contracts.recording.exchange import Exchange
from contracts.recording.sights import Sight
from openapi.pages import load_pages

Kind: TypeAlias = Literal["member", "value", "number", "absent", "id", "header"]
"""A member that no page describes; a value that a list of values does not have; a number in another form; a member
that is null, or is missing although it is always there; an id of another form; a header that stands there twice."""

_PAGE: Final = "get-task-detail"
_SCHEMA: Final = "TaskDetailResponse"
"""The page and the schema of a task, however it is seen; a create's page has less."""

_ELSEWHERE: Final = frozenset({"progress", "results", "result_data", "error"})
"""Members of a task that have rules of their own."""

_OFTEN: Final = frozenset({"set-cookie", "via", "warning", "www-authenticate", "vary", "link", "cache-control"})
"""Headers that may stand in a head more than once."""

_LARGEST: Final = 2**53
"""The largest whole number that every reader of JSON reads exactly."""


class Novelty(msgspec.Struct, frozen=True):
    """One thing that is new, where it is, and what is there."""

    kind: Kind
    path: str
    value: Any = None

    def __str__(self) -> str:
        if self.kind == "absent":
            return f"no {self.path}"
        return f"{self.path}: {msgspec.json.encode(self.value).decode()[:60]}"


def find_novelties(sight: Sight) -> tuple[Novelty, ...]:
    """Find what is new in a task as it was shown; in a list, nothing."""
    return () if sight.way == "list" else _read(msgspec.json.encode(sight.body))


@lru_cache(maxsize=16_384)
def _read(body: bytes) -> tuple[Novelty, ...]:
    """Find what is new in a body; several rules ask for that."""
    return tuple(_walk(load_pages()[_PAGE]["components"]["schemas"][_SCHEMA], msgspec.json.decode(body), ""))


def find_repeated_headers(exchange: Exchange) -> tuple[Novelty, ...]:
    """Find the headers of an answer that stand there more than once."""
    return exchange.once(_read_headers)


def _read_headers(exchange: Exchange) -> tuple[Novelty, ...]:
    names = [name for name, _ in exchange.response_headers if name not in _OFTEN]
    repeated = dict.fromkeys(name for name in names if names.count(name) > 1)
    return tuple(Novelty("header", name, exchange.response_header(name)) for name in repeated)


def _walk(schema: Mapping[str, Any], value: Any, path: str) -> Iterator[Novelty]:
    if isinstance(value, dict) and "properties" in schema:
        yield from _walk_object(schema, value, path)
    else:
        yield from _look_at(schema, value, path)


def _walk_object(schema: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[Novelty]:
    known, prefix = schema["properties"], f"{path}." if path else ""
    for name, member in value.items():
        if name not in known:
            yield Novelty("member", f"{prefix}{name}", member)
        elif prefix + name not in _ELSEWHERE:
            yield from _walk(known[name], member, f"{prefix}{name}")
    for name in schema.get("required", ()):
        if name not in value and prefix + name not in _ELSEWHERE:
            yield Novelty("absent", f"{prefix}{name}")


def _look_at(schema: Mapping[str, Any], value: Any, path: str) -> Iterator[Novelty]:
    kinds = schema.get("type", "")
    if value is None:
        if "null" not in kinds:
            yield Novelty("absent", path)
    elif isinstance(value, str) and value not in schema.get("enum", (value,)):
        yield Novelty("value", path, value)
    elif kinds in ("integer", "number") and _is_wide(value, kinds):
        yield Novelty("number", path, value)
    elif path == "id" and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield Novelty("id", path, value)


def _is_wide(value: Any, kind: str) -> bool:
    """Tell whether a number is in a form that not every reader expects there."""
    if isinstance(value, str):
        return value.isascii() and value.isdigit()
    whole = isinstance(value, int) and not isinstance(value, bool)
    return abs(value) > _LARGEST if whole else isinstance(value, float) and kind == "integer"
