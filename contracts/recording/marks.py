"""What stands in a journal where something secret stood, and what can still be told of that."""

import re
from typing import Final

_MARK: Final = re.compile(r"\(redacted(?:[:,][^()]*)?\)")
_TELLING: Final = re.compile(r"\(redacted: [0-9]{1,9} characters?, [0-9a-f]{8}\)")
_LENGTH: Final = re.compile(r"\(redacted: ([0-9]{1,9}) characters?(?:, [^()]*)?\)")


def is_redacted(text: str) -> bool:
    """Tell whether any of a text was taken out when it was recorded."""
    return bool(_MARK.search(text))


def is_comparable(text: str) -> bool:
    """Tell whether a text is equal to another only if they were equal before anything was taken out of them.

    So it is if nothing was, or if what stands in its place has something that only equal texts have.
    """
    return not is_redacted(_TELLING.sub("", text))


def length_of(text: str) -> int | None:
    """Return how many characters a text has, or had before it was taken out; None if nobody can tell."""
    told = _LENGTH.fullmatch(text)
    if told is not None:
        return int(told[1])
    return None if is_redacted(text) else len(text)
