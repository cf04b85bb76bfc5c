"""HTML put together so that whatever is not markup is escaped."""

from html import escape
from typing import Final, TypeAlias


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: TypeAlias = str | None
"""What may stand in an element: HTML as it is, other text escaped, and None as nothing."""

_VOID: Final = frozenset({"meta"})


def element(name: str, /, *children: Child, **attributes: str | float | None) -> Html:
    """Return an element. An underscore in the name of an attribute is a hyphen, one at its end is nothing."""
    written = "".join(
        f' {attribute.rstrip("_").replace("_", "-")}="{escape(_value(value))}"'
        for attribute, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{join(*children)}</{name}>")


def join(*children: Child) -> Html:
    """Return one thing after another."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children if child is not None))


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"
