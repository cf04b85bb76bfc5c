"""Which clauses of the contract a change touches, by the strict contract's notes, and which rules check those."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from contracts.drift.changes import Change, Step
from contracts.invariants import RULES
from openapi.clauses import load_clauses
from openapi.pages import load_pages
from openapi.references import parse_reference


class Touched(msgspec.Struct, frozen=True):
    """A change, the clauses that it touches (`openapi/clauses.yaml`), and the rules on servers that check those."""

    change: Change
    clauses: tuple[str, ...]
    rules: tuple[str, ...]


def touch(change: Change) -> Touched:
    """Return a change with what it touches: the clauses of what changed, of its keyword if they are told apart.

    Of an operation as a whole they are all that its page says, or, of one that is observed, all that is noted in it.
    """
    clauses = tuple(dict.fromkeys(_find_clauses(change)))
    rules = tuple(rule.id for rule in RULES if set(rule.clauses) & set(clauses))
    return Touched(change, clauses, rules)


def _find_clauses(change: Change) -> Iterator[str]:
    method, _, path = change.operation.partition(" ")
    for page, document in load_pages("strict").items():
        operation = document["paths"].get(path, {}).get(method.lower())
        if operation is None or change.page not in (None, page):
            continue
        if change.steps:
            yield from _on_the_way(operation, change.steps, document)
        else:
            told = [clause.id for clause in load_clauses().values() if clause.source == page]
            yield from told or _below(operation, document)
        return  # of several pages of one path the first stands for the others, where it is not known which is meant


def _on_the_way(operation: Any, steps: Sequence[Step], document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the clauses of the last part of a way that names some; of a parameter itself those of its schema."""
    node, named = operation, None
    for place, step in enumerate(steps):
        node = _step(node, step, document)
        named = node if _has_keywords(node) else named
        if node is None and (place + 1 < len(steps) or "properties" in steps[-2:]):
            named = {"x-clause": (named or {}).get("x-clause")}  # new to the contract: what holds here at large
            break
    if named is None and isinstance(node, Mapping):
        named = node.get("schema")
    if isinstance(named, Mapping):
        yield from _named(named, str(steps[-1]))


def _has_keywords(node: Any) -> bool:
    return isinstance(node, Mapping) and bool(node.keys() & {"x-clause", "x-clauses"})


def _named(node: Mapping[str, Any], keyword: str) -> Iterator[str]:
    """Yield the clauses of a keyword of a schema; of all of them if that one is not told apart."""
    by_keyword = node.get("x-clauses", {})
    told = [by_keyword[keyword]] if keyword in by_keyword else [node.get("x-clause"), *by_keyword.values()]
    for each in told:
        yield from each.values() if isinstance(each, Mapping) else [each] if each is not None else []


def _step(node: Any, step: Step, document: Mapping[str, Any]) -> Any:
    """Return a part of a part, references followed; of parameters the one of that name."""
    if isinstance(node, list):
        return next((each for each in node if str(each.get("name", "")).lower() == str(step).lower()), None)
    part = node.get(step) if isinstance(node, Mapping) else None
    if isinstance(part, Mapping) and "$ref" in part:
        reference = parse_reference(part["$ref"])
        part = document["components"][reference.kind][reference.name]
    return part


def _below(node: Any, document: Mapping[str, Any]) -> Iterator[str]:
    """Yield all clauses of an operation."""
    waiting, seen = [node], set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(reversed(each))
        elif isinstance(each, Mapping) and id(each) not in seen:
            seen.add(id(each))
            yield from _named(each, "") if _has_keywords(each) else ()
            waiting.extend(_step(each, name, document) for name in reversed(list(each)))
