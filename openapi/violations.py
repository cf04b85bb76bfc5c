"""Compiled schemas, and what a value gets wrong in words a caller can use."""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import jsonschema_rs
import msgspec


class Violation(msgspec.Struct, frozen=True):
    """One rule that a value breaks.

    path: where, such as `duration`, `video_urls[3]`, `model_params.shot_type`; empty for the body itself.
    rule: the keyword of JSON Schema that is broken, such as `maximum`.
    value: what was found there, whole; None where a property is missing or no alternative fits.
    message: a predicate without a subject: "must be at most 10".
    clause: the id of the clause that is broken (openapi/clauses.yaml), where the contract names one.
    """

    path: str
    rule: str
    value: object
    message: str
    clause: str | None = None


class CompiledSchema:
    """A JSON Schema that reports every rule a value breaks. It is compiled when it is first used.

    With a name, such as `some-page/body`, each of its rules that the contract does not number is a clause by where it
    stands: `some-page/body/duration/maximum`.
    """

    def __init__(self, schema: Mapping[str, Any], *, name: str | None = None) -> None:
        self._schema = schema
        self._name = name

    @functools.cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(
            dict(self._schema),
            validate_formats=True,
            pattern_options=jsonschema_rs.RegexOptions(),  # linear time, whatever a caller sends
            offline=True,
        )

    def violations(self, value: object) -> tuple[Violation, ...]:
        """Return what `value`, as decoded from JSON, gets wrong, sorted by path and rule."""
        if self._validator.is_valid(value):
            return ()
        found = (_describe(error, self._schema, self._name) for error in self._validator.iter_errors(value))
        return tuple(sorted(found, key=lambda violation: (violation.path, violation.rule)))

    def check(self) -> None:
        """Compile it now.

        Raises:
            ValueError: It is no JSON Schema, or has a pattern that cannot be matched in linear time.
        """
        try:
            self._validator  # noqa: B018 - it is compiled by being looked at
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            raise ValueError(f"its schema is none: {str(error).splitlines()[0]}") from error


def clause_at(name: str, path: Iterable[str | int], rule: str) -> str:
    """Return the id of a clause that is made from a schema: its name, where it stands, and the keyword."""
    return "/".join((name, *("items" if isinstance(step, int) else step for step in path), rule))


def _describe(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any], name: str | None) -> Violation:
    rule = error.kind.name
    missing = str(error.kind.value) if rule == "required" else None
    clause, message = _look_up(schema, error.schema_path, rule, missing)
    if clause is None and name is not None:
        clause = clause_at(name, [*error.instance_path, *([] if missing is None else [missing])], rule)
    unclear = missing is not None or rule in {"anyOf", "oneOf"}
    return Violation(
        path=_locate(error),
        rule=rule,
        value=None if unclear else error.instance,
        message=message or _predicate(rule, error.kind.value, error.instance),
        clause=clause,
    )


def _look_up(
    schema: Mapping[str, Any], path: Iterable[str | int], rule: str, missing: str | None
) -> tuple[str | None, str | None]:
    """Return the clause and the message that the contract gives for a keyword, if it does.

    `x-clauses` beside the keyword decides, for a missing property also that property's own `x-clause`;
    else the nearest `x-clause` on the way down.
    """
    node: Any = schema
    clause = None
    for step in path:
        if isinstance(node, dict):
            clause = node.get("x-clause", clause)
        holder, node = node, node[step]
    named = holder.get("x-clauses", {}).get(rule, clause)
    if missing is not None:
        own = holder.get("properties", {}).get(missing, {}).get("x-clause", clause)
        named = named.get(missing, own) if isinstance(named, dict) else own
    return named, holder.get("x-messages", {}).get(rule)


def _locate(error: jsonschema_rs.ValidationError) -> str:
    """Return the path of what is wrong, or missing."""
    missing = [str(error.kind.value)] if error.kind.name == "required" else []
    steps = [*error.instance_path, *missing]
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _show(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _list_alternatives(branches: list[list[jsonschema_rs.ValidationError]]) -> str:
    return "; or ".join(" and ".join(map(_describe_briefly, branch)) for branch in branches)


def _describe_briefly(error: jsonschema_rs.ValidationError) -> str:
    return f"{_locate(error)} {_predicate(error.kind.name, error.kind.value, error.instance)}".strip()


_TYPES: Final = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_FORMATS: Final = {"date-time": "an ISO 8601 date and time", "uri": "a URI"}
_PREDICATES: Final[Mapping[str, Callable[[Any, Any], str]]] = {
    "additionalProperties": lambda names, _: f"must have no field {', '.join(map(_show, names))}",
    "anyOf": lambda branches, _: f"fits none of its alternatives: {_list_alternatives(branches)}",
    "const": lambda expected, _: f"must be {_show(expected)}",
    "enum": lambda options, _: f"must be {'one of ' * (len(options) > 1)}{', '.join(map(_show, options))}",
    "exclusiveMaximum": lambda limit, _: f"must be less than {limit}",
    "exclusiveMinimum": lambda limit, _: f"must be more than {limit}",
    "format": lambda name, _: f"must be {_FORMATS.get(name, f'a valid {name}')}",
    "maximum": lambda limit, _: f"must be at most {limit}",
    "maxItems": lambda limit, value: f"must have at most {_count(limit, 'item')} (has {len(value)})",
    "maxLength": lambda limit, value: f"must have at most {_count(limit, 'character')} (has {len(value)})",
    "minimum": lambda limit, _: f"must be at least {limit}",
    "minItems": lambda limit, value: f"must have at least {_count(limit, 'item')} (has {len(value)})",
    "minLength": lambda limit, value: f"must have at least {_count(limit, 'character')} (has {len(value)})",
    "multipleOf": lambda step, _: f"must be a multiple of {step}",
    "not": lambda _, __: "is not allowed",
    "pattern": lambda pattern, _: f"must match {pattern}",
    "required": lambda _, __: "is required",
    "type": lambda names, _: f"must be {' or '.join(_TYPES[name] for name in sorted(names))}",
    "uniqueItems": lambda _, __: "must have no item twice",
}


def predicate(rule: str, limit: object) -> str:
    """Say what a keyword of a schema asks of a value, whatever the value is."""
    names = [limit] if rule == "type" and isinstance(limit, str) else limit
    return _predicate(rule, names, "").partition(" (has ")[0]


def _predicate(rule: str, limit: object, value: object) -> str:
    write = _PREDICATES.get(rule)
    return write(limit, value) if write else f"breaks the rule {rule}"
