import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.limits.ratelimit import MINUTE, Bucket, Limit, take
from mock_server.core.types import SECOND

pytestmark = pytest.mark.uncounted

limits = st.builds(Limit, st.integers(1, 10_000))
pauses = st.lists(st.one_of(st.just(0), st.integers(0, 90 * SECOND)), max_size=60)


def crowd(limit: Limit, now: int) -> Bucket:
    """Take requests at one instant until the bucket is empty."""
    bucket, wait = Bucket(), 0
    while not wait:
        bucket, wait = take(bucket, limit, now)
    return bucket


@pytest.mark.clauses("ERR-429")
@pytest.mark.parametrize("per_minute", [1, 7, 60, 999])
def test_a_minutes_worth_can_come_at_once(per_minute: int) -> None:
    """After a pause exactly a minute's requests are taken at one instant."""
    bucket, taken, wait = Bucket(), -1, 0
    while not wait:
        bucket, wait = take(bucket, Limit(per_minute), 10**15)
        taken += 1
    assert taken == per_minute


@pytest.mark.clauses("ERR-429", "HTTP-RETRY-AFTER")
@given(limits, st.integers(0, 10**16))
def test_the_wait_that_is_told_is_the_wait_it_takes(limit: Limit, now: int) -> None:
    """Who waits exactly as long as told succeeds; one second less is too early; a refusal costs nothing."""
    empty = crowd(limit, now)
    refused, wait = take(empty, limit, now)
    assert (refused, wait > 0) == (empty, True)
    assert take(empty, limit, now + wait * SECOND)[1] == 0
    assert take(empty, limit, now + (wait - 1) * SECOND)[1] == 1


@pytest.mark.clauses("ERR-429", "HTTP-RETRY-AFTER")
@given(st.integers(1, 30), pauses)
def test_no_window_holds_more_than_the_limit(per_minute: int, waits: list[int]) -> None:
    """In any window of t minutes at most limit x t + limit requests are taken, and each wait told is honest."""
    limit, bucket, now = Limit(per_minute), Bucket(), 0
    taken: list[int] = []
    for pause in waits:
        now += pause
        bucket, wait = take(bucket, limit, now)
        if wait:
            assert take(bucket, limit, now + wait * SECOND)[1] == 0
        else:
            taken.append(now)
    for first, opened in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= per_minute * (taken[last] - opened) / MINUTE + per_minute


@pytest.mark.clauses("ERR-429")
def test_a_long_pause_fills_the_bucket_and_no_more() -> None:
    """An hour's pause after a crowd leaves room for one minute's requests, not for sixty."""
    limit = Limit(3)
    bucket = crowd(limit, 0)
    waits = []
    for _ in range(4):
        bucket, wait = take(bucket, limit, 60 * MINUTE)
        waits.append(wait)
    assert waits == [0, 0, 0, 20]


@pytest.mark.clauses("HTTP-RETRY-AFTER")
@given(limits, st.integers(0, 10**16), st.integers(1, 10**16))
def test_a_clock_that_was_set_back(limit: Limit, now: int, later: int) -> None:
    """A bucket that was emptied at a later time is empty now, so the wait is that for one request, and honest."""
    bucket, wait = take(crowd(limit, now + later), limit, now)
    assert take(bucket, limit, now) == (bucket, wait)
    assert wait == max(1, -(-limit.cost // SECOND))
    assert take(bucket, limit, now + wait * SECOND)[1] == 0


@pytest.mark.clauses("HTTP-RETRY-AFTER")
@given(st.sampled_from([1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60]).map(Limit), st.integers(0, 10**16))
def test_a_microsecond_less_is_too_early(limit: Limit, now: int) -> None:
    """Where a request is refilled in whole seconds, the wait that is told is the shortest that there is."""
    empty, wait = take(crowd(limit, now), limit, now)
    assert wait * SECOND == limit.cost
    assert take(empty, limit, now + wait * SECOND - 1)[1] == 1
    assert take(empty, limit, now + wait * SECOND)[1] == 0
