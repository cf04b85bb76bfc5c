"""What was nearly right: for each thing that a refused request got wrong, what it must be, and the nearest right form.

Everything is read from the contract by general rules: no operation and no field is named here. A field that no page
describes is accepted, and told of here all the same if it is nearly one that is described.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import UNSET

from mock_server.core.wording import is_prompt
from mock_server.journal.contract import Contract, Schema, schema_at, unknown_fields, value_at
from mock_server.journal.nearest import likeness, nearest, nearest_name
from openapi.operations import Operation
from openapi.violations import Violation

_LONGEST: Final = 256
_ALIKE: Final = 0.6
_KEY: Final = re.compile(r"sk-[A-Za-z0-9_.\-]+")


class NearMiss(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that was wrong with a request.

    `field` is the path of a field of the body, the name of a parameter or a header, "path" or "method"; "" is the body
    itself. `clause` is the clause that was broken, if it has a number. `found` is what was there, never a prompt; null
    if nothing was, or if it is too long to be shown. `nearest` are the right forms nearest to it.
    """

    field: str
    clause: str | None = None
    found: Any = None
    message: str
    nearest: tuple[Any, ...] = ()


class ErrorTold(msgspec.Struct, frozen=True):
    """What the answer to a refused request said."""

    message: str
    param: str = ""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came, and what was said to it.

    Names of headers are in lower case; `shown_headers` are without secrets. The body is decoded, and unset if it could
    not be. `operation` is None if the request reached none; `allowed` are the methods that the answer names.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    shown_headers: Mapping[str, str]
    body: Any
    operation: Operation | None
    status: int
    clauses: tuple[str, ...]
    error: ErrorTold | None
    allowed: tuple[str, ...]


Rule: TypeAlias = Callable[[Refusal, Contract], Iterator[NearMiss]]
"""What tells of one kind of refusal."""


def near_misses(refusal: Refusal, contract: Contract) -> tuple[NearMiss, ...]:
    """Return what a request got wrong; of one that was accepted, the names that were nearly right."""
    rule = _RULES.get(refusal.status)
    found = () if rule is None else tuple(rule(refusal, contract))
    told = {miss.field for miss in found if miss.nearest == (miss.field,)}
    return (*found, *(miss for miss in _misnamed(refusal) if told.isdisjoint(miss.nearest)))


def _unauthorized(refusal: Refusal, _contract: Contract) -> Iterator[NearMiss]:
    """Tell what is wrong with the key's form; of a key that is closed or unknown there is nothing to tell."""
    given = refusal.headers.get("authorization")
    scheme, _, key = (given or "").partition(" ")
    if scheme.lower() == "bearer" and _KEY.fullmatch(key.strip()):
        return
    key_somewhere = _KEY.search(given or "")
    yield NearMiss(
        field="Authorization",
        clause="AUTH-BEARER",
        found=refusal.shown_headers.get("authorization"),
        message="is required" if given is None else "must be Bearer, a space, and a key that starts with sk-",
        nearest=(f"Bearer {key_somewhere[0]}",) if key_somewhere else (),
    )


def _invalid(refusal: Refusal, _contract: Contract) -> Iterator[NearMiss]:
    """Tell of each broken clause that the answer told of; where the contract's schemas find none, what it said."""
    told = False
    for violation, schema in _violations(refusal):
        if violation.clause is None or violation.clause in refusal.clauses:
            told = True
            yield _miss(violation, schema, refusal)
    if not told and refusal.error is not None:
        field = refusal.error.param
        yield NearMiss(
            field=field,
            clause=next(iter(refusal.clauses), None),
            found=_found(field, value_at(refusal.body, field)),
            message=refusal.error.message,
        )


def _not_found(refusal: Refusal, contract: Contract) -> Iterator[NearMiss]:
    """Tell which path is nearest, or which of the values that the contract lists."""
    if refusal.operation is None and refusal.error is not None:
        yield _lost(refusal, contract)
    for name, value in _path_values(refusal).items():
        options = contract.options(name)
        if options and value not in options:
            yield NearMiss(
                field=name,
                clause=next(iter(refusal.clauses), None),
                found=value,
                message=f"must be {'one of ' * (len(options) > 1)}{', '.join(map(str, options))}",
                nearest=nearest(value, {"enum": list(options)}),
            )


def _wrong_method(refusal: Refusal, _contract: Contract) -> Iterator[NearMiss]:
    if refusal.allowed:
        yield NearMiss(
            field="method",
            found=refusal.method,
            message=f"must be {' or '.join(refusal.allowed)}",
            nearest=tuple(method for method in refusal.allowed if method != "HEAD"),
        )


def _wrong_type(refusal: Refusal, _contract: Contract) -> Iterator[NearMiss]:
    yield NearMiss(
        field="Content-Type",
        clause=next(iter(refusal.clauses), None),
        found=refusal.shown_headers.get("content-type"),
        message="must be application/json",
        nearest=("application/json",),
    )


