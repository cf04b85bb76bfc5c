"""What the contract says of requests, as the journal needs it: which fields there are, and which words are its own."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Final, TypeAlias

from mock_server.journal.masking import Vocabulary
from openapi.operations import Operation, Operations, load_operations

Schema: TypeAlias = Mapping[str, Any]
"""A JSON Schema."""

NOTHING: Final[Schema] = {}
"""The schema of the body of an operation that takes none."""

_STEP: Final = re.compile(r"\[(\d+)\]|([^.\[]+)")


class Contract:
    """The operations, and what can be said of all of them together."""

    def __init__(self, operations: Operations) -> None:
        self.operations = operations

    def operation(self, name: str | None) -> Operation | None:
        """Return the operation of an id; None of an exchange that reached none, or that no page describes."""
        return None if name is None else self.operations.get(name)

    def options(self, name: str) -> tuple[object, ...]:
        """Return the values that any operation lists for a field of this name."""
        schemas = (operation.body_schema.get("properties", {}).get(name, {}) for operation in self.operations.values())
        return tuple(dict.fromkeys(option for schema in schemas for option in schema.get("enum", ())))

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths that are documented as they stand, without a part that the client fills in."""
        return frozenset(operation.path for operation in self.operations.values() if "{" not in operation.path)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The contract's own words: ids and paths of operations, names of fields, and the values that it lists."""
        words = {"application/json"}
        for operation in self.operations.values():
            words |= {operation.id, operation.path, *_words(operation.body_schema)}
            for parameter in operation.parameters:
                words |= {parameter.name, *_words(parameter.schema)}
        return Vocabulary(words)


@cache
def load_contract() -> Contract:
    """Return the contract that is served."""
    return Contract(load_operations())


def child(schema: Schema | None, step: str | int) -> Schema | None:
    """Return the schema of a field, by its name, or of an item of a list; None where no page describes it."""
    if schema is None:
        return None
    found: Schema | None = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
    return found


def steps(path: str) -> Iterator[str | int]:
    """Return the names and numbers of a path such as video_urls[0] or model_params.shot_type."""
    return (match[2] if match[1] is None else int(match[1]) for match in _STEP.finditer(path))


def schema_at(schema: Schema | None, path: str) -> Schema | None:
    """Return the schema of what is at a path."""
    for step in steps(path):
        schema = child(schema, step)
    return schema


def value_at(value: object, path: str) -> object:
    """Return what is at a path of a decoded document; None if there is nothing."""
    for step in steps(path):
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def unknown_fields(value: object, schema: Schema | None, *, within: str = "") -> tuple[str, ...]:
    """Return the paths of the fields that no page describes (they are accepted); below one, nothing is looked at."""
    if schema is None:
        return ()
    if isinstance(value, list):
        items = child(schema, 0)
        return tuple(
            path
            for number, item in enumerate(value)
            for path in unknown_fields(item, items, within=f"{within}[{number}]")
        )
    if not isinstance(value, dict) or "properties" not in schema:
        return ()
    found: list[str] = []
    for name, inner in value.items():
        path, described = f"{within}.{name}".removeprefix("."), child(schema, name)
        found += [path] if described is None else unknown_fields(inner, described, within=path)
    return tuple(found)


def _words(schema: Schema) -> Iterator[str]:
    yield from (option for option in schema.get("enum", ()) if isinstance(option, str))
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from _words(inner)
    if "items" in schema:
        yield from _words(schema["items"])
