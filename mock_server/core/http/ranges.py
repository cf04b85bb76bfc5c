"""What of a file is sent when a client asks for a part of it, or only if it is another one than it has (RFC 9110)."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from mock_server.core.http.dates import read_http_date
from mock_server.core.types import SECOND, Instant

_TAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_RANGE: Final = re.compile(r"(?P<first>[0-9]{1,1000})-(?P<last>[0-9]{0,1000})|-(?P<length>[0-9]{1,1000})")
_WEAK: Final = "W/"


class Version(msgspec.Struct, frozen=True):
    """What a file is at present: its size in bytes, its strong ETag, and when it was made, if that is told."""

    size: int
    etag: str
    modified: Instant | None = None


class Part(msgspec.Struct, frozen=True):
    """What is sent of a file: the bytes from `begin` up to `end`, with 200 or 206; none with 304, 412 or 416."""

    status: int
    begin: int = 0
    end: int = 0


def choose_part(version: Version, headers: Mapping[str, str], *, method: str, now: Instant) -> Part:
    """Choose what a request gets of a file. Conditions come first, in the order of RFC 9110, 13.2.2; then the range.

    One range is served, to GET. Several at once get the whole file, as RFC 9110 allows; so does what is no range.

    Args:
        version: What the file is.
        headers: The request's headers: names in lower case, and the values of one name joined by commas.
        method: GET or HEAD.
        now: The time, which tells the century of a date that has none.
    """
    whole = Part(HTTPStatus.OK, 0, version.size)
    refused = _refusal(version, headers, now)
    if refused is not None:
        return Part(refused)
    asked = headers.get("range")
    if asked is None or method != "GET" or not _is_same(version, headers.get("if-range"), now):
        return whole
    return _read_range(asked, version.size) or whole


def _refusal(version: Version, headers: Mapping[str, str], now: Instant) -> int | None:
    """Return the status with which a condition ends the request, or None."""
    wanted, known = headers.get("if-match"), headers.get("if-none-match")
    if wanted is not None:
        if wanted.strip() != "*" and version.etag not in _TAG.findall(wanted):
            return HTTPStatus.PRECONDITION_FAILED
    elif _is_later(version, headers.get("if-unmodified-since"), now) is True:
        return HTTPStatus.PRECONDITION_FAILED
    if known is not None:
        tags = [tag.removeprefix(_WEAK) for tag in _TAG.findall(known)]
        return HTTPStatus.NOT_MODIFIED if known.strip() == "*" or version.etag in tags else None
    return HTTPStatus.NOT_MODIFIED if _is_later(version, headers.get("if-modified-since"), now) is False else None


def _is_later(version: Version, date: str | None, now: Instant) -> bool | None:
    """Tell whether a file was made after a date; None if one of the two is not known."""
    at = None if date is None else read_http_date(date, now=now)
    return None if at is None or version.modified is None else _second(version.modified) > at


def _is_same(version: Version, validator: str | None, now: Instant) -> bool:
    """Tell whether an If-Range, if there is one, means the file as it is: its ETag, or just its date."""
    if validator is None or validator == version.etag:
        return True
    return version.modified is not None and read_http_date(validator, now=now) == _second(version.modified)


def _read_range(asked: str, size: int) -> Part | None:
    """Return the part that a Range asks for, or 416; None if it is no single range."""
    unit, _, ranges = asked.partition("=")
    found = _RANGE.fullmatch(ranges.strip(" \t,"))
    if unit.lower() != "bytes" or found is None:
        return None
    if found["length"]:
        return _suffix(int(found["length"]), size)
    first, last = int(found["first"]), int(found["last"] or size)
    if found["last"] and last < first:
        return None
    return Part(HTTPStatus.PARTIAL_CONTENT, first, min(last + 1, size)) if first < size else _UNSATISFIABLE


def _suffix(length: int, size: int) -> Part | None:
    """Return the last bytes of a file; all of an empty one, which has no part that could be named."""
    if length == 0:
        return _UNSATISFIABLE
    return Part(HTTPStatus.PARTIAL_CONTENT, max(0, size - length), size) if size else None


def _second(at: Instant) -> Instant:
    return at // SECOND * SECOND


_UNSATISFIABLE: Final = Part(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
