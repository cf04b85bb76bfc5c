"""A, B, C and I rules at their bounds: the same moment, a little sooner or later, and one beside another."""

from typing import Any

from tests.invariants.stories import row
from tests.rules.bounds import Case, asked, check_case, done, looked, made, polled_at, refused, told
from tests.rules.polls import CODE, POLICY, again
from tests.rules.records import CAT, DOG, START, Traffic, wanted
from tests.tables import by_table

DAY = 86_400
DOGS = {"prompt": "A dog"}


def listed(traffic: Traffic, status: str) -> Traffic:
    """Show the task in a list."""
    return traffic.ask("GET", "/v1/tasks", answer={"data": [row(CAT, status)]})


def failed(second: float = 10, **facts: Any) -> Traffic:
    """A task that failed for good."""
    return polled_at(second, shows="failed", changes=POLICY, **facts)


def prompted(text: str, sent: str) -> Traffic:
    """A prompt that was wanted, and what was sent of it."""
    return Traffic().create(asked={"prompt": sent}).report("completed", wanted=wanted(prompt=text))


def event(traffic: Traffic, kind: Any, second: float, seconds: float) -> Traffic:
    """Do something from outside at a second."""
    traffic.now = START + second
    return traffic.event(kind, seconds)


CASES: list[Case] = [
    ("A1", lambda: Traffic().create().ask("GET", "/v1/cats"), 1, 0),
    ("A3", lambda: Traffic().ask("POST", "/v1/credits", sent=b"\xff"), 1, 0),
    ("A4", lambda: Traffic().create(headers={"content-type": 'application/json; charset="UTF-8"'}), 1, 0),
    ("A6", lambda: prompted("a" * 1501, "a"), 2, 1),
    ("A9", lambda: Traffic().create(asked={"quality": "x" * 78}), 1, 1),
    ("A9", lambda: Traffic().create(asked={"quality": "x" * 79}), 1, 1),
    ("A15", lambda: Traffic().create(), 1, 0),
    ("A15", lambda: Traffic().refuse(503).create(), 2, 0),
    ("A16", lambda: Traffic().create(headers={"accept": "text/html,application/json"}), 1, 0),
    ("A6", lambda: prompted("a" * 1501, ""), 2, 0),
    ("A6", lambda: prompted("a" * 1501, "b"), 2, 0),
    ("B4", lambda: asked(asked(Traffic(), 0, again="a"), 1 + DAY, DOG, again="a", asked=DOGS), 1, 0),
    ("B4", lambda: asked(asked(Traffic(), 0, again="a"), DAY, DOG, again="a", asked=DOGS), 1, 1),
    ("B4", lambda: Traffic().create(again="a").create(again="a", sent=dict(reversed(wanted().items()))), 1, 0),
    ("B4", lambda: Traffic().create(again=f"{'a' * 253} b"), 1, 1),
    ("B5", lambda: refused(asked(Traffic(), 0, again="a", took=5.0), 1, 409, again="a"), 0, 0),
    ("B5", lambda: refused(asked(Traffic(), 0, again="a", took=5.0), 5, 409, again="a"), 1, 0),
    ("B5", lambda: asked(refused(asked(Traffic(), 0, again="a"), 5, 409, again="a"), 10, DOG), 1, 1),
    (
        "B5",
        lambda: asked(
            refused(asked(Traffic(), 0, again="a"), 5, 409, again="a").ask("GET", "/v1/tasks", at=START + 6), 10, DOG
        ),
        1,
        0,
    ),
    (
        "B5",
        lambda: asked(
            refused(asked(Traffic(), 0, again="a"), 5, 409, again="a").ask("GET", "/v1/tasks", at=START + 10), 10, DOG
        ),
        1,
        0,
    ),
    ("B8", lambda: event(asked(made(), 5, DOG, asked=DOGS), "kill", 1, 3).poll().poll(task=DOG), 1, 0),
    ("B8", lambda: event(done(), "kill", 11, 3).poll(), 0, 0),
    ("B8", lambda: event(polled_at(20, shows="completed", traffic=made()), "kill", 10, 3).poll(), 1, 0),
    (
        "B8",
        lambda: event(done(2, made(done(2, made(Traffic(), DOG), task=DOG), at=START + 3)), "kill", 4, 3).poll(),
        0,
        0,
    ),
    ("B8", lambda: event(asked(done(2), 3, DOG, asked=DOGS), "kill", 10, 3).poll(task=DOG), 1, 0),
    ("B9", lambda: told(told(Traffic().create(DOG).create(), DOG), wanted=wanted(prompt="A dog")), 1, 1),
    ("B11", lambda: Traffic().refuse(502, answer=b"\xff"), 1, 0),
    ("B11", lambda: refused(Traffic(), 0).poll(task="None", status_code=404, at=START + 1), 1, 1),
    ("B11", lambda: refused(Traffic(), 0).poll(task="None", status_code=404, at=START + 0.5), 1, 0),
    ("C11", lambda: event(polled_at(10, 20), "step", 10, 0).poll(at=START + 60), 1, 0),
    ("C11", lambda: event(polled_at(10, 20), "step", 9.5, 0).poll(at=START + 60), 0, 0),
    ("C11", lambda: event(done(19, polled_at(10)), "step", 15, 5), 0, 0),
    ("C11", lambda: event(done(19, polled_at(10)), "step", 15, 4), 1, 0),
    ("C11", lambda: event(polled_at(10, 20, 30), "step", 20, 0), 1, 0),
    ("C11", lambda: event(polled_at(5, 10, 15, 20), "step", 25, 0).report("timeout", task=CAT), 1, 1),
    ("C11", lambda: looked(event(polled_at(5, 10, 15, 20), "step", 25, 0), 999), 1, 1),
    ("C15", lambda: told(listed(Traffic().create(), "completed")), 0, 0),
    ("C15", lambda: told(Traffic().create().poll("failed")), 0, 0),
    (
        "C15",
        lambda: told(Traffic().create(DOG).create().poll("completed", changes={"results": None, "result_data": None})),
        1,
        1,
    ),
    ("C16", lambda: asked(failed(took=5.0), 12, DOG), 1, 0),
    ("C16", lambda: asked(failed(took=5.0), 15, DOG), 1, 1),
    ("C16", lambda: failed().report("error", error="E", message=CODE, task=CAT), 2, 0),
    ("I1", lambda: again(Traffic().create(), times=2).wait(9).poll(changes={"trace_id": "x" * 80}), 1, 1),
    ("I5", lambda: Traffic().create("TASK-a").refuse(404, task="task-a"), 1, 1),
    ("I5", lambda: Traffic().create("Task-a").refuse(404, task="TASK-A"), 1, 1),
]


test_bounds = by_table(check_case, CASES)
