"""Tagged netstrings, the form in which mitmproxy writes its dumps: `5:hello,`, one value after the other."""

from collections.abc import Callable, Mapping
from typing import Any, Final

_LONGEST_LENGTH: Final = 12
_DEEPEST: Final = 32


class MalformedError(ValueError):
    """What was read is no tagged netstring."""


def read_value(data: memoryview, start: int = 0, *, depth: int = 0) -> tuple[Any, int]:
    """Read one value, and return it with where it ends.

    Raises:
        MalformedError: There is none.
    """
    head = bytes(data[start : start + _LONGEST_LENGTH])
    length, colon, _ = head.partition(b":")
    if not colon or not length.isdigit() or depth > _DEEPEST:
        raise MalformedError(f"no length at byte {start}")
    begin = start + len(length) + 1
    end = begin + int(length)
    if end >= len(data):
        raise MalformedError(f"the value at byte {start} is cut short")
    kind = chr(data[end])
    if kind in "]}":
        return _KINDS[kind](_read_all(data, begin, end, depth + 1)), end + 1
    if kind not in _KINDS:
        raise MalformedError(f"the value at byte {start} has the unknown type {kind!r}")
    try:
        return _KINDS[kind](bytes(data[begin:end])), end + 1
    except ValueError as error:
        raise MalformedError(f"the value at byte {start} cannot be read: {error}") from error


def _read_all(data: memoryview, start: int, end: int, depth: int) -> list[Any]:
    found = []
    while start < end:
        value, start = read_value(data[:end], start, depth=depth)
        found.append(value)
    return found


def _pair(values: list[Any]) -> dict[Any, Any]:
    if len(values) % 2 or any(isinstance(name, list | dict) for name in values[::2]):
        raise MalformedError("an object whose names and values do not go together")
    return dict(zip(values[::2], values[1::2], strict=True))


_KINDS: Final[Mapping[str, Callable[[Any], Any]]] = {
    ",": bytes,
    ";": lambda text: text.decode(),
    "#": int,
    "^": float,
    "!": lambda text: text == b"true",
    "~": lambda _: None,
    "]": list,
    "}": _pair,
}
"""What reads the value of each type."""
