"""Reading schemas as people mean them: a reference stands for what it leads to, and parts that all hold are one."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from openapi.references import parse_reference

Schema: TypeAlias = Mapping[str, Any]
"""A JSON Schema, or a part of one."""

Components: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The components of a document, by kind and name."""

_DEEPEST: Final = 64
_DEEPEST_FIELD: Final = 4
_SAID: Final = frozenset({"description", "title", "example", "examples", "default", "deprecated", "readOnly"})
"""The keywords that check nothing, so that two parts may say them differently."""


def follow(schema: Schema, components: Components) -> dict[str, Any]:
    """Return a schema without the reference that it begins with; what stands beside a reference holds as well.

    Raises:
        ValueError: The reference leads nowhere, or back to itself.
    """
    found = dict(schema)
    for _ in range(_DEEPEST):
        text = found.pop("$ref", None)
        if text is None:
            return found
        reference = parse_reference(text)
        try:
            found = {**components[reference.kind][reference.name], **found}
        except (KeyError, TypeError):
            raise ValueError(f"$ref {text} leads nowhere") from None
    raise ValueError(f"$ref {schema['$ref']} leads back to itself")


def flatten(schema: Schema, components: Components, *, depth: int = 0) -> dict[str, Any]:
    """Return a schema as one object schema: references at its top are followed, and `allOf` is put together.

    Raises:
        ValueError: A reference leads nowhere, or the schema has itself as a part.
    """
    if depth > _DEEPEST:
        raise ValueError("a schema has itself as a part")
    whole = follow(schema, components)
    parts = whole.pop("allOf", [])
    for part in parts:
        whole = join(whole, flatten(part, components, depth=depth + 1))
    return whole


def join(first: Schema, second: Schema) -> dict[str, Any]:
    """Return one schema that says what two say; where they contradict each other, both hold (`allOf`)."""
    joined, left = dict(first), dict[str, Any]()
    for name, value in second.items():
        if name == "properties":
            joined[name] = _join_properties(first.get(name, {}), value)
        elif name == "required":
            joined[name] = [*dict.fromkeys((*first.get(name, ()), *value))]
        elif name not in joined or joined[name] == value or name in _SAID:
            joined[name] = value
        else:
            left[name] = value
    return {**joined, "allOf": [*joined.get("allOf", ()), left]} if left else joined


def _join_properties(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    common = {name: _join_property(first[name], value) for name, value in second.items() if name in first}
    return {**first, **second, **common}


def _join_property(first: Any, second: Any) -> Any:
    if isinstance(first, dict) and isinstance(second, dict) and not {"$ref"} & {*first, *second}:
        return join(first, second)
    return second if first == second else {"allOf": [first, second]}


def named_values(schema: Schema, components: Components) -> tuple[str, ...]:
    """Return the texts that a field is limited to: by const, enum or alternatives; none if it is not limited."""
    whole = flatten(schema, components)
    if isinstance(whole.get("const"), str):
        return (whole["const"],)
    if "enum" in whole:
        return tuple(value for value in whole["enum"] if isinstance(value, str))
    for keyword in ("oneOf", "anyOf"):
        found = [named_values(branch, components) for branch in whole.get(keyword, ())]
        if found and all(found):
            return tuple(dict.fromkeys(value for values in found for value in values))
    return ()


def walk_fields(schema: Schema, components: Components, *, within: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each field that a schema describes with its own schema, by a path such as model_params/shot_type.

    The value itself comes first, with an empty path; what an array holds is called items.
    """
    whole = flatten(schema, components)
    yield within, whole
    inner = dict(whole.get("properties", {}))
    if isinstance(whole.get("items"), dict):
        inner["items"] = whole["items"]
    for name, part in inner.items():
        if isinstance(part, dict) and within.count("/") < _DEEPEST_FIELD:
            yield from walk_fields(part, components, within=f"{within}/{name}".removeprefix("/"))
