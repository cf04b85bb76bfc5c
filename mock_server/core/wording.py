"""How values are shown in messages: short, and nothing of a prompt."""

from typing import Final

import msgspec

LONGEST: Final = 60
"""How many characters of a value are shown."""


def is_prompt(field: str) -> bool:
    """Tell whether a field holds a prompt, by its name or its path. Nothing of a prompt is ever repeated."""
    return "prompt" in field.lower()


def shown_value(value: object) -> str:
    """Show a value in a message: scalars as JSON would write them, cut short; nothing of objects and arrays."""
    if value is None or isinstance(value, dict | list):
        return ""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
