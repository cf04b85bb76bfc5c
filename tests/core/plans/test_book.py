"""What a book of plans knows of them, and how it is looked up."""

import pytest

from mock_server.core.plans import strike_task, tally
from mock_server.core.plans.match import Span
from tests.core.plans.books import CREATE, opened, strikes
from tests.core.plans.conftest import occasion


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", False),
        ("fail=service_error; link html", False),
        ("fail=service_error; answer 503", True),
        ("delay 1", True),
    ],
)
def test_whether_requests_are_struck(words: str, *, expected: bool) -> None:
    """Not by a book whose plans are all for tasks that are made."""
    assert opened(words)[0].strikes_requests is expected


def test_an_operation_is_sorted_once() -> None:
    """What concerns it is found again, not made again: a book does not change."""
    book, _ = opened("answer 503; fail=service_error")
    for operation, creation in ((CREATE, False), (CREATE, True), ("getTaskDetail", False)):
        found = book.find(operation, None, None, creation=creation)
        assert len(found) == (operation == CREATE or not creation)
        assert book.find(operation, None, None, creation=creation) is found


def test_several_plans_for_one_task() -> None:
    """All of them are found, and none of those of another."""
    words = "answer 503 task=task-a times=1; delay 1 task=task-a; answer 500 task=task-b; head status=202 task=task-a"
    struck = strikes(words, [occasion(task=f"task-{name}") for name in "aabc"])
    assert struck == [("answer 503", "delay 1", "head"), ("delay 1", "head"), ("answer 500",), ()]


def test_counts_are_those_of_the_book() -> None:
    """The state of a book with other plans is not taken for its own."""
    _, other = opened("answer 503; delay 1")
    with pytest.raises(ValueError, match="argument"):
        tally(opened("answer 503")[0], other)


@pytest.mark.parametrize(
    ("words", "struck"),
    [
        ("task shows.a=1 during=pending; task shows.a=2 during=processing", ("task", "task (2)")),
        ("task shows.a=1 during=pending,failed; task shows.a=2 during=failed,pending", ("task",)),
        ("task shows.a=1; task shows.b=2", ("task", "task (2)")),
        ("task shows.a=1; task hides=a", ("task",)),
    ],
)
def test_a_member_can_be_shown_otherwise_at_another_time(words: str, struck: tuple[str, ...]) -> None:
    """Two plans for one member come together where they are for different statuses; else the first strikes."""
    assert strike_task(*opened(words), occasion(CREATE)).strikes == struck


def test_a_row_that_does_not_begin_with_its_step() -> None:
    """Each so many from the first on: of these the next one is found."""
    span = Span(2, None, 3)
    assert [number for number in range(1, 10) if span.holds(number)] == [2, 5, 8]
    assert [span.next(number) for number in range(1, 7)] == [2, 2, 5, 5, 5, 8]
