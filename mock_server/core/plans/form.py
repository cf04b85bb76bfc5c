"""What a form of values is: it reads a value or a word, writes it back, and says what it takes.

A value is what JSON or YAML decode to. A word is a piece of the short form (`words.py`), where everything is text: a
number, `true`, `false`, `null`, a text in quotation marks, an object or a list is read as JSON has it, and anything
else stands for itself.
"""

import re
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec

Value = TypeVar("Value")

_SCALAR: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?|true|false|null")
_SHOWN: Final = 60


class Misfit(ValueError):
    """A value does not have the form that it must have.

    Args:
        expected: What would be right.
        found: The value.
        where: Where it is, below the value that was read: `.nth`, `[2]`.
        near: The known name that was perhaps meant.
    """

    def __init__(self, expected: str, found: object, *, where: str = "", near: str | None = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.found = found
        self.where = where
        self.near = near

    def below(self, where: str) -> "Misfit":
        """Return the same, seen from further out."""
        return Misfit(self.expected, self.found, where=where + self.where, near=self.near)


class Form(msgspec.Struct, Generic[Value], frozen=True):
    """What all forms have in common. `spread` ones take a word for each member: `headers.x-trace=abc`."""

    if TYPE_CHECKING:

        @property
        def expected(self) -> str:
            """What it takes, as a noun."""
            ...

        def read(self, value: object) -> Value:
            """Read a value.

            Raises:
                Misfit: It does not have this form.
            """
            ...

    @property
    def rule(self) -> str:
        """What it takes, as a clause."""
        return f"it takes {self.expected}"

    @property
    def spread(self) -> bool:
        """Whether its value is an object whose members can be said one by one."""
        return False

    def read_word(self, word: str) -> Value:
        """Read a word.

        Raises:
            Misfit: It does not have this form.
        """
        return self.read(word_value(word))

    def write(self, value: Value) -> object:
        """Write a value as short as it is read back."""
        return value

    def misfit(self, found: object) -> Misfit:
        """Return the refusal of a value."""
        return Misfit(self.expected, found)


def word_value(word: str) -> object:
    """Return the value that a word stands for.

    Raises:
        Misfit: It begins as JSON does, and is none.
    """
    if word[:1] not in ('"', "{", "[") and not _SCALAR.fullmatch(word):
        return word
    try:
        return msgspec.json.decode(word)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Misfit("JSON after a quotation mark or a bracket", word) from error


def unquoted(word: str) -> object:
    """Return the text of a word: what is in its quotation marks, or the word itself."""
    return word_value(word) if word.startswith('"') else word


def nearest(name: object, known: tuple[str, ...]) -> str | None:
    """Return the known name that a misspelt one is most like, if it is like any."""
    close = get_close_matches(name, known, n=1) if isinstance(name, str) else []
    return close[0] if close else None


def shown(value: object) -> str:
    """Show a value in a message: scalars as JSON writes them, cut short; of the rest what it is."""
    if isinstance(value, dict | list | tuple | set):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, date | bytes):
        return "a date" if isinstance(value, date) else "bytes"
    try:
        text = msgspec.json.encode(value).decode() if isinstance(value, str) else f"{value}"
    except UnicodeEncodeError:
        text = ascii(value)
    text = {"None": "null", "True": "true", "False": "false"}.get(text, text)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def plain_number(value: float) -> int | float:
    """Return a number without a fraction where it has none."""
    return int(value) if value == int(value) else value


def is_unicode(text: str) -> bool:
    """Tell whether a text has no half of a surrogate pair."""
    return text.isascii() or text.encode("utf-8", "ignore").decode() == text
