"""Retry-After in all its forms, and how exactly waits are taken."""

import time
from collections.abc import Iterator

import pytest

from contracts.recording.timing import RetryAfter, comes_after, comes_early, comes_late, earliest, latest, retry_after
from tests.rules.records import START, Traffic


def told(text: str | None, date: str | None = None) -> RetryAfter | None:
    """Return what an answer says whose Retry-After, and Date, are these."""
    traffic = Traffic().refuse(429, told={"retry-after": text, "date": date}, took=0.0)
    return retry_after(traffic.record.asked[0])


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Judge on a machine whose clock shows the time of New York."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.clauses("HTTP-RETRY-AFTER")
@pytest.mark.parametrize("text", ["0", "7", "31536000"])
def test_seconds(text: str) -> None:
    """Whole seconds are what they are."""
    assert told(text) == RetryAfter(seconds=float(text), form="seconds", text=text)


@pytest.mark.clauses("HTTP-RETRY-AFTER")
@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Sat, 06 Sep 2025 14:43:23 GMT", "date"),
        ("Saturday, 06-Sep-25 14:43:23 GMT", "old date"),
        ("Sat Sep  6 14:43:23 2025", "old date"),
    ],
)
def test_dates(text: str, form: str) -> None:
    """All three forms of a date count from the answer's Date, and without one from the end of the answer."""
    found = told(text, "Sat, 06 Sep 2025 14:43:03 GMT")
    assert found is not None
    assert (found.seconds, found.form) == (20.0, form)
    alone = told(text)
    assert alone is not None
    assert alone.seconds == 1_757_169_803 - START


@pytest.mark.usefixtures("new_york")
@pytest.mark.parametrize("text", ["Sat, 06 Sep 2025 14:43:23 GMT", "Sat Sep  6 14:43:23 2025"])
def test_dates_are_of_greenwich(text: str) -> None:
    """A date means the same wherever it is read."""
    found = told(text)
    assert found is not None
    assert found.seconds == 1_757_169_803 - START


def test_a_date_that_has_passed() -> None:
    """It is less than no seconds away."""
    found = told("Sat, 06 Sep 2025 14:42:53 GMT", "Sat, 06 Sep 2025 14:43:03 GMT")
    assert found is not None
    assert found.seconds == -10.0


@pytest.mark.parametrize(
    "text", ["soon", "-1", "1.5", "", "2, 60", "Sat, 99 Sep 2025 14:43:23 GMT", "Sat, 06 Xyz 2025 14:43:23 GMT"]
)
def test_what_cannot_be_read(text: str) -> None:
    """Anything else is known to be there, and says nothing."""
    assert told(text) == RetryAfter(seconds=None, form="unreadable", text=text)


def test_nothing() -> None:
    """An answer without the header says nothing at all; a Date that cannot be read does not count."""
    assert told(None) is None
    found = told("Sat, 06 Sep 2025 14:43:23 GMT", "yesterday")
    assert found is not None
    assert found.seconds == 1_757_169_803 - START


def test_tolerances() -> None:
    """A wait may be 50 ms and 5 % too short, and twice and 5 s too long."""
    assert earliest(100.0) == pytest.approx(94.95)
    assert latest(100.0) == pytest.approx(205.0)
    assert (comes_early(6.59, 7.0), comes_early(6.61, 7.0)) == (True, False)
    assert (comes_late(19.01, 7.0), comes_late(18.99, 7.0)) == (True, False)
    assert (comes_early(earliest(7.0), 7.0), comes_late(latest(7.0), 7.0)) == (False, False)


def test_one_clock_after_another() -> None:
    """What a client tells of may be a millisecond early by its own clock."""
    assert comes_after(7.0, 7.0)
    assert comes_after(7.0, 7.0009)
    assert not comes_after(7.0, 7.0011)
