"""D3 to D6: how long a client waits before it tries again."""

import pytest
from msgspec.structs import replace

from contracts.recording.timing import retry_after
from contracts.rules.failures.retrying import hint_of
from tests.rules.hints import DATE, HIGH, YEAR, dated
from tests.rules.records import CAT, Traffic, check_broken, check_good, check_untested


@pytest.mark.parametrize(("seconds", "early", "in_time"), [(1, 0.88, 0.92), (7, 6.55, 6.65), (120, 113.9, 114.0)])
def test_retry_after_in_seconds_is_waited_for(seconds: int, early: float, in_time: float) -> None:
    """A client that comes back before Retry-After is over is found, and one within the tolerance is not."""

    def told(wait: float) -> Traffic:
        return Traffic().refuse(429, told={"retry-after": f"{seconds}"}).wait(wait - 0.01).create()

    check_broken("D3", told(early), f"a wait of {seconds} s", f"after {early:.2f} s")
    check_good("D3", told(in_time))


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_retry_after_counts_with_all_that_passes(status: int) -> None:
    """Whatever may pass can say when; polls and downloads are to wait as creates are."""
    early = Traffic().create().refuse(status, task=CAT, told=HIGH).wait(1).poll()
    check_broken("D3", early, "Retry-After: 7", "the next after 1.01 s")
    check_good("D3", Traffic().create().refuse(status, task=CAT, told=HIGH).wait(7).poll())


def test_retry_after_is_judged_where_it_is_certain() -> None:
    """Nothing is said of hints that are none, that are two, or that a test moved the clock past."""
    check_untested("D3", Traffic().refuse(429, told={"retry-after": "0"}).create())
    check_untested("D3", Traffic().refuse(400, told=HIGH).create())
    check_untested("D3", Traffic().refuse(429, told=HIGH))
    check_untested("D3", Traffic().refuse(429, told=HIGH).event("clock").create())
    check_untested(
        "D3",
        Traffic()
        .ask("GET", "https://shop.example.com/", status=429, told=HIGH)
        .ask("GET", "https://shop.example.com/"),
    )


def test_waits_without_hints_are_not_judged_by_them() -> None:
    """Who was told nothing has nothing to keep to, in a call in which an answer told something else as well."""
    check_untested("D3", Traffic().refuse(429).create())
    traffic = Traffic().refuse(503).refuse(503, told={"retry-after": "0"}).refuse(503, told=HIGH).wait(7)
    check_good("D4", traffic.create())


def test_two_hints_are_none() -> None:
    """Of an answer with two Retry-After nobody can tell what it asks for: libraries take one of them, or neither."""
    told = Traffic().refuse(429, told=HIGH).record.exchanges[0]
    twice = replace(told, response_headers=(*told.response_headers, ("retry-after", "60")))
    assert hint_of(told, retry_after(told)) is not None
    assert hint_of(twice, retry_after(twice)) is None


def test_twins_are_not_judged() -> None:
    """Of two requests for the same at one time nobody knows which is repeated; an idempotency key tells."""
    at = Traffic().now

    def twins(first: str | None, second: str | None) -> Traffic:
        traffic = Traffic().refuse(429, told=HIGH, again=first, at=at)
        traffic.refuse(429, told={"retry-after": "1"}, again=second, at=at + 0.05)
        return traffic.create(again=second, at=at + 1.3).create(again=first, at=at + 7.3)

    check_untested("D3", twins(None, None))
    check_good("D3", twins("key-one", "key-two"))
    late = Traffic().refuse(429, told=HIGH, again="key", at=at, took=2).refuse(429, again="key", at=at + 1)
    check_untested("D3", late)


def test_retry_after_as_date_is_waited_for() -> None:
    """A date counts from the answer's own Date, less the second that dates leave open."""

    def dated_wait(wait: float) -> Traffic:
        return Traffic().refuse(503, told=dated(7)).wait(wait - 0.01).create()

    check_broken("D4", dated_wait(5.5), "a wait of 6 s", "the next after 5.50 s")
    check_good("D4", dated_wait(5.7))
    check_good("D4", dated_wait(7))


def test_dates_count_by_either_clock() -> None:
    """A date may be taken from the answer's Date or from the client's own clock, if that is another."""
    told = {"date": "Sat, 06 Sep 2025 14:42:13 GMT", "retry-after": "Sat, 06 Sep 2025 14:42:33 GMT"}
    check_good("D4", Traffic().refuse(503, told=told).wait(10).create())
    check_broken("D4", Traffic().refuse(503, told=told).wait(9).create(), "a wait of 9.9 s", "after 9.01 s")
    over = {**told, "retry-after": "Sat, 06 Sep 2025 14:42:23 GMT"}
    check_good("D4", Traffic().refuse(503, told=over).wait(1).create())


@pytest.mark.parametrize(
    "told",
    [
        {"retry-after": "0"},
        {"retry-after": "-1"},
        {"retry-after": "soon"},
        dated(-60),
        dated(1),
        dated(30, form="Saturday, 06-Sep-25 14:{:02}:{:02} GMT"),
    ],
    ids=["zero", "negative", "unreadable", "past", "now", "old date"],
)
def test_hints_that_ask_nothing_are_no_leave_to_hammer(told: dict[str, str]) -> None:
    """After a hint of no use two repetitions in a row come at once; one may, and so may all that wait."""

    def hinted(*waits: float) -> Traffic:
        traffic = Traffic().refuse(503, told=told)
        for wait in waits:
            traffic.wait(wait).refuse(503, told=told)
        return traffic

    check_broken("D4", hinted(0, 0), "a backoff of its own", "3 requests at once")
    check_good("D4", hinted(0))
    check_good("D4", hinted(0, 1, 0))
    check_untested("D4", hinted())


def test_absurd_waits_end_the_call() -> None:
    """A client that comes back within an hour though it was told a year is found; giving up is fine, and so is more."""
    check_broken("D5", Traffic().refuse(503, told=YEAR).wait(60).create(), "a wait of 3600 s", "after 60.01 s")
    check_good("D5", Traffic().refuse(503, told=YEAR))
    check_good("D5", Traffic().refuse(503, told=YEAR).wait(3600).create())
    check_good("D5", Traffic().refuse(503, told={"date": DATE, "retry-after": "Sun, 06 Sep 2026 14:42:23 GMT"}))
    check_untested("D5", Traffic().refuse(503, told=YEAR).event("clock").create())
    check_untested("D5", Traffic().refuse(400, told=YEAR))
    check_untested("D5", Traffic().refuse(503, told={"retry-after": "Sunday, 06-Sep-26 14:42:23 GMT"}).create())
    check_untested("D5", Traffic().refuse(503, told={"retry-after": "3600"}))


@pytest.mark.parametrize("status", [500, 503, None])
def test_backoff_grows(status: int | None) -> None:
    """Three waits that are alike are found; that they grow, or are long, is enough."""

    def failing(*waits: float) -> Traffic:
        traffic = Traffic().create().refuse(status, task=CAT)
        for wait in waits:
            traffic.wait(wait - 0.01).refuse(status, task=CAT)
        return traffic

    check_broken("D6", failing(2, 2, 2), "waits that grow", "3 waits of 2.00 to 2.00 s")
    check_broken("D6", failing(2, 2.55, 2), "waits that grow", "2.55 s")
    check_good("D6", failing(2, 2.65, 2))
    check_good("D6", failing(1, 2, 4))
    check_good("D6", failing(10, 10, 10))
    check_untested("D6", failing(2, 2))
