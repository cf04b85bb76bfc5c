"""A JSON object with one very long text in it, read as it comes in: the text is handed on, and the rest is kept."""

import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

from mock_server.core.errors import BodyTooLarge, MalformedBody
from mock_server.core.validation import decode_json

_MARK: Final = re.compile(rb'["{}\[\],:]')
_TEXT_END: Final = re.compile(rb'["\\]')
_CONTROL: Final = re.compile(rb"[\x00-\x1f]")
_HIGH_SURROGATE: Final = re.compile(rb"\\u[dD][89abAB]")
_ESCAPE: Final = 2
_UNICODE_ESCAPE: Final = 6


class Extraction:
    """Takes the text of one field out of a JSON object. What is kept of the object has an empty text there.

    The rest is decoded in the end as every body is, so that whatever is wrong with it is found there.

    Args:
        field: The field's name.
        take: Where its text goes, piece by piece, as bytes.
        limit: How many bytes the rest may have.
    """

    def __init__(self, field: str, take: Callable[[bytes], object], *, limit: int) -> None:
        self._field = f'"{field}"'.encode()
        self._take = take
        self._limit = limit
        self._rest = bytearray()
        self._depth = 0
        self._key = b""
        self._wants_key = False
        self._in_text = False
        self._taking = False
        self._taken = False
        self._begun = 0
        self._escape = bytearray()

    def feed(self, piece: bytes | memoryview) -> None:
        """Take a piece of the object.

        Raises:
            BodyTooLarge: The rest is too long.
            MalformedBody: The text has something in it that JSON does not allow there.
        """
        piece, place = bytes(piece), 0
        while place < len(piece):
            if self._escape:
                place = self._continue_escape(piece, place)
            elif self._in_text:
                place = self._continue_text(piece, place)
            else:
                place = self._continue_outside(piece, place)

    def finish(self) -> Any:
        """Return the object without the text, once all has come.

        Raises:
            MalformedBody: It is no JSON that can be read.
        """
        return decode_json(bytes(self._rest))

    def _continue_outside(self, piece: bytes, place: int) -> int:
        """Go on to the next sign of structure, and tell where to continue."""
        mark = _MARK.search(piece, place)
        end = len(piece) if mark is None else mark.end()
        if mark is not None and mark[0] == b'"':
            self._begin_text(len(self._rest) + end - 1 - place)
        elif mark is not None:
            self._note(mark[0])
        self._keep(piece[place:end])
        return end

    def _begin_text(self, begun: int) -> None:
        self._in_text, self._begun = True, begun
        value = self._depth == 1 and not self._wants_key
        self._taking = value and self._key == self._field and not self._taken

    def _note(self, mark: bytes) -> None:
        """Note what a sign says about where we are."""
        if mark in b"{[":
            self._depth += 1
            self._wants_key = self._depth == 1 and mark == b"{"
        elif mark in b"}]":
            self._depth -= 1
        elif self._depth == 1:
            self._wants_key = mark == b","

    def _continue_text(self, piece: bytes, place: int) -> int:
        """Go on to the end of a text, or to what is written otherwise in it."""
        mark = _TEXT_END.search(piece, place)
        end = len(piece) if mark is None else mark.start()
        if self._taking and _CONTROL.search(piece, place, end):
            raise MalformedBody("the body is not valid JSON (a control character stands in a text)")
        self._add(piece[place:end])
        if mark is None:
            return end
        if mark[0] == b"\\":
            self._escape += b"\\"
        else:
            self._end_text()
        return mark.end()

    def _end_text(self) -> None:
        self._taken |= self._taking
        self._in_text = self._taking = False
        self._keep(b'"')
        if self._depth == 1 and self._wants_key:
            self._key = bytes(self._rest[self._begun :])

    def _continue_escape(self, piece: bytes, place: int) -> int:
        """Go on with what a backslash began."""
        self._escape += piece[place : place + 1]
        if len(self._escape) == self._escape_length():
            written, self._escape = bytes(self._escape), bytearray()
            self._add(_unescaped(written) if self._taking else written)
        return place + 1

    def _escape_length(self) -> int:
        """Return how long what a backslash began is; a high surrogate that is taken goes with the low one after it."""
        if self._escape[1:2] != b"u":
            return _ESCAPE
        return 2 * _UNICODE_ESCAPE if self._taking and _HIGH_SURROGATE.match(self._escape) else _UNICODE_ESCAPE

    def _add(self, text: bytes) -> None:
        if self._taking:
            self._take(text)
        else:
            self._keep(text)

    def _keep(self, piece: bytes) -> None:
        self._rest += piece
        if len(self._rest) > self._limit:
            raise BodyTooLarge(f"at most {self._limit} bytes are read besides the file", clauses=("HTTP-413",))


def _unescaped(written: bytes) -> bytes:
    try:
        return msgspec.json.decode(b'"%s"' % written, type=str).encode()
    except msgspec.DecodeError as error:
        raise MalformedBody(f"the body is not valid JSON ({error})") from error
