"""Who starts when: cases of a few tasks, told one by one."""

from collections.abc import Iterable

import pytest

from mock_server.core.limits.queueing import Slots, arrange, put_off
from mock_server.core.tasks.steering import hold, release
from mock_server.core.tasks.timeline import observe
from mock_server.core.types import NEVER, SECOND, Status, Task
from tests.core.crowds import NOW, after, make


def crowd_of(task: Task, asked: Iterable[tuple[str, str, int]]) -> list[Task]:
    """Return tasks that are ready in a second, each of an account and a group, and as long as is said."""
    return [
        make(task, number, account=account, group=group, queue=1, run=run)
        for number, (account, group, run) in enumerate(asked)
    ]


def starts(tasks: Iterable[Task]) -> list[int | None]:
    """Say in how many seconds each task starts, None if never."""
    instants = (task.timeline.starts_at for task in tasks)
    return [(at - NOW) // SECOND if at < NEVER else None for at in instants]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Slots(), [1, 1, 1, 1]),
        (Slots(universe=1), [16, 6, 11, 1]),
        (Slots(universe=2), [6, 1, 6, 1]),
        (Slots(account=1), [1, 1, 6, 1]),
        (Slots(universe=3, account=1), [1, 1, 6, 1]),
        (Slots(groups={"default": 1}), [1, 1, 6, 1]),
        (Slots(groups={"trial": 0}), [None, 1, 1, 1]),
        (Slots(universe=0), [None, None, None, None]),
        (Slots(account=0), [None, None, None, None]),
    ],
)
def test_who_starts_when(task: Task, limits: Slots, expected: list[int | None]) -> None:
    """Four tasks that are ready in a second and run for five: trial of a, default of b, default of b, vip of c."""
    asked = [("a", "trial", 5), ("b", "default", 5), ("b", "default", 5), ("c", "vip", 5)]
    assert starts(after(crowd_of(task, asked), limits, NOW)) == expected


@pytest.mark.parametrize(
    ("limits", "queues", "expected"),
    [
        (Slots(), [4, 1, 2], [4, 1, 2]),
        (Slots(universe=3), [4, 1, 2], [4, 1, 2]),
        (Slots(universe=2), [4, 1, 2], [4, 1, 6]),
        (Slots(universe=1), [4, 1, 2], [4, 9, 14]),
        (Slots(account=1), [4, 1, 2], [4, 9, 14]),
        (Slots(groups={"default": 1}), [1, 4, 9], [1, 6, 11]),
        (Slots(universe=1), [1, 9, 4], [1, 9, 14]),
    ],
)
def test_the_first_created_runs_first_with_the_longest_queue_time(
    task: Task, limits: Slots, queues: list[int], expected: list[int]
) -> None:
    """Three tasks of an account are created together and run for five seconds; each queue time is its own."""
    crowd = [make(task, number, queue=queue) for number, queue in enumerate(queues)]
    assert starts(after(crowd, limits, NOW)) == expected


def test_a_vip_takes_over_a_slot_in_which_nothing_has_started(task: Task) -> None:
    """Until the end of its queue time a task can lose its slot to a vip; then it has started, and keeps it."""
    one = Slots(universe=1)
    (first,) = after([make(task, 0, queue=4)], one, NOW)
    for later, expected in ((3, [9, 4]), (4, [4, 9])):
        vip = put_off(make(task, 1, group="vip", queue=4), waited=NEVER)
        assert starts(after([first, vip], one, NOW + later * SECOND)) == expected


@pytest.mark.parametrize(
    ("queue", "run", "expected"),
    [
        (1, 5, [6, 1, 11]),
        (3, 5, [8, 3, 13]),
        (4, 5, [4, 9, 14]),
        (4, 9, [4, 9, 18]),
        (9, 5, [4, 9, 14]),
        (3, 0, [8, 3, 3]),
        (4, 0, [4, 9, 9]),
    ],
)
def test_who_is_ahead_takes_over_a_slot_in_which_nothing_has_started(
    task: Task, queue: int, run: int, expected: list[int]
) -> None:
    """Until its group has room the first in line leaves its account's slot to the second: for good once that starts."""
    runs = make(task, 0, account="b", age=1)
    first = make(task, 1, queue=1)
    second, third = make(task, 2, group="trial", queue=queue, run=run), make(task, 3, group="trial", queue=1)
    limits = Slots(account=1, groups={"default": 1})
    planned = after([runs, first, second, third], limits, NOW)
    assert starts(planned[1:]) == expected
    assert [arrange(planned, limits, now=NOW + later * SECOND) for later in range(20)] == [()] * 20


