"""What changed in a schema: in its own keywords, and in those of its properties and items."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracts.drift.changes import Change
from contracts.drift.sides import Documents, Pair, Place

_LIMITS: Final[Mapping[str, str]] = {
    "maximum": "max",
    "minimum": "min",
    "exclusiveMaximum": "exclusive-max",
    "exclusiveMinimum": "exclusive-min",
    "maxLength": "max-length",
    "minLength": "min-length",
    "maxItems": "max-items",
    "minItems": "min-items",
}
_ALTERNATIVES: Final[Mapping[str, str]] = {"anyOf": "any-of", "oneOf": "one-of", "allOf": "all-of"}
_NESTED: Final = frozenset(
    {"properties", "required", "items", "type", "nullable", "enum", "const", "pattern", "default"}
)
_PROSE: Final = frozenset({"description", "title", "example", "examples", "deprecated", "externalDocs", "readOnly"})
_TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


class SchemaWalk:
    """Compares schemas of two documents, each pair once on the way down, so that what contains itself has an end."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._open: list[tuple[int, int]] = []

    def compare(self, pair: Pair, place: Place) -> Iterator[Change]:
        """Yield what changed from one schema to the other."""
        pair = self._documents.resolve(pair)
        pair = Pair(_as_object(pair.old), _as_object(pair.new))
        mark = id(pair.old), id(pair.new)
        if mark in self._open:
            return
        self._open.append(mark)
        yield from _compare_types(pair, place)
        yield from _compare_values(pair, place)
        yield from _compare_limits(pair, place)
        yield from _compare_pattern(pair, place)
        yield from _compare_default(pair, place)
        yield from self._compare_alternatives(pair, place)
        yield from _compare_others(pair, place)
        yield from self._compare_properties(pair, place)
        yield from self._compare_items(pair, place)
        self._open.pop()

    def _compare_properties(self, pair: Pair, place: Place) -> Iterator[Change]:
        properties = pair.part("properties")
        required = Pair(_listed(pair.old, "required"), _listed(pair.new, "required"))
        for name in self._documents.names(properties):
            inner = self._documents.part(properties, name)
            below = place.down("properties", name, name=name, kind="property" if place.kind == "body" else place.kind)
            if inner.old is None or inner.new is None:
                yield _moved(inner, required, name, below)
                continue
            if (name in required.old) != (name in required.new):
                now = "required" if name in required.new else "optional"
                yield below.change(f"-became-{now}", name in required.old, name in required.new)
            yield from self.compare(inner, below)

    def _compare_items(self, pair: Pair, place: Place) -> Iterator[Change]:
        items = self._documents.part(pair, "items")
        if items.old is not None and items.new is not None:
            kind = "property" if place.kind == "body" else place.kind
            yield from self.compare(items, place.down("items", name="items", kind=kind))
        elif items.differs:
            yield place.change("-items-changed", pair.old.get("items"), pair.new.get("items"))

    def _compare_alternatives(self, pair: Pair, place: Place) -> Iterator[Change]:
        for keyword, name in _ALTERNATIVES.items():
            old = [self._documents.resolve(Pair(each, None)).old for each in _listed(pair.old, keyword)]
            new = [self._documents.resolve(Pair(None, each)).new for each in _listed(pair.new, keyword)]
            for gone in (each for each in old if each not in new):
                yield place.change(f"-{name}-removed", gone, None, steps=(keyword,))
            for come in (each for each in new if each not in old):
                yield place.change(f"-{name}-added", None, come, steps=(keyword,))


def _moved(inner: Pair, required: Pair, name: str, place: Place) -> Change:
    """Return the change that a property came or went."""
    came = inner.old is None
    must = name in (required.new if came else required.old)
    word = "required" if must else "optional"
    if place.side == "response":
        return place.change(f"response-{word}-property-{'added' if came else 'removed'}", inner.old, inner.new)
    if not came:
        return place.change("request-property-removed", inner.old, None)
    default = "-with-default" if must and isinstance(inner.new, Mapping) and "default" in inner.new else ""
    return place.change(f"new-{word}-request-property{default}", None, inner.new)


