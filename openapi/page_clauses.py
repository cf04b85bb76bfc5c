"""The clauses that a page's schema is made of, by where they stand, and bodies each of which breaks one of them."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

from openapi.clauses import Clause
from openapi.operations import Operation, Operations
from openapi.schemas import walk_fields
from openapi.violations import clause_at, predicate

_MISSING: Final = object()
_TOO_LONG: Final = 100_000
"""From how many characters or items on no body is made that has more."""

_STRANGE: Final[Mapping[str, Any]] = {
    "array": "no list",
    "boolean": "neither",
    "integer": "no number",
    "number": "no number",
    "object": ["no object"],
    "string": ["no text"],
}
_CHECKED: Final = (
    *("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems"),
)


def list_clauses(operation: Operation) -> dict[str, Clause]:
    """Return each clause on the body of an operation that creates tasks, by its id, as the page's schema has it."""
    name, found = f"{operation.page}/body", dict[str, Clause]()
    for path, schema in walk_fields(operation.body_schema, operation.components):
        steps = [step for step in path.split("/") if step]
        keywords: list[tuple[list[str], str, Any]] = [
            (steps, keyword, schema[keyword]) for keyword in _CHECKED if keyword in schema
        ]
        keywords += [([*steps, field], "required", None) for field in schema.get("required", ())]
        for place, keyword, limit in keywords:
            id_ = clause_at(name, place, keyword)
            says = f"{'.'.join(place) or 'the body'} {predicate(keyword, limit)}"
            found[id_] = Clause(id=id_, group=operation.page, says=says, source=operation.page)
    return found


def find_clause(operations: Operations, name: str) -> Clause | None:
    """Return a clause that is made from the schema of one of the operations; None if there is none of this id."""
    page = name.partition("/")[0]
    return next((list_clauses(each).get(name) for each in operations.creations if each.page == page), None)


def break_clauses(operation: Operation, body: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield bodies each of which breaks a clause of a page, with the clause's id, as violations name it.

    Args:
        operation: The operation that creates tasks.
        body: A body that the page takes; each one that is yielded differs from it in one field.
    """
    told: set[str] = set()
    for path, schema in walk_fields(operation.body_schema, operation.components):
        steps = [step for step in path.split("/") if step]
        if "items" in steps or not steps:
            continue
        for value in (_MISSING, *_strange_values(schema)):
            broken = _changed(body, steps, value)
            for wrong in operation.request_violations(broken) if broken is not None else ():
                if wrong.clause is not None and wrong.clause not in told:
                    told.add(wrong.clause)
                    yield wrong.clause, dict(broken or {})


def _strange_values(schema: Mapping[str, Any]) -> Iterator[Any]:
    """Yield values that break the rules of a field."""
    kinds = schema.get("type", ())
    for kind in (kinds,) if isinstance(kinds, str) else kinds:
        yield _STRANGE.get(kind)
    if "enum" in schema or "const" in schema:
        yield "none of these"
    for bound, step in (("minimum", -1), ("maximum", 1)):
        if isinstance(schema.get(bound), int | float):
            yield schema[bound] + step
    if schema.get("maxLength", _TOO_LONG) < _TOO_LONG:
        yield "a" * (schema["maxLength"] + 1)
    if "pattern" in schema or "format" in schema:
        yield "nowhere"
    item = schema.get("items", {}).get("example", "https://example.com/a")
    if schema.get("maxItems", _TOO_LONG) < _TOO_LONG:
        yield [item] * (schema["maxItems"] + 1)
    yield []
    yield ""


def _changed(body: Mapping[str, Any], steps: list[str], value: Any) -> dict[str, Any] | None:
    """Return a copy of a body with another value at a place; None if that is within something that it does not have."""
    changed: dict[str, Any] = copy.deepcopy(dict(body))
    holder = changed
    for step in steps[:-1]:
        holder = holder.setdefault(step, {})
        if not isinstance(holder, dict):
            return None
    if value is _MISSING:
        holder.pop(steps[-1], None)
    else:
        holder[steps[-1]] = value
    return changed
