"""A plan that cannot strike yet is passed over, and nothing else differs from looking at it each time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.plans import compile_plans, open_state, read_words, strike
from mock_server.core.plans.match import Span, read_span
from mock_server.core.types import NEVER
from tests.core.plans.conftest import NOW, account_of, occasion

pytestmark = pytest.mark.uncounted

ROWS = st.sampled_from(["1", "3", "2-4", "5+", "2n", "3n", "7-7", "400000000"])
PLAN = st.tuples(
    st.sampled_from(["answer 503", "answer 429", "delay 1", "limit requests=3"]),
    st.one_of(st.just(""), ROWS.map(" nth={}".format)),
    st.sampled_from(["", " chance=0.5", " chance=0.1", " chance=0.000001"]),
    st.sampled_from(["", " times=1", " times=2"]),
    st.sampled_from(["", " each=task", " each=account"]),
    st.sampled_from(["", " task=task-unified-1"]),
).map("".join)


@given(
    words=st.lists(PLAN, min_size=1, max_size=4).map("; ".join),
    tasks=st.lists(st.sampled_from(["task-unified-1", "task-unified-2"]), max_size=60),
)
def test_nothing_is_missed(words: str, tasks: list[str]) -> None:
    """Whatever is planned: the same plans strike, and as many are counted, as where none is ever passed over."""
    book = compile_plans(read_words(words), account_of=account_of)
    state, awake = open_state(book, now=NOW), open_state(book, now=NOW)
    for task in tasks:
        awake.asleep.clear()
        scripts = [strike(book, each, occasion("getTaskDetail", task=task)) for each in (state, awake)]
        assert scripts[0] == scripts[1]
        assert state == awake


def test_a_plan_sleeps() -> None:
    """Until its number comes, until the next handful of chances, or for good when it has struck as often as it can."""
    book = compile_plans(
        read_words("delay 1 nth=5; delay 2 chance=0.000000001; delay 3 times=1; delay 4 nth=1; delay 5"),
        account_of=account_of,
    )
    state = open_state(book, now=NOW)
    for _ in range(2):
        strike(book, state, occasion("getTaskDetail"))
    assert state.asleep == {0: 5, 1: 8, 2: NEVER, 3: NEVER}


@given(
    text=st.one_of(ROWS, st.tuples(st.integers(1, 30), st.integers(0, 30)).map(lambda two: f"{two[0]}-{sum(two)}")),
    number=st.integers(1, 60),
)
def test_the_next_of_a_row(text: str, number: int) -> None:
    """The first number from a given one on that is meant, if there is one."""
    span = read_span(text)
    assert isinstance(span, Span)
    following = span.next(number)
    assert following == NEVER or (span.holds(following) and following >= number)
    assert not any(span.holds(each) for each in range(number, min(following, 100)))
