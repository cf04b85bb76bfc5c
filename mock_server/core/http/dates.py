"""Dates as HTTP writes and reads them (RFC 9110, 5.6.7): whole seconds, in GMT."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from mock_server.core.types import SECOND, Instant

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MONTH: Final = f"(?P<month>{'|'.join(_MONTHS)})"
_TIME: Final = "(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_DAY: Final = f"(?:{'|'.join(_DAYS)})"
_LONG_DAY: Final = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_FORMS: Final = (
    re.compile(f"{_DAY}, (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT"),
    re.compile(f"{_LONG_DAY}, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT"),
    re.compile(f"{_DAY} {_MONTH} (?P<day>[ 0-9][0-9]) {_TIME} (?P<year>[0-9]{{4}})"),
)
_SHORT_YEAR: Final = 2
_AHEAD: Final = 50
"""How many years ahead a year of two digits may be; one that would be later is of the century before."""


def http_date(at: Instant) -> str:
    """Write an instant as HTTP does: Sun, 22 Nov 2026 08:00:00 GMT."""
    when = _EPOCH + timedelta(seconds=at // SECOND)
    return f"{_DAYS[when.weekday()]}, {when:%d} {_MONTHS[when.month - 1]} {when.year:04d} {when:%H:%M:%S} GMT"


def read_http_date(text: str, *, now: Instant) -> Instant | None:
    """Read a date in any of the three forms that HTTP has had; None if it is none. `now` tells which century it is."""
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    year = int(found["year"])
    if len(found["year"]) == _SHORT_YEAR:
        year = _full_year(year, now)
    clock = int(found["hour"]), int(found["minute"]), int(found["second"])
    try:
        when = datetime(year, _MONTHS.index(found["month"]) + 1, int(found["day"]), *clock, tzinfo=UTC)
    except ValueError:
        return None
    return (when - _EPOCH) // timedelta(seconds=1) * SECOND


def _full_year(year: int, now: Instant) -> int:
    this = (_EPOCH + timedelta(seconds=now // SECOND)).year
    full = this // 100 * 100 + year
    return full - 100 if full > this + _AHEAD else full
