"""The right form nearest to a wrong one: what a value becomes by a small change or two, if the contract takes that.

Changes are general, such as reading a text as a number or keeping it within its bounds. Which of them is meant is
decided by the schema alone: what it accepts is a right form.
"""

import math
import re
from collections.abc import Callable, Collection, Iterator
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any, Final, TypeAlias

import msgspec

from mock_server.journal.contract import Schema
from openapi.violations import CompiledSchema

_MOST_CHANGES: Final = 3
_ALIKE: Final = 0.6
_NAMES_ALIKE: Final = 0.8
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_SCHEME: Final = re.compile(r"[a-z]*:?//", re.IGNORECASE)
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?([/?#].*)?", re.IGNORECASE)
_TRUTHS: Final = {"true": True, "false": False, 1: True, 0: False}

Change: TypeAlias = Callable[[Any, Schema], Iterator[object]]
"""What a value might be meant to be."""


def nearest(value: object, schema: Schema) -> tuple[object, ...]:
    """Return the values that a schema accepts and that need the fewest changes; nothing if three do not help."""
    accepted = CompiledSchema(schema)
    tried: list[object] = [value]
    for _ in range(_MOST_CHANGES):
        changed = [new for old in tried for change in _CHANGES for new in change(old, schema)]
        tried = [new for number, new in enumerate(changed) if not _among(new, changed[:number])]
        fitting = tuple(new for new in tried if not accepted.violations(new))
        if fitting:
            return fitting
    return ()


def nearest_name(name: str, names: Collection[str]) -> str | None:
    """Return the name that is the same but for its writing, or a letter or two."""
    rated = [(likeness(_squeezed(name), _squeezed(other)), other) for other in names]
    rating, best = max(rated, default=(0.0, ""))
    return best if rating >= _NAMES_ALIKE else None


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _as_number(value: Any, schema: Schema) -> Iterator[object]:
    if isinstance(value, str) and schema.get("type") in {"integer", "number"} and _NUMBER.fullmatch(value.strip()):
        number = float(value)
        yield int(number) if number.is_integer() else number


def _rounded(value: Any, schema: Schema) -> Iterator[object]:
    if schema.get("type") == "integer" and isinstance(value, float) and math.isfinite(value):
        yield from (math.floor(value), math.ceil(value))


def _within_bounds(value: Any, schema: Schema) -> Iterator[object]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return
    if value > schema.get("maximum", math.inf):
        yield schema["maximum"]
    if value < schema.get("minimum", -math.inf):
        yield schema["minimum"]


def _as_truth(value: Any, schema: Schema) -> Iterator[object]:
    key = value.strip().lower() if isinstance(value, str) else value
    if schema.get("type") == "boolean" and isinstance(key, str | int) and key in _TRUTHS:
        yield _TRUTHS[key]


def _as_text(value: Any, schema: Schema) -> Iterator[object]:
    if schema.get("type") == "string" and isinstance(value, int | float):
        yield msgspec.json.encode(value).decode()


def _as_list(value: Any, schema: Schema) -> Iterator[object]:
    if schema.get("type") == "array" and not isinstance(value, list):
        yield [value]
    if isinstance(value, list) and len(value) == 1:
        yield value[0]


def _as_option(value: Any, schema: Schema) -> Iterator[object]:
    """Return the option that a text is most like; the only one there is, if it is like none."""
    options = [option for option in schema.get("enum", ()) if isinstance(option, str)]
    if not isinstance(value, str) or not options:
        return
    text = value.lower()
    best = max(options, key=lambda option: likeness(text, option.lower()) + _common_start(text, option) / 10)
    if likeness(text, best.lower()) >= _ALIKE or len(options) == 1:
        yield best


def _as_url(value: Any, schema: Schema) -> Iterator[object]:
    if not isinstance(value, str) or schema.get("format") != "uri":
        return
    text = value.strip()
    if _SCHEME.match(text):
        yield from (_SCHEME.sub(scheme, text, count=1) for scheme in ("https://", "http://"))
    elif _HOST.fullmatch(text):
        yield f"https://{text}"


def _tidied(value: Any, _schema: Schema) -> Iterator[object]:
    if isinstance(value, str):
        yield from (tidy for tidy in (value.strip(), value.replace("_", "-"), value.lower()) if tidy != value)


_CHANGES: Final[tuple[Change, ...]] = (
    _as_number,
    _rounded,
    _within_bounds,
    _as_truth,
    _as_text,
    _as_list,
    _as_option,
    _as_url,
    _tidied,
)


def _among(value: object, values: list[object]) -> bool:
    """Tell whether a value is among others; 1 is not true."""
    return any(type(other) is type(value) and other == value for other in values)


def _common_start(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _squeezed(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