def test_it_is_the_last_in_order_whose_slot_is_taken_over(task: Task) -> None:
    """The trial task takes a slot of its account at once, the vip one a second later, the default one two seconds."""
    groups = ("vip", "default", "trial")
    running = [make(task, number, account="b", group=groups[number], age=4 - number) for number in range(2)]
    comers = [make(task, 2 + number, group=group, queue=9) for number, group in enumerate(groups)]
    limits = Slots(account=2, groups={"vip": 1, "default": 1})
    assert starts(after([*running, *comers], limits, NOW)[2:]) == [9, 9, 14]


def test_a_full_limit_hides_nobody_behind_the_first_that_it_keeps(task: Task) -> None:
    """As the default's one slot is freed, the first that waits for it is kept by its account: the next one has it."""
    asked = [("a", "vip", 9), ("b", "default", 5), ("a", "default", 5), ("c", "default", 5)]
    assert starts(after(crowd_of(task, asked), Slots(account=1, groups={"default": 1}), NOW)) == [1, 1, 11, 6]


def test_a_task_that_ends_as_it_starts_takes_no_slot_from_the_next(task: Task) -> None:
    """It has its turn, and whoever comes after it is served at the same instant, before those behind."""
    asked = [("a", "vip", 0), ("a", "default", 5), ("b", "default", 5)]
    assert starts(after(crowd_of(task, asked), Slots(account=1, groups={"default": 1}), NOW)) == [1, 1, 6]


def test_a_task_that_ends_as_it_starts_is_not_overtaken_before(task: Task) -> None:
    """Its queue time is longer than that of the next one, which all the same starts when the first has had its turn."""
    crowd = [make(task, 0, queue=4, run=0), make(task, 1, queue=1), make(task, 2, queue=2)]
    assert starts(after(crowd, Slots(universe=1), NOW)) == [4, 4, 9]


def test_a_held_task_keeps_its_slot_if_it_runs_and_takes_none_if_it_does_not(task: Task) -> None:
    """Behind a task that is held while it runs there is no slot in sight; one that is held in the queue is passed."""
    runs, waits, last = make(task, 0, age=1), make(task, 1, queue=1), make(task, 2, queue=1)
    one = Slots(universe=1)
    assert starts(after([hold(runs, now=NOW), waits, last], one, NOW)) == [-1, None, None]
    held = hold(waits, now=NOW)
    crowd = after([runs, held, last], one, NOW)
    assert (crowd[1], starts(crowd)) == (held, [-1, 1, 4])
    assert starts(after([runs, release(held, now=NOW + SECOND), crowd[2]], one, NOW + SECOND)) == [-1, 4, 9]


def test_who_is_put_off_without_end_starts_when_there_is_a_slot(task: Task) -> None:
    """A limit of 0 lets nothing start, and its estimate stands; when it grows, all is as if it had never been."""
    crowd = [make(task, number, queue=1) for number in range(2)]
    stopped = after(crowd, Slots(universe=0), NOW)
    assert [one.timeline.starts_at for one in stopped] == [NOW + SECOND + NEVER] * 2
    assert [observe(one.timeline, NOW + 60 * SECOND).remaining for one in stopped] == [9, 9]
    assert observe(stopped[0].timeline, NOW + 60 * SECOND).status is Status.PENDING
    assert (after(stopped, Slots(), NOW), arrange(crowd, Slots(), now=NOW)) == (crowd, ())
    grown = after(stopped, Slots(universe=1), NOW + 60 * SECOND)
    assert starts(grown) == [60, 65]
    assert [observe(one.timeline, NOW + 60 * SECOND).remaining for one in grown] == [9, 14]
