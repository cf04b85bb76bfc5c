"""A form (multipart/form-data) with one file in it, read as it comes in."""

import logging
from collections.abc import Callable, Mapping
from typing import Final

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from mock_server.core.errors import InvalidRequest, UnsupportedMediaType
from mock_server.core.wording import shown_value

FILE: Final = "file"
"""The part of a form that is the file (FILE-UPLOAD-STREAM)."""

OVERHEAD: Final = 65_536
"""How many bytes a form may have besides its file."""

MOST_PARTS: Final = 16
_MOST_HEADERS: Final = 8
_LONGEST_HEADER: Final = 4_096
_LONGEST_FIELD: Final = 4_096
_LONGEST_BOUNDARY: Final = 200
_CLAUSES: Final = ("FILE-UPLOAD-STREAM",)

logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # what is wrong with a form is told to who sent it

Take = Callable[[memoryview], object]
"""Where the file goes, piece by piece."""


class FormReader:
    """Reads a form. `fields` are its short texts by name, `file_name` is what the file's part says that it is called.

    Args:
        content_type: The Content-Type of the request.
        take: Where the file goes.

    Raises:
        UnsupportedMediaType: It is no form.
        InvalidRequest: It is one without a boundary that can be used.
    """

    def __init__(self, content_type: str, take: Take) -> None:
        self.fields: dict[str, str] = {}
        self.file_name = ""
        self._take = take
        self._headers: dict[str, bytes] = {}
        self._header = bytearray()
        self._value = bytearray()
        self._text = bytearray()
        self._name = ""
        self._parts = 0
        self._whole = False
        self._parser = MultipartParser(
            _boundary(content_type),
            {
                "on_part_begin": self._begin_part,
                "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._open_part,
                "on_part_data": self._add,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
            max_header_count=_MOST_HEADERS,
            max_header_size=_LONGEST_HEADER,
        )

    def feed(self, piece: memoryview) -> None:
        """Take a piece of the body.

        Raises:
            InvalidRequest: It is no form, or not one that is read here.
        """
        if self._whole:
            return  # what follows a form means nothing
        try:
            self._parser.write(bytes(piece))
        except MultipartParseError as error:
            raise _refusal(f"the form cannot be read: {error}") from error

    def finish(self) -> Mapping[str, str]:
        """Return the fields, once all has come; that of the file is empty.

        Raises:
            InvalidRequest: The form is not whole.
        """
        if not self._whole:
            raise _refusal("the form ends before its last boundary")
        return self.fields

    def _begin_part(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise _refusal(f"a form has at most {MOST_PARTS} parts")
        self._headers.clear()
        self._text.clear()

    def _end_header(self) -> None:
        self._headers[self._header.decode("latin-1").lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _open_part(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b"").decode("latin-1"))
        self._name = _text(options.get(b"name", b""), "a part's name")
        if self._name in self.fields:
            raise _refusal(f"the form has more than one part {shown_value(self._name)}")
        if self._name == FILE:
            self.file_name = options.get(b"filename", b"").decode("utf-8", "replace")

    def _add(self, data: bytes, start: int, end: int) -> None:
        if self._name == FILE:
            self._take(memoryview(data)[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > _LONGEST_FIELD:
            raise _refusal(f"{shown_value(self._name)} has more than {_LONGEST_FIELD} bytes")

    def _end_part(self) -> None:
        self.fields[self._name] = _text(bytes(self._text), shown_value(self._name))

    def _end(self) -> None:
        self._whole = True


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        raise UnsupportedMediaType(f"a form is expected, got {shown_value(content_type)}", clauses=("HTTP-415",))
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise _refusal(f"Content-Type must name a boundary of 1 to {_LONGEST_BOUNDARY} characters")
    return boundary


def _text(raw: bytes, subject: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise _refusal(f"{subject} is not valid UTF-8") from error


def _refusal(detail: str) -> InvalidRequest:
    return InvalidRequest(detail, clauses=_CLAUSES)
