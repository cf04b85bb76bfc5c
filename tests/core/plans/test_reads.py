import pytest

from mock_server.core.plans import ReadsPlan, TaskPlan, seen_at
from mock_server.core.plans.plan import BasePlan
from mock_server.core.types import SECOND

CREATED = 1_000


@pytest.mark.parametrize(
    ("plans", "age", "seen"),
    [
        ((), 5, 5),
        ((ReadsPlan(unknown_for=5),), 4.999_999, None),
        ((ReadsPlan(unknown_for=5),), 5, 5),
        ((ReadsPlan(behind=30),), 40, 10),
        ((ReadsPlan(behind=30),), 20, 0),
        ((ReadsPlan(behind=30, unknown_for=5),), 4, None),
        ((ReadsPlan(behind=30, unknown_for=5),), 31, 1),
        ((ReadsPlan(behind=3), ReadsPlan(behind=2)), 9, 6),
        ((ReadsPlan(behind=3), ReadsPlan(unknown_for=10)), 9, None),
    ],
    ids=range(9),
)
def test_as_of_when_a_task_is_shown(plans: tuple[ReadsPlan, ...], age: float, seen: float | None) -> None:
    """Not at all while it is too young; else as it was so long ago, but not before it was."""
    expected = None if seen is None else CREATED + round(seen * SECOND)
    assert seen_at(CREATED, CREATED + round(age * SECOND), plans) == expected


def test_the_time_before_a_task_is_left_alone() -> None:
    """A clock that was moved back does not make a task older."""
    assert seen_at(CREATED, CREATED - 5, (ReadsPlan(behind=1),)) == CREATED - 5


def test_what_was_kept_with_a_task_can_be_given_as_it_is() -> None:
    """Other plans say nothing of reads."""
    kept: tuple[BasePlan, ...] = (TaskPlan(stuck=5), ReadsPlan(behind=1))
    assert seen_at(CREATED, CREATED + 2 * SECOND, kept) == CREATED + SECOND
