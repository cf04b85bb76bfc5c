"""Dates as HTTP has them, written and read."""

from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.http.dates import http_date, read_http_date
from mock_server.core.types import SECOND

NOW = 1_795_334_400 * SECOND
"""2026-11-22T08:00:00Z."""

EXAMPLE = 784_111_777 * SECOND
"""The instant of the examples of RFC 9110: 1994-11-06T08:49:37Z."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def test_how_http_writes_a_date() -> None:
    """Each day and each month has its name, whatever the language of the machine."""
    day = 24 * 3_600 * SECOND
    assert http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT"
    dates = [http_date(number * 31 * day).split() for number in range(12)]
    assert tuple(date[2] for date in dates) == MONTHS
    assert {date[0] for date in dates} == {"Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,"}


@given(st.datetimes(min_value=datetime(1000, 1, 1)))  # noqa: DTZ001 - the library would read an earlier year as 20th
def test_what_is_written_can_be_read(when: datetime) -> None:
    """Ours reads what others write, and others what we write."""
    text = format_datetime(when.replace(microsecond=0)).replace("-0000", "GMT")
    at = read_http_date(text, now=NOW)
    assert at is not None
    assert http_date(at) == text
    assert parsedate_to_datetime(text).timestamp() * SECOND == at


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE),
        ("Sunday, 06-Nov-94 08:49:37 GMT", EXAMPLE),
        ("Sun Nov  6 08:49:37 1994", EXAMPLE),
        ("Tuesday, 22-Nov-26 08:00:00 GMT", NOW),
        ("Friday, 22-Nov-76 08:00:00 GMT", read_http_date("Sun, 22 Nov 2076 08:00:00 GMT", now=NOW)),
        ("Tuesday, 22-Nov-77 08:00:00 GMT", read_http_date("Tue, 22 Nov 1977 08:00:00 GMT", now=NOW)),
        ("Sun, 6 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 UTC", None),
        ("sun, 06 nov 1994 08:49:37 gmt", None),
        ("Sun, 31 Feb 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 0000 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 24:49:37 GMT", None),
        ("Sun, \N{ARABIC-INDIC DIGIT ZERO}6 Nov 1994 08:49:37 GMT", None),
        ("1994-11-06T08:49:37Z", None),
        ("", None),
    ],
)
def test_three_forms_and_no_other(text: str, at: int | None) -> None:
    """All three forms that HTTP has had can be read; a year of two digits is the one nearest to now."""
    assert read_http_date(text, now=NOW) == at


@pytest.mark.parametrize(("now", "year"), [("2000", 2000), ("2049", 2000)])
def test_a_year_of_two_digits_is_of_the_century_that_runs(now: str, year: int) -> None:
    """The year 00 is the one of the present century, at its first instant too."""
    at = read_http_date(f"Thu, 01 Jan {now} 00:00:00 GMT", now=NOW)
    assert at is not None
    expected = read_http_date(f"Mon, 03 Jan {year} 00:00:00 GMT", now=NOW)
    assert read_http_date("Monday, 03-Jan-00 00:00:00 GMT", now=at) == expected
