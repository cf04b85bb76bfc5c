"""Cases of rules in numbers: how often traffic puts a rule to the test, and how many findings that makes."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from tests.rules.records import CAT, START, Traffic, outcome

Case: TypeAlias = tuple[str, Callable[[], Traffic], int, int]
"""A rule, what is told, how often that puts the rule to the test, and how many findings there are."""

BALANCE: Final = {"success": True, "data": {"user": {"remaining_credits": 30}, "token": {}}}
RETRY: Final = {"retry-after": "7"}


def check_case(rule: str, traffic: Traffic, exposures: int, findings: int) -> None:
    """Have a rule be put to the test so often, and find so much."""
    came = outcome(rule, traffic)
    assert came.error is None
    assert (came.exposures, len(came.findings)) == (exposures, findings)


def made(traffic: Traffic | None = None, task: str = CAT, **facts: Any) -> Traffic:
    """A task that is created in the first second."""
    return (traffic or Traffic()).create(task, **{"at": START, "took": 1.0, **facts})


def polled_at(*seconds: float, shows: str = "processing", traffic: Traffic | None = None, **facts: Any) -> Traffic:
    """A task that is created in the first second, and polled at these, counted from then, a second each time."""
    traffic = traffic or made()
    for second in seconds:
        traffic.poll(shows, **{"at": START + second, "took": 1.0, **facts})
    return traffic


def asked(traffic: Traffic, second: float, task: str = CAT, **facts: Any) -> Traffic:
    """Ask for a task at a second, in one second."""
    return traffic.create(task, **{"at": START + second, "took": 1.0, **facts})


def refused(traffic: Traffic, second: float, status: int = 402, **facts: Any) -> Traffic:
    """Be refused a task at a second, in one second."""
    return traffic.refuse(status, at=START + second, took=1.0, **facts)


def looked(traffic: Traffic, second: float) -> Traffic:
    """Look at the credits at a second."""
    return traffic.ask("GET", "/v1/credits", answer=BALANCE, at=START + second, took=0.5)


def done(second: float = 10, traffic: Traffic | None = None, **facts: Any) -> Traffic:
    """A task that is completed when it is polled at a second."""
    return polled_at(second, shows="completed", traffic=traffic, **facts)


def told(traffic: Traffic, task: str = CAT, **facts: Any) -> Traffic:
    """Report of a task that it is completed."""
    return traffic.report("completed", task=task, **facts)
