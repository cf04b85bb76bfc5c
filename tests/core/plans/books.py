"""Books of plans, and what is asked of them."""

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from mock_server.core.plans import (
    Occasion,
    PlanBook,
    PlanState,
    compile_plans,
    open_state,
    read_words,
    strike,
)
from tests.core.plans.conftest import NOW, account_of

CREATE = "createAnything"


def opened(words: str, *, now: int = NOW) -> tuple[PlanBook, PlanState]:
    """Compile plans in the short form, and set them."""
    book = compile_plans(read_words(words), account_of=account_of)
    return book, open_state(book, now=now)


def strikes(words: str, occasions: Iterable[Occasion]) -> list[tuple[str, ...]]:
    """Return which plans strike at one occasion after the other."""
    book, state = opened(words)
    return [strike(book, state, each).strikes for each in occasions]


def pattern(words: str, occasions: Iterable[Occasion]) -> str:
    """Return a cross for each occasion at which a plan strikes, and a dot for each other."""
    return "".join("x" if struck else "." for struck in strikes(words, occasions))


turns: st.SearchStrategy[Any] = st.lists(
    st.tuples(
        st.sampled_from([CREATE, "getTaskDetail", "listTasks"]),
        st.sampled_from([None, "task-0", "task-1", "task-2"]),
        st.sampled_from(["A", "ACCOUNT-B"]),
        st.integers(0, 8),
        st.sampled_from([None, {"a": 1}, {"a": "xy"}, []]),
    ),
    max_size=20,
)
