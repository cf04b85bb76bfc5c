"""Texts from outside, made fit to be written: on one line, and without what changes from run to run."""

import re
from typing import Final

_CHANGING: Final = re.compile(
    r"task-unified-[0-9]+-[a-z0-9]+"
    r"|key-[0-9a-f]{8}(?![0-9a-z])"
    r"|(?<![0-9A-Za-z])(?=[a-z]*[0-9])[0-9a-f]{8,}(?:-[0-9a-f]{4,})*(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])[0-9]+(?:\.[0-9]+)?"
)
"""Ids of tasks, stand-ins for keys, other ids in hex, and numbers."""


def one_line(text: str) -> str:
    """Return a text on one line: what a terminal would act on, or XML refuses, is written as an escape."""
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)


def whole_characters(text: str) -> str:
    """Return a text that UTF-8 can hold; halves of surrogate pairs become question marks."""
    return text.encode("utf-8", "replace").decode()


def stable_parts(text: str) -> list[str]:
    """Return what stands before, between and after the ids and numbers of a text, which are others in each run."""
    return _CHANGING.split(text)


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
