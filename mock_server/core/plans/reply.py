"""An answer as it goes onto the wire, before framing: what plans that change answers take and return."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from mock_server.core.http.dates import http_date
from mock_server.core.plans.form import Form, plain_number, unquoted, word_value
from mock_server.core.plans.forms import Json, Seconds
from mock_server.core.types import SECOND, Instant

_LATIN: Final = re.compile(r"[\x20-\xff]*")
_TEN_YEARS: Final = 10 * 366 * 86_400


class Reply(msgspec.Struct, frozen=True):
    """A status, the headers in order (names in lower case), and the body.

    `length` is the Content-Length that is sent: None is the true one. It is not among the headers.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    length: int | None = None

    def with_headers(self, headers: Mapping[str, tuple[str, ...]]) -> "Reply":
        """Return it with these headers in the place of those of the same names."""
        kept = tuple(pair for pair in self.headers if pair[0] not in headers)
        added = tuple((name, value) for name, values in headers.items() for value in values)
        return msgspec.structs.replace(self, headers=(*kept, *added))


class DateIn(msgspec.Struct, frozen=True):
    """A date as HTTP writes it, so many seconds after the real time at which the answer is made."""

    date: float


class HeaderForm(Form[str | DateIn], frozen=True):
    """The value of a header: any text or number as it is to be sent, or a date relative to now."""

    @property
    def expected(self) -> str:
        """Both."""
        return 'a text without control characters, a number, or {"date": seconds from now}'

    def read(self, value: object) -> str | DateIn:
        """Take a text, a number, or an object with a date."""
        if isinstance(value, dict) and value.keys() == {"date"}:
            return DateIn(Seconds(-_TEN_YEARS, _TEN_YEARS).read(value["date"]))
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = msgspec.json.encode(Json().read(value)).decode()
        if not isinstance(value, str) or not value.isprintable() or not _LATIN.fullmatch(value):
            raise self.misfit(value)
        return value

    def read_word(self, word: str) -> str | DateIn:
        """Take the word as it stands, what is in its quotation marks, or a date such as date+30 or date-30."""
        if word.startswith(("date+", "date-")):
            return self.read({"date": word_value(word[len("date") :].removeprefix("+"))})
        if word.startswith("{"):
            return self.read(word_value(word))
        return self.read(unquoted(word))

    def write(self, value: str | DateIn) -> object:
        """Write a text that reads as a number as that number."""
        if isinstance(value, DateIn):
            return {"date": plain_number(value.date)}
        number = value if value[:1] in ('"', "{", "[") else word_value(value)
        if isinstance(number, bool) or not isinstance(number, int | float):
            return value
        return number if self.read(number) == value else value


HEADER_NAMES: Final = ("a header's name", r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
"""How the names of headers are said to be, and what they match."""


def header_text(value: str | DateIn, *, wall: Instant) -> str:
    """Return what is sent for a header; `wall` is real time."""
    return value if isinstance(value, str) else http_date(wall + round(value.date * SECOND))


def header_texts(headers: Mapping[str, tuple[Any, ...]], *, wall: Instant) -> dict[str, tuple[str, ...]]:
    """Return what is sent for several headers, by their names in lower case."""
    return {name.lower(): tuple(header_text(value, wall=wall) for value in values) for name, values in headers.items()}