_RULES: Final[Mapping[int, Rule]] = {
    400: _invalid,
    401: _unauthorized,
    404: _not_found,
    405: _wrong_method,
    415: _wrong_type,
}


def _violations(refusal: Refusal) -> Iterator[tuple[Violation, Schema | None]]:
    """Find what the request breaks, each with the schema of what is there."""
    operation = refusal.operation
    if operation is None:
        return
    for violation in _body_violations(operation, refusal.body):
        yield violation, schema_at(operation.body_schema, violation.path)
    schemas = {parameter.name: parameter.schema for parameter in operation.parameters}
    for violation in (
        *operation.query_violations(refusal.query),
        *operation.path_violations(_path_values(refusal)),
        *(msgspec.structs.replace(hidden, value=None) for hidden in operation.header_violations(refusal.headers)),
    ):
        yield violation, schemas[violation.path]


def _body_violations(operation: Operation, body: object) -> tuple[Violation, ...]:
    return () if body is UNSET else operation.request_violations(body)


def _miss(violation: Violation, schema: Schema | None, refusal: Refusal) -> NearMiss:
    if violation.rule == "required":
        found: object = _misspelt(violation.path, refusal)
        right: tuple[object, ...] = () if found is None else (violation.path,)
    else:
        found = _found(violation.path, violation.value)
        right = () if schema is None else _right(violation, schema)
    return NearMiss(
        field=violation.path, clause=violation.clause, found=found, message=violation.message, nearest=right
    )


def _right(violation: Violation, schema: Schema) -> tuple[object, ...]:
    """Return the right forms nearest to a value that may be told; of what an object holds, nothing is."""
    parts = violation.value if isinstance(violation.value, list) else [violation.value]
    if is_prompt(violation.path) or any(part is None or _found("", part) is None for part in parts):
        return ()
    return nearest(violation.value, schema)


def _misspelt(path: str, refusal: Refusal) -> str | None:
    """Return the field that nobody described and that may be meant to be the one at a path."""
    schema = _schema(refusal)
    unknown = unknown_fields(refusal.body, schema)
    return next((name for name in unknown if path in _meant(name, schema)), None)


def _misnamed(refusal: Refusal) -> Iterator[NearMiss]:
    """Tell of the fields that no page describes and that are nearly ones that a page does."""
    schema = _schema(refusal)
    for name in unknown_fields(refusal.body, schema):
        meant = _meant(name, schema)
        if meant:
            yield NearMiss(field=name, found=name, message="is described by no page, and was ignored", nearest=meant)


def _meant(path: str, schema: Schema) -> tuple[str, ...]:
    """Return the described field that an undescribed one may be meant to be: beside it, or of its name elsewhere."""
    within, _, name = path.rpartition(".")
    beside = nearest_name(name, (schema_at(schema, within) or {}).get("properties", {}))
    if beside is not None:
        return (f"{within}.{beside}".removeprefix("."),)
    return tuple(other for other in _described(schema) if other.rpartition(".")[2] == name)


def _described(schema: Schema, *, within: str = "") -> Iterator[str]:
    for name, inner in schema.get("properties", {}).items():
        path = f"{within}.{name}".removeprefix(".")
        yield path
        yield from _described(inner, within=path)


def _lost(refusal: Refusal, contract: Contract) -> NearMiss:
    line = f"{refusal.method} {refusal.path}"
    if contract.operations.at(refusal.method, refusal.path) is not None:
        return NearMiss(field="path", found=line, message="is documented, but not served here")
    rating, best = max(
        ((_rating(operation, refusal), operation) for operation in contract.operations.values()),
        key=lambda rated: rated[0],
    )
    right = (f"{best.method} {best.path}",) if rating >= _ALIKE else ()
    return NearMiss(field="path", found=line, message="is no path of the API", nearest=right)


def _rating(operation: Operation, refusal: Refusal) -> float:
    """Rate how well an operation fits: how alike the paths are; whether a part of the path is what it takes there."""
    *start, last = refusal.path.rstrip("/").split("/")
    fits = any(
        "pattern" in parameter.schema and not operation.path_violations({parameter.name: last})
        for parameter in operation.parameters
        if parameter.location == "path"
    )
    path = "/".join((*start, "{}" if fits else last))
    documented = re.sub(r"\{.*?\}", "{}", operation.path)
    return likeness(path, documented) + 0.1 * (operation.method == refusal.method) + fits


def _path_values(refusal: Refusal) -> dict[str, str]:
    if refusal.operation is None:
        return {}
    parts = zip(refusal.operation.path.split("/"), refusal.path.split("/"), strict=False)
    return {documented[1:-1]: part for documented, part in parts if documented.startswith("{")}


def _schema(refusal: Refusal) -> Schema:
    return {} if refusal.operation is None else refusal.operation.body_schema


def _found(field: str, value: object) -> object:
    """Return a value as it may be told: whole if it is short and no prompt; lists and objects are not shown."""
    if is_prompt(field) or isinstance(value, list | dict) or value is UNSET:
        return None
    return None if isinstance(value, str) and len(value) > _LONGEST else value
