"""The forms of the values in a plan that are not made of others."""

import re
from typing import Any, Final

from mock_server.core.plans.form import Form, Misfit, is_unicode, nearest, plain_number, unquoted

DEEPEST: Final = 64
"""How deeply a JSON value in a plan may be nested."""

_DURATION: Final = re.compile(r"(-?[0-9]{1,9}(?:\.[0-9]{1,6})?)(ms|s|m|h|d)")
_PERCENT: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%")
_UNITS: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
_WHOLE: Final = range(-(2**63), 2**63)
_LAST_LATIN: Final = "\xff"


class Whole(Form[int], frozen=True):
    """A whole number in a range."""

    least: int
    most: int

    @property
    def expected(self) -> str:
        """The range."""
        return f"a whole number from {self.least} to {self.most}"

    def read(self, value: object) -> int:
        """Take a number that is written without a fraction."""
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            raise self.misfit(value)
        return value


class Number(Form[float], frozen=True):
    """A number in a range."""

    least: float
    most: float

    @property
    def expected(self) -> str:
        """The range."""
        return f"a number from {self.least:.10g} to {self.most:.10g}"

    def read(self, value: object) -> float:
        """Take any number of the range."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.least <= value <= self.most:
            raise self.misfit(value)
        return float(value)

    def write(self, value: float) -> int | float:
        """Write it without a fraction where it has none."""
        return plain_number(value)


class Seconds(Number, frozen=True):
    """A length of time: seconds, or a text with a unit (ms, s, m, h, d)."""

    @property
    def expected(self) -> str:
        """The range, and the other way of writing it."""
        return f"seconds from {self.least:.10g} to {self.most:.10g}, or a text such as 90s or 1.5h"

    def read(self, value: object) -> float:
        """Take a number of seconds, or a text."""
        said = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if said is None:
            return super().read(value)
        seconds = float(said[1]) * _UNITS[said[2]]
        if not self.least <= seconds <= self.most:
            raise self.misfit(value)
        return seconds


class Percent(Form[int], frozen=True):
    """A whole number of percent, with or without the sign."""

    most: int

    @property
    def expected(self) -> str:
        """The range."""
        return f"0% to {self.most}%"

    def read(self, value: object) -> int:
        """Take 60 or "60%"."""
        said = _PERCENT.fullmatch(value) if isinstance(value, str) else None
        number = value if said is None else plain_number(float(said[1]))
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= self.most:
            raise self.misfit(value)
        return number


class Share(Form[float], frozen=True):
    """A chance: a number from 0 to 1, or percent with the sign."""

    @property
    def expected(self) -> str:
        """Both ways of writing it."""
        return "a chance from 0 to 1, or from 0% to 100%"

    def read(self, value: object) -> float:
        """Take 0.3 or "30%"."""
        said = _PERCENT.fullmatch(value) if isinstance(value, str) else None
        number = value if said is None else float(said[1]) / 100
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= 1:
            raise self.misfit(value)
        return float(number)

    def write(self, value: float) -> int | float:
        """Write it without a fraction where it has none."""
        return plain_number(value)


class Text(Form[str], frozen=True):
    """A text of some length."""

    longest: int = 1_000
    least: int = 1

    @property
    def expected(self) -> str:
        """The length."""
        return f"a text of {self.least} to {self.longest} characters"

    def read(self, value: object) -> str:
        """Take a text that can be written as UTF-8."""
        if not isinstance(value, str) or not self.least <= len(value) <= self.longest or not is_unicode(value):
            raise self.misfit(value)
        return value

    def read_word(self, word: str) -> str:
        """Take the word as it stands, or what is in its quotation marks."""
        return self.read(unquoted(word))


class Line(Text, frozen=True):
    """A text that stands in a line: in a log, or in the head of an answer, which has Latin-1 (`latin`)."""

    latin: bool = False

    @property
    def expected(self) -> str:
        """The length."""
        return f"a text of {self.least} to {self.longest} printable {'Latin-1 ' if self.latin else ''}characters"

    def read(self, value: object) -> str:
        """Take a text of printable characters."""
        text = super().read(value)
        if not text.isprintable() or (self.latin and max(text) > _LAST_LATIN):
            raise self.misfit(value)
        return text


class Choice(Form[str], frozen=True):
    """One of a few names."""

    names: tuple[str, ...]

    @property
    def expected(self) -> str:
        """The names."""
        return f"one of {', '.join(self.names)}"

    @property
    def rule(self) -> str:
        """The names."""
        return f"known are {', '.join(self.names)}"

    def read(self, value: object) -> str:
        """Take a name."""
        if not isinstance(value, str) or value not in self.names:
            raise Misfit(self.expected, value, near=nearest(value, self.names))
        return value

    def read_word(self, word: str) -> str:
        """Take the word as it stands."""
        return self.read(word)


class Flag(Form[bool], frozen=True):
    """Yes or no; as a word, the name alone is yes."""

    @property
    def expected(self) -> str:
        """Both."""
        return "true or false"

    def read(self, value: object) -> bool:
        """Take a truth value."""
        if not isinstance(value, bool):
            raise self.misfit(value)
        return value


class Json(Form[Any], frozen=True):
    """Any JSON value."""

    @property
    def expected(self) -> str:
        """What JSON can say."""
        return f"a JSON value, nested at most {DEEPEST} deep"

    def read(self, value: object) -> Any:
        """Take what JSON can say; YAML can say more."""
        if not _is_json(value, DEEPEST):
            raise self.misfit(value)
        return value


def _is_json(value: object, deepest: int) -> bool:
    if isinstance(value, dict | list):
        names = value if isinstance(value, dict) else ()
        below = value.values() if isinstance(value, dict) else value
        if deepest == 0 or not all(isinstance(name, str) and is_unicode(name) for name in names):
            return False
        return all(_is_json(item, deepest - 1) for item in below)
    if isinstance(value, str):
        return is_unicode(value)
    if isinstance(value, float):
        return abs(value) < float("inf")
    return value is None or (isinstance(value, int) and value in _WHOLE)
