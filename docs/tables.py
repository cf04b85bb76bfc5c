"""Tables and text of Markdown, as what is drawn has them."""

import re
from collections.abc import Iterable
from typing import Final

WIDTH: Final = 120
"""How long a line may be."""

_MARKUP: Final = re.compile(r"([\\*<>|\[\]])")
"""What Markdown takes for markup in the words of a message."""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table; cells are Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |").replace("|  |", "| |") for line in lines) + "\n"


def escaped(text: str) -> str:
    """Return a text in which nothing is taken for markup but what stands between backticks."""
    parts = text.split("`")
    return "`".join(part if place % 2 else _MARKUP.sub(r"\\\1", part) for place, part in enumerate(parts))
