"""Reading values into typed shapes, with errors for people: where it is wrong, what is expected, and what came.

Shapes are msgspec Structs. A pattern's description says, as a noun, what it takes; that is what a person is told.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import inspect

from mock_server.core.wording import shown_value

T = TypeVar("T")

_PLAIN: Final = {inspect.BoolType: "true or false", inspect.BytesType: "a text in base64"}


class ReadingError(ValueError):
    """A value does not fit its shape. `path` says where, such as `routes[2].host`, and `rule` what is wrong there."""

    def __init__(self, path: str, rule: str) -> None:
        super().__init__(f"{path}: {rule}" if path else rule)
        self.path = path
        self.rule = rule


def read(value: Any, shape: type[T], *, texts: bool = False) -> T:
    """Read a value as decoded from JSON or YAML; with `texts`, numbers and truth values may be written as texts.

    A whole number may come as 2.0, as JSON knows no other difference.

    Raises:
        ReadingError: It does not fit.
    """
    with suppress(msgspec.ValidationError):
        return msgspec.convert(value, shape)
    loose = _loosened(value, shape, texts=texts)
    try:
        return msgspec.convert(loose, shape)
    except msgspec.ValidationError as error:
        raise _explained(loose, shape) from error


def _loosened(value: Any, shape: Any, *, texts: bool) -> Any:
    """Return the value with numbers and truth values as the shape has them, where they are written otherwise."""
    if isinstance(value, Mapping | list | tuple):
        parts = {step: _loosened(part, kind, texts=texts) for step, part, kind in _parts(value, shape)}
        if isinstance(value, Mapping):
            return {**value, **parts}
        return [parts.get(index, part) for index, part in enumerate(value)]
    kinds = set(_choices(shape)) & {bool, int, float}
    if isinstance(value, float) and kinds == {int} and value.is_integer():
        return int(value)
    for kind in kinds if texts and isinstance(value, str) else ():
        with suppress(msgspec.ValidationError):
            return msgspec.convert(value, kind, strict=False)
    return value


def _explained(value: Any, shape: Any, path: str = "") -> ReadingError:
    """Find the innermost part that does not fit, and say why."""
    for step, part, kind in _parts(value, shape):
        if not _fits(part, kind):
            return _explained(part, kind, _beyond(path, step))
    for name, rule in _wrong_names(value, shape):
        return ReadingError(_beyond(path, name), rule)
    return ReadingError(path, f"expected {words(inspect.type_info(shape))}, got {_shown(value)}")


def _beyond(path: str, step: str | int) -> str:
    return f"{path}[{step}]" if isinstance(step, int) else f"{path}.{step}".removeprefix(".")


def _fits(value: Any, shape: Any) -> bool:
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError:
        return False
    return True


def _parts(value: Any, shape: Any) -> Iterator[tuple[str | int, Any, Any]]:
    """Give what is inside a value: the step to it, the part, and the shape that it must have."""
    for choice in _choices(shape):
        origin, arguments = get_origin(choice), get_args(choice)
        if origin is tuple and isinstance(value, list | tuple):
            yield from ((index, part, arguments[0]) for index, part in enumerate(value))
        elif isinstance(value, Mapping) and origin is Mapping:
            yield from ((name, part, arguments[1]) for name, part in value.items())
        elif isinstance(value, Mapping) and _is_struct(choice):
            for field in msgspec.structs.fields(choice):
                if field.encode_name in value:
                    yield field.encode_name, value[field.encode_name], field.type


def _wrong_names(value: Any, shape: Any) -> Iterator[tuple[str, str]]:
    """Give the names that cannot be, and those that are missing, with what to say of them."""
    for choice in _choices(shape) if isinstance(value, Mapping) else ():
        if get_origin(choice) is Mapping:
            kind = get_args(choice)[0]
            rule = f"the name must be {words(inspect.type_info(kind))}"
            yield from ((str(name), rule) for name in value if not _fits(name, kind))
        elif _is_struct(choice):
            fields = msgspec.structs.fields(choice)
            known = [field.encode_name for field in fields]
            yield from ((str(name), _unknown(str(name), known)) for name in value if name not in known)
            missing = (field for field in fields if field.required and field.encode_name not in value)
            yield from ((field.encode_name, "it is required") for field in missing)


def _unknown(name: str, known: list[str]) -> str:
    if near := get_close_matches(name, known, 1):
        return f"unknown name; did you mean {near[0]}?"
    return f"unknown name; known are {', '.join(known)}" if known else "unknown name; none is known"


def _choices(shape: Any) -> Iterator[Any]:
    """Give the shapes among which a value may choose; mostly, there is one."""
    if get_origin(shape) is Annotated:
        yield from _choices(get_args(shape)[0])
    elif get_origin(shape) in {Union, UnionType}:
        for choice in get_args(shape):
            yield from _choices(choice)
    else:
        yield shape


def _is_struct(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, msgspec.Struct)


def words(kind: inspect.Type) -> str:
    """Say in words what a type takes; null, which stands for what is not given, is left out."""
    if isinstance(kind, inspect.Metadata):
        return str((kind.extra_json_schema or {}).get("description") or words(kind.type))
    if isinstance(kind, inspect.UnionType):
        return _either(words(choice) for choice in kind.types if not isinstance(choice, inspect.NoneType))
    if isinstance(kind, inspect.LiteralType):
        return _either(map(str, kind.values))
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return ("a whole number" if isinstance(kind, inspect.IntType) else "a number") + _bounds(kind)
    if isinstance(kind, inspect.StrType | inspect.VarTupleType):
        return _sized(kind)
    return _PLAIN.get(type(kind), "an object")


def _bounds(kind: inspect.IntType | inspect.FloatType) -> str:
    """Say between what a number must be."""
    above, least, most = (None if bound is None else f"{bound:.16g}" for bound in (kind.gt, kind.ge, kind.le))
    if least is not None and most is not None:
        return f" from {least} to {most}"
    bounds = {"above": above, "of at least": least, "of at most": most}
    return " and".join(f" {words} {bound}" for words, bound in bounds.items() if bound is not None)


def _sized(kind: inspect.StrType | inspect.VarTupleType) -> str:
    """Say how long a text or a list must be."""
    noun, parts = ("a text", "characters") if isinstance(kind, inspect.StrType) else ("a list", "entries")
    if kind.max_length is None:
        return f"{noun} that is not empty" if kind.min_length else noun
    return f"{noun} of {f'{kind.min_length} to' if kind.min_length else 'at most'} {kind.max_length} {parts}"


def _either(choices: Iterable[str]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return "null" if value is None else str(value) if isinstance(value, float) else shown_value(value)
