"""Traffic of clients that poll, as the tests of polling tell it."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.rules.records import (
    CAT,
    Traffic,
    name,
)

Told = Callable[[], Traffic]
POLICY = {"error": {"code": "content_policy_violation", "message": "No.", "type": "task_error"}}
LATER = {"error": {"code": "service_error", "message": "Later.", "type": "task_error"}}
BARE = {"results": None, "result_data": None}
DAY = 86_400
CODE = "content_policy_violation"


def polled(shows: str = "processing", *, every: float = 10.0, times: int = 1, **facts: Any) -> Traffic:
    """A task that is created and polled in a loop."""
    return again(Traffic().create(), shows, every=every, times=times, **facts)


def again(traffic: Traffic, shows: str = "processing", *, every: float = 10.0, times: int = 1, **facts: Any) -> Traffic:
    """Poll so often, after a sleep each time."""
    for _ in range(times):
        traffic.wait(every - 0.01).poll(shows, **facts)
    return traffic


def failing(times: int, **facts: Any) -> Traffic:
    """A task that is polled, and then so many polls fail."""
    traffic = polled(times=2)
    for _ in range(times):
        traffic.wait(5).refuse(facts.get("status", 503), task=CAT)
    return traffic


def growing(gaps: Iterable[float]) -> Traffic:
    """A task that is polled after these waits, beyond its estimate of two minutes."""
    traffic = Traffic().create().wait(120)
    traffic.poll()
    for gap in gaps:
        traffic.wait(gap).poll()
    return traffic


def crowd(number: int, *, spread: float = 0.0, took: float = 5.0) -> Traffic:
    """Tasks that are begun at once, and polled every ten seconds each."""
    traffic = Traffic()
    start = traffic.now
    for index in range(number):
        traffic.create(name(f"n{index}"), at=start)
    for place in range(1, 5):
        for index in range(number):
            traffic.poll(task=name(f"n{index}"), at=start + place * 10 + index * spread, took=took)
    return traffic


def hinted(seconds: str, waited: float) -> Traffic:
    """A poll that is told when to come back, and the next one."""
    return Traffic().create().wait(9).poll(told={"retry-after": seconds}).wait(waited - 0.01).poll("completed")


def stuck(seconds: float, **facts: Any) -> Traffic:
    """A task that is polled every ten minutes for so long, and has not ended then."""
    return polled(every=600, times=int(seconds // 600), **facts)
