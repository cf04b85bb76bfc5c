"""The form that a page gives to an answer, and how an answer of ours is made to fit it.

What the page does not allow is left out, what it requires is added by its example, and a value that cannot stand where
it does becomes one that can.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from openapi.operations import Operation
from openapi.schemas import Components, Schema, flatten

_DEEPEST: Final = 8
_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "string": str,
    "null": type(None),
}
_PLAIN: Final[Mapping[str, Any]] = {"array": [], "boolean": False, "string": "", "null": None}


class AnswerForm(msgspec.Struct, frozen=True):
    """What a page says of a value: its types, the values it can have, and of an object, what is in it.

    `instead` is the page's own value, for one that cannot stand here.
    """

    types: tuple[str, ...] = ()
    options: tuple[Any, ...] | None = None
    fields: Mapping[str, "AnswerForm"] = {}
    required: tuple[str, ...] = ()
    closed: bool = False
    instead: Any = None

    def fit(self, value: Any) -> Any:
        """Return a value as this form has it."""
        if not self._takes(value):
            return self.instead
        if not isinstance(value, dict):
            return value
        kept = {
            name: self.fields[name].fit(part) if name in self.fields else part
            for name, part in value.items()
            if name in self.fields or not self.closed
        }
        missing = {
            name: self.fields[name].instead for name in self.required if name not in kept and name in self.fields
        }
        return {**kept, **missing}

    def _takes(self, value: Any) -> bool:
        if self.options is not None and value not in self.options:
            return False
        if isinstance(value, bool) and self.types:
            return "boolean" in self.types
        return not self.types or any(isinstance(value, _TYPES[name]) for name in self.types)


def make_form(operation: Operation) -> AnswerForm:
    """Return the form of what an operation answers with when it creates a task."""
    return _make(operation.answer_schema, operation.components, depth=0)


def _make(schema: Schema, components: Components, *, depth: int) -> AnswerForm:
    whole = flatten(schema, components) if depth < _DEEPEST else {}
    said = whole.get("type", ())
    types = tuple(name for name in ((said,) if isinstance(said, str) else said) if name in _TYPES)
    options = (whole["const"],) if "const" in whole else tuple(whole["enum"]) if "enum" in whole else None
    parts = {name: part for name, part in whole.get("properties", {}).items() if isinstance(part, dict)}
    fields = {name: _make(part, components, depth=depth + 1) for name, part in parts.items()}
    required = tuple(whole.get("required", ()))
    return AnswerForm(
        types=types,
        options=options,
        fields=fields,
        required=required,
        closed=False in (whole.get("additionalProperties"), whole.get("unevaluatedProperties")),
        instead=_instead(whole, types, options, {name: fields[name].instead for name in required if name in fields}),
    )


def _instead(schema: Schema, types: tuple[str, ...], options: tuple[Any, ...] | None, inner: Mapping[str, Any]) -> Any:
    """Return the page's own value: its example or default, one of those it lists, or the plainest of its type."""
    shown = [*(schema[name] for name in ("example", "default") if name in schema), *schema.get("examples", ())]
    for value in (*shown, *(options or ())):
        if options is None or value in options:
            return value
    kind = types[0] if types else "null"
    if inner or kind == "object":
        return dict(inner)
    return max(0, schema.get("minimum", 0)) if kind in {"integer", "number"} else _PLAIN[kind]
