"""What a program says came of what it was asked to do: a line of JSON for each, among whatever else it prints.

docs/reference/outcomes.md describes the form, field by field.
"""

import math
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from contracts.recording.client import Reported, Said
from contracts.recording.intake import RecordingError

NUMBERS: Final = ("budget", "estimated_credits", "charged_credits", "peak_memory_bytes")
"""The facts that are numbers; a rule reads each."""

_OUTCOMES: Final[tuple[str, ...]] = get_args(Said)
_TEXTS: Final = ("task", "error", "message", "path", "sha256")
_OBJECTS: Final = ("wanted", "facts")
_FIELDS: Final = ("outcome", *_TEXTS, "at", *_OBJECTS)
_MARK: Final = '"outcome"'
"""What a line has in it that is meant as an outcome, if it begins as an object."""

_DIGEST: Final = 64


class OutcomeError(RecordingError):
    """An outcome is none. The message names the line, the field, the value and the rule."""


def load_outcomes(path: Path) -> tuple[Reported, ...]:
    """Load what a program printed.

    Raises:
        RecordingError: There is no such file, or a line of it is meant as an outcome and is none.
    """
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        return read_outcomes(text)
    except OutcomeError as error:
        raise RecordingError(f"{path}: {error}") from error


def read_outcomes(text: str) -> tuple[Reported, ...]:
    """Read what a program printed: the outcomes in it, in order; other lines are left alone.

    Raises:
        OutcomeError: A line is meant as an outcome and is none: it is an object that has the member "outcome".
    """
    return tuple(_read_lines(text))


def _read_lines(text: str) -> Iterator[Reported]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip().startswith("{") and _MARK in line:
            try:
                found = _read_object(line)
                if found is not None:
                    yield make_outcome(found)
            except OutcomeError as error:
                raise OutcomeError(f"line {number}: {error}") from None


def _read_object(line: str) -> Mapping[str, Any] | None:
    """Return the object of a line; None if "outcome" stands only further within it."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        raise OutcomeError(f"an outcome must be JSON on one line, not {_shown(line.strip())} ({error})") from error
    return found if "outcome" in found else None


def make_outcome(fields: Mapping[str, Any]) -> Reported:
    """Make an outcome of its fields.

    Raises:
        OutcomeError: One is unknown, or is not as it must be; the message names it, its value and the rule.
    """
    for name in fields:
        if name not in _FIELDS:
            near = get_close_matches(str(name), _FIELDS, 1)
            raise OutcomeError(f"there is no field {_shown(name)}; {_hint(near)}")
    given = {name: value for name, value in fields.items() if value is not None}
    for name, value in given.items():
        _check(name, value)
    if "outcome" not in given:
        raise OutcomeError(f"outcome is missing; it must be one of {', '.join(_OUTCOMES)}")
    return Reported(**given)


def _hint(near: list[str]) -> str:
    return f"did you mean {near[0]}?" if near else 'what else there is to say stands within "facts"'


def _check(name: str, value: Any) -> None:
    """Make sure that a field is as it must be."""
    if name == "outcome":
        _demand(value in _OUTCOMES, name, f"one of {', '.join(_OUTCOMES)}", value)
    elif name == "at":
        _demand(_is_number(value), name, "a number of seconds since the epoch", value)
    elif name in _OBJECTS:
        _demand(isinstance(value, Mapping), name, "an object", value)
    else:
        _demand(isinstance(value, str), name, "a text", value)
    if name == "sha256":
        fine = len(value) == _DIGEST and set(value.lower()) <= set("0123456789abcdef")
        _demand(fine, name, f"{_DIGEST} hexadecimal digits", value)
    if name == "facts":
        for fact in (fact for fact in NUMBERS if value.get(fact) is not None):
            _demand(_is_number(value[fact]), f"facts.{fact}", "a number, 0 or more", value[fact])


def _demand(fine: bool, name: str, rule: str, value: Any) -> None:  # noqa: FBT001 - reads as it is meant
    if not fine:
        raise OutcomeError(f"{name} must be {rule}, not {_shown(value)}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _shown(value: Any) -> str:
    return f"{value!r}"[:80]
