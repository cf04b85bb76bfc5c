"""C rules at their bounds: exact times, the first of several tasks, and what stands beside what is judged."""

from tests.rules.bounds import Case, check_case, made, polled_at
from tests.rules.polls import again, growing, hinted
from tests.rules.records import DOG, START, Traffic, name, shown
from tests.tables import by_table


def rushed(*gaps: float) -> Traffic:
    """A task whose polls come after these gaps."""
    traffic = Traffic().create().poll()
    for gap in gaps:
        traffic.wait(gap).poll()
    return traffic


def side_by_side(polls: int, *begun: float) -> Traffic:
    """Tasks that are created at these seconds, and polled side by side so often."""
    traffic = Traffic()
    for index, second in enumerate(begun):
        made(traffic, name(f"n{index}"), at=START + second)
    for place in range(1, polls + 1):
        for index in range(len(begun)):
            traffic.poll(task=name(f"n{index}"), at=START + 10 * place, took=5.0)
    return traffic


CASES: list[Case] = [
    ("C5", lambda: hinted("1", 0.5), 1, 1),
    ("C5", lambda: hinted("1", 6.9), 1, 0),
    ("C5", lambda: hinted("20", 3).wait(9).poll(told={"retry-after": "20"}).wait(3).poll(), 1, 1),
    (
        "C5",
        lambda: (
            again(Traffic().create().wait(9).poll(told={"retry-after": "no"}).wait(9), told={"retry-after": "9"})
            .wait(3)
            .poll()
        ),
        1,
        1,
    ),
    ("C5", lambda: polled_at(10, 11, told={"retry-after": "9"}), 1, 1),
    ("C6", lambda: rushed(0.3, 0.4, 0.5, 0.6), 1, 1),
    ("C6", lambda: rushed(0.3, 0.4, 0.9, 0.6, 3, 3, 3, 3), 1, 1),
    ("C7", lambda: again(again(Traffic().create(), every=5, times=23), every=9, times=40), 1, 1),
    (
        "C7",
        lambda: polled_at(*range(1, 302, 6), traffic=made(changes={"task_info": {}}), changes={"task_info": {}}),
        1,
        1,
    ),
    (
        "C7",
        lambda: polled_at(*range(1, 301, 6), traffic=made(changes={"task_info": {}}), changes={"task_info": {}}),
        0,
        0,
    ),
    ("C7", lambda: growing([50] * 6), 1, 0),
    ("C7", lambda: growing([60] * 5), 0, 0),
    ("C7", lambda: growing([40] * 5 + [4] * 30), 1, 1),
    ("C10", lambda: side_by_side(3, *[0] * 10), 0, 0),
    ("C10", lambda: side_by_side(4, *[0] * 9, 1), 1, 1),
    ("C10", lambda: side_by_side(4, *[0] * 9, 1.5), 0, 0),
    ("C12", lambda: polled_at(10, 11), 1, 0),
    ("C12", lambda: Traffic().poll(at=START, took=3.0).hear(shown(), at=START).poll(at=START + 1), 0, 0),
    ("C12", lambda: polled_at(0, 2, traffic=Traffic(), took=3.0).hear(shown(), at=START + 5), 0, 0),
    ("C18", lambda: again(Traffic().create(again="k").refuse(503, again="k").poll(), times=2), 0, 0),
    ("C18", lambda: again(polled_at(1)), 1, 1),
    ("C18", lambda: again(again(Traffic().poll(task=DOG), task=DOG).create().poll()), 1, 1),
    (
        "C18",
        lambda: again(
            again(Traffic().create(DOG).hear(shown(DOG)).poll(task=DOG), task=DOG)
            .create()
            .ask("GET", "/v1/credits")
            .poll()
        ),
        1,
        1,
    ),
    ("C18", lambda: again(made(told={"retry-after": "20"}).poll(at=START + 19.9)), 1, 1),
]


test_bounds = by_table(check_case, CASES)
