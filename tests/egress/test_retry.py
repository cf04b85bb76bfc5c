import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.callbacks.retry import ATTEMPT_SECONDS, DELAYS, next_due, succeeded
from mock_server.core.types import SECOND

pytestmark = pytest.mark.uncounted

NOW = 1_757_169_743 * SECOND


@pytest.mark.clauses("CB-RETRIES")
@pytest.mark.parametrize(
    ("attempts", "status", "delay"),
    [
        (1, 500, 1),
        (2, 500, 2),
        (3, 500, 4),
        (4, 500, None),
        (5, 500, None),
        (1, None, 1),
        (3, None, 4),
        (4, None, None),
        (1, 200, None),
        (3, 204, None),
    ],
)
def test_the_schedule(attempts: int, status: int | None, delay: int | None) -> None:
    """After the first, second and third failure the next attempt follows in 1, 2 and 4 seconds; then there is none."""
    assert next_due(attempts, status, NOW) == (None if delay is None else NOW + delay * SECOND)


@pytest.mark.clauses("CB-SUCCESS")
@pytest.mark.parametrize(
    ("status", "success"),
    [
        *((status, True) for status in (200, 201, 202, 204, 206, 226, 250, 299)),
        *((status, False) for status in (100, 101, 102, 103, 199, 300, 301, 302, 304, 307, 308, 399)),
        *((status, False) for status in (400, 401, 404, 408, 410, 429, 499, 500, 502, 503, 504, 599, 999)),
        (None, False),
    ],
)
def test_any_2xx_and_nothing_else_is_success(status: int | None, success: bool) -> None:  # noqa: FBT001 - a column
    """Success ends it; a redirect, a 410 or no answer at all does not."""
    assert succeeded(status) is success
    assert (next_due(1, status, NOW) is None) is success


@pytest.mark.clauses("CB-RETRIES", "CB-SUCCESS")
@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(100, 599)), st.integers(0, 10 * SECOND)), min_size=4))
def test_a_delivery_ends(answers: list[tuple[int | None, int]]) -> None:
    """Whatever is answered and however long that takes: four attempts at most, each as long after the last failure."""
    due: int | None = NOW
    ended = NOW
    made: list[int | None] = []
    for status, took in answers:
        if due is None:
            break
        assert due - ended == (0, *DELAYS)[len(made)]
        ended = due + took
        made.append(status)
        due = next_due(len(made), status, ended)
    assert due is None
    assert len(made) <= 4
    assert len(made) == 4 or succeeded(made[-1])
    assert not any(succeeded(status) for status in made[:-1])


@pytest.mark.clauses("CB-TIMEOUT")
def test_an_attempt_takes_ten_seconds_at_most() -> None:
    """The time that the page gives an attempt."""
    assert ATTEMPT_SECONDS == 10
