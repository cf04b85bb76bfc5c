"""Taking secrets out of a text, wherever in it they stand, whole or in part, and however they are written.

A part counts from 12 characters on, so that an error message which repeats the beginning of a prompt is caught, and two
sentences that share a word are not.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus, unquote, unquote_plus

PIECE: Final = 12
"""How many characters of a secret must stand somewhere to be taken out there."""

MARK: Final = "(redacted)"
"""What stands where something secret stood."""

KEY_MARK: Final = "sk-…(redacted)"
"""What stands where a key stood."""

_SHORTEST: Final = 8
"""How long a secret must be to be looked for; "cat" would be found everywhere."""

_KEY: Final = re.compile(r"(?<![A-Za-z])sk-[A-Za-z0-9_.\-]+")
_ESCAPE: Final = re.compile(r'(?:\\u[0-9A-Fa-f]{4})+|\\["\\/bfnrt]')
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_\-]{16,}")
_WRITTEN: Final = re.compile(r"[%+\\]|[A-Za-z0-9/_\-]{16}")
"""What only a text has that says something else when it is read as an address, as JSON or as base64."""

_URL_SAFE: Final = str.maketrans("-_", "+/")
_DEEPEST: Final = 2


class Vocabulary:
    """Words that may always be shown, because they are not the client's: the contract's own names and values."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self.pieces = frozenset(piece for word in self.words for piece in pieces(word))
        self._text = "\n".join(self.words)

    def holds(self, text: str) -> bool:
        """Tell whether a text stands in one of the words."""
        return text in self._text


class Mask:
    """What takes secrets out of texts: the given ones, and whatever looks like a key.

    Args:
        secrets: What must not be shown.
        vocabulary: What may be, although it stands in a secret.
    """

    def __init__(self, secrets: Iterable[str], vocabulary: Vocabulary) -> None:
        known = frozenset(secrets)
        written = {writing for secret in known for writing in _writings(secret)}
        self._pieces = {piece for writing in written for piece in pieces(writing)} - vocabulary.pieces
        self._short = tuple(
            secret for secret in known if _SHORTEST <= len(secret) < PIECE and not vocabulary.holds(secret)
        )

    def text(self, text: str) -> str:
        """Return a text without the secrets; where one stands in another writing, nothing of the text is left."""
        text = without_keys(text)
        for secret in self._short:
            text = text.replace(secret, MARK)
        text = self._without_pieces(text)
        return MARK if self.holds(text) else text

    def holds(self, text: str) -> bool:
        """Tell whether a secret stands in a text, in any writing."""
        return any(self._shows(reading) for reading in (text, *readings(text)))

    def _shows(self, text: str) -> bool:
        return (
            (len(text) >= PIECE and not self._pieces.isdisjoint(pieces(text)))
            or any(secret in text for secret in self._short)
            or _KEY.search(text) is not None
        )

    def _without_pieces(self, text: str) -> str:
        """Put a mark in the place of each stretch that is made of pieces."""
        if self._pieces.isdisjoint(pieces(text)):
            return text
        left, done, reach = list[str](), 0, -1
        for start, piece in enumerate(pieces(text)):
            if piece not in self._pieces:
                continue
            if start > reach:
                left += (text[done:start], MARK)
            done = reach = start + PIECE
        return "".join((*left, text[done:]))


def without_keys(text: str) -> str:
    """Return a text without what looks like a key."""
    return _KEY.sub(KEY_MARK, text)


def pieces(text: str) -> Iterator[str]:
    """Return every piece of a text, one for each place at which it can begin."""
    return (text[start : start + PIECE] for start in range(len(text) - PIECE + 1))


def readings(text: str, *, depth: int = _DEEPEST) -> Iterator[str]:
    """Return what a text says when its percent signs, its backslashes or its base64 are read, each in the other too."""
    if _WRITTEN.search(text) is None:
        return
    for reading in {unquote(text), unquote_plus(text), unescape(text), *_base64_readings(text)} - {text}:
        yield reading
        if depth > 1:
            yield from readings(reading, depth=depth - 1)


def unescape(text: str) -> str:
    """Return what a text says when it is the inside of a JSON string; what is no escape stays."""
    return _ESCAPE.sub(lambda escape: _unescaped(escape[0]), text)


def _writings(secret: str) -> Iterator[str]:
    """Return a secret as it is and escaped, so that where it is escaped no scraps of it stay behind."""
    return (write(secret) for write in (str, quote, quote_plus, _as_json, _as_ascii))


def _as_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _as_ascii(text: str) -> str:
    return json.dumps(text)[1:-1]


def _unescaped(escape: str) -> str:
    read: str = json.loads(f'"{escape}"')
    return read.encode("utf-8", "replace").decode()


def _base64_readings(text: str) -> Iterator[str]:
    """Read each run of base64 from its first four places; it may begin in what stands before it."""
    for run in _BASE64.findall(text):
        for start in range(4):
            length = (len(run) - start) // 4 * 4
            yield base64.b64decode(run[start : start + length].translate(_URL_SAFE)).decode("utf-8", "replace")
