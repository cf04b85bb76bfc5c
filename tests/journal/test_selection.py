from typing import Any

import pytest

from mock_server.journal.selection import Selection, choose, statuses
from tests.journal.noting import noted

FACTS: dict[str, Any] = {
    "operation": "getTaskDetail",
    "task": "task-unified-1-a",
    "account": "A",
    "status": 404,
    "clauses": ("TASK-ID-FORM", "TASK-404"),
    "faults": ("delay",),
    "method": "GET",
    "path": "/v1/tasks/task-unified-1-a",
    "connection": "7",
    "at": 1_000,
    "number": 5,
}


@pytest.mark.parametrize(
    ("wanted", "has"),
    [
        ({}, True),
        ({"operation": "getTaskDetail"}, True),
        ({"operation": "getTask"}, False),
        ({"task": "task-unified-1-a"}, True),
        ({"task": "task-unified-1"}, False),
        ({"account": "A"}, True),
        ({"account": "B"}, False),
        ({"status": "404"}, True),
        ({"status": "4xx"}, True),
        ({"status": "400"}, False),
        ({"status": "5xx"}, False),
        ({"status": "none"}, False),
        ({"clause": "TASK-404"}, True),
        ({"clause": "PROMPT-MAX"}, False),
        ({"fault": "delay"}, True),
        ({"fault": "cut"}, False),
        ({"method": "GET"}, True),
        ({"method": "POST"}, False),
        ({"path": "/v1/tasks"}, True),
        ({"path": "/v1/credits"}, False),
        ({"connection": "7"}, True),
        ({"connection": "8"}, False),
        ({"since": 1_000, "until": 1_000}, True),
        ({"since": 1_001}, False),
        ({"until": 999}, False),
        ({"after": 4}, True),
        ({"after": 5}, False),
        ({"operation": "getTaskDetail", "status": "4xx", "clause": "PROMPT-MAX"}, False),
    ],
    ids=str,
)
def test_filters(wanted: dict[str, Any], has: bool) -> None:  # noqa: FBT001 - the expected value
    """An exchange is wanted if it fits everything that is asked for."""
    assert Selection(**wanted).has(noted(**FACTS)) is has


def test_no_status() -> None:
    """A client that went away got none."""
    assert statuses(0) == ("none",)
    assert Selection(status="none").has(noted(status=0))


@pytest.mark.parametrize(
    ("limit", "newest", "numbers"),
    [(None, None, [2, 3, 4]), (2, None, [2, 3]), (None, 2, [3, 4]), (9, None, [2, 3, 4]), (None, 9, [2, 3, 4])],
)
def test_how_many(limit: int | None, newest: int | None, numbers: list[int]) -> None:
    """All that are wanted, the oldest of them, or the newest; always in order."""
    exchanges = [noted(number=number) for number in range(1, 5)]
    chosen = choose(exchanges, Selection(after=1), limit=limit, newest=newest)
    assert [exchange.number for exchange in chosen] == numbers