def _compare_types(pair: Pair, place: Place) -> Iterator[Change]:
    old, new = _types(pair.old), _types(pair.new)
    told = Pair(pair.old.get("type"), pair.new.get("type"))
    if old - {"null"} != new - {"null"}:
        wider, narrower = old - {"null"} < new, new - {"null"} < old
        way = "generalized" if wider else "specialized" if narrower else "changed"
        yield place.change(f"-type-{way}", told.old, told.new, steps=("type",))
    elif old != new:
        way = "nullable" if "null" in new else "not-nullable"
        yield place.change(f"-became-{way}", told.old, told.new, steps=("type",))


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the types of values that a schema allows; a whole number is a number."""
    told = schema.get("type")
    named = {told} if isinstance(told, str) else set(told) if isinstance(told, list) else set(_TYPES)
    if "number" in named:
        named.add("integer")
    if schema.get("nullable") is True:
        named.add("null")
    return frozenset(named)


def _compare_values(pair: Pair, place: Place) -> Iterator[Change]:
    old, new = _values(pair.old), _values(pair.new)
    if old is None or new is None:
        if old is not None or new is not None:
            yield place.change("-became-enum" if old is None else "-became-no-enum", old, new, steps=("enum",))
        return
    for gone in (value for value in old if value not in new):
        yield place.change("-enum-value-removed", gone, None, steps=("enum",))
    for come in (value for value in new if value not in old):
        yield place.change("-enum-value-added", None, come, steps=("enum",))


def _values(schema: Mapping[str, Any]) -> list[Any] | None:
    """Return the values that a schema names; None if it names none."""
    if "const" in schema:
        return [schema["const"]]
    told = schema.get("enum")
    return told if isinstance(told, list) else None


def _compare_limits(pair: Pair, place: Place) -> Iterator[Change]:
    for keyword, name in _LIMITS.items():
        old, new = pair.old.get(keyword), pair.new.get(keyword)
        if old == new:
            continue
        if old is None or new is None:
            way = "set" if old is None else "unset"
        else:
            way = "increased" if new > old else "decreased"
        yield place.change(f"-{name}-{way}", old, new, steps=(keyword,))


def _compare_pattern(pair: Pair, place: Place) -> Iterator[Change]:
    yield from _compare_word(pair, place, "pattern", "pattern")


def _compare_default(pair: Pair, place: Place) -> Iterator[Change]:
    """Yield if a value changed that servers take for one that is left out."""
    if place.side == "request":
        yield from _compare_word(pair, place, "default", "default-value")


def _compare_word(pair: Pair, place: Place, keyword: str, name: str) -> Iterator[Change]:
    old, new = pair.old.get(keyword), pair.new.get(keyword)
    if old != new:
        way = "added" if keyword not in pair.old else "removed" if keyword not in pair.new else "changed"
        yield place.change(f"-{name}-{way}", old, new, steps=(keyword,))


def _compare_others(pair: Pair, place: Place) -> Iterator[Change]:
    """Yield for each other keyword that changed, so that nothing goes by unseen, and for the prose."""
    known = {*_NESTED, *_PROSE, *_LIMITS, *_ALTERNATIVES}
    for keyword in sorted({*pair.old, *pair.new} - known):
        if not keyword.startswith("x-") and pair.old.get(keyword) != pair.new.get(keyword):
            yield place.change(f"-{keyword}-changed", pair.old.get(keyword), pair.new.get(keyword), steps=(keyword,))
    if pair.part("description").differs:
        yield place.change("-description-changed", pair.old.get("description"), pair.new.get("description"))


def _as_object(schema: Any) -> Mapping[str, Any]:
    """Return a schema as an object: one that allows everything is empty."""
    if isinstance(schema, Mapping):
        return schema
    return {"not": {}} if schema is False else {}


def _listed(schema: Mapping[str, Any], keyword: str) -> list[Any]:
    told = schema.get(keyword)
    return told if isinstance(told, list) else []
