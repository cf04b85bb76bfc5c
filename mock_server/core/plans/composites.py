"""Forms of values that are made of other values: lists and objects."""

import re
from collections.abc import Mapping
from typing import Any

from mock_server.core.plans.form import Form, Misfit, is_unicode, word_value


class Several(Form[tuple[Any, ...]], frozen=True):
    """One value of a form, or a list of them; as a word, with commas between them."""

    form: Form[Any]

    @property
    def expected(self) -> str:
        """What each of them is."""
        return f"{self.form.expected}, or a list of such"

    @property
    def rule(self) -> str:
        """What each of them is."""
        return self.form.rule

    def read(self, value: object) -> tuple[Any, ...]:
        """Take one value or a list."""
        if not isinstance(value, list | tuple):
            return (self.form.read(value),)
        return tuple(_read_at(self.form, item, f"[{number}]") for number, item in enumerate(value))

    def read_word(self, word: str) -> tuple[Any, ...]:
        """Take values with commas between them, or a JSON list; a text in quotation marks is one value."""
        if word.startswith("["):
            return self.read(word_value(word))
        pieces = [word] if word.startswith('"') else word.split(",")
        return tuple(self.form.read_word(piece) for piece in pieces)

    def write(self, value: tuple[Any, ...] | str) -> object:
        """Write one value without a list; in a plan made by hand a text may stand for a list of itself."""
        written = [self.form.write(item) for item in ((value,) if isinstance(value, str) else value)]
        return written[0] if len(written) == 1 else written


class Members(Form[Mapping[str, Any]], frozen=True):
    """An object whose names are of one kind and whose values have one form."""

    form: Form[Any]
    names: str = "a path such as usage.credits_reserved"
    pattern: str = r"[^.\s]+(\.[^.\s]+)*"

    @property
    def expected(self) -> str:
        """Names and values."""
        return f"an object; each name is {self.names}, each value {self.form.expected}"

    @property
    def rule(self) -> str:
        """What a value is: the name is in the word."""
        return self.form.rule

    @property
    def spread(self) -> bool:
        """A word for each member."""
        return True

    def read(self, value: object) -> Mapping[str, Any]:
        """Take an object."""
        if not isinstance(value, dict):
            raise self.misfit(value)
        return {self._read_name(name): _read_at(self.form, item, f".{name}") for name, item in value.items()}

    def read_member(self, name: str, word: str) -> Mapping[str, Any]:
        """Take one member from a word."""
        return {self._read_name(name): self.form.read_word(word)}

    def write(self, value: Mapping[str, Any]) -> object:
        """Write each value as its form does."""
        return {name: self.form.write(item) for name, item in value.items()}

    def _read_name(self, name: object) -> str:
        if not isinstance(name, str) or not re.fullmatch(self.pattern, name) or not is_unicode(name):
            raise Misfit(f"{self.names} as the name of a member", name)
        return name


def _read_at(form: Form[Any], value: object, where: str) -> Any:
    try:
        return form.read(value)
    except Misfit as misfit:
        raise misfit.below(where) from None
