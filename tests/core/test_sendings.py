import gzip
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.callbacks.sendings import Shaped, plan_sendings, shape
from mock_server.core.plans import CallbackFault, CallbackPlan
from mock_server.core.types import SECOND, Sending, Status, Task
from tests.core.looks import query

FAITHFUL = ("", "early", "gzip", "chunked", "slow-body:0.5")
"""The variants whose body is that of a query once the task has ended."""


def sent(task: Task, variant: str, now: int) -> dict[str, Any]:
    """Return what a receiver reads."""
    shaped = shape(task, variant, now)
    packed = shaped.headers.get("content-encoding") == "gzip"
    body: dict[str, Any] = msgspec.json.decode(gzip.decompress(shaped.body) if packed else shaped.body)
    return body


@pytest.mark.clauses("CB-WHEN")
@pytest.mark.parametrize("outcome", [Status.COMPLETED, Status.FAILED, Status.CANCELLED])
def test_one_callback_when_the_task_ends(task: Task, outcome: Status) -> None:
    """Without a plan there is one, as the task ends, however it ends."""
    timeline = msgspec.structs.replace(task.timeline, outcome=outcome)
    assert plan_sendings(timeline, None) == (Sending(timeline.ends_at),)


@pytest.mark.parametrize(
    ("fault", "number", "expected"),
    [
        ("never", 0, []),
        ("late", 60, [(60, "")]),
        ("late", 0.5, [(0.5, "")]),
        ("early", 0, [(-102, "early")]),
        ("twice", 1, [(0, ""), (1, "")]),
        ("concurrent", 3, [(0, "")] * 3),
        ("concurrent", 0, []),
        ("stale", 5, [(0, ""), (5, "stale")]),
        ("other-task", 0, [(0, "other-task")]),
        ("unknown-status", 0, [(0, "unknown-status")]),
        ("extra-fields", 0, [(0, "extra-fields")]),
        ("gzip", 0, [(0, "gzip")]),
        ("chunked", 0, [(0, "chunked")]),
        ("slow-body", 2.5, [(0, "slow-body:2.5")]),
        ("slow-body", 0, [(0, "slow-body")]),
    ],
)
def test_when_what_is_sent(task: Task, fault: CallbackFault, number: float, expected: list[tuple[float, str]]) -> None:
    """Each fault has its own times, in seconds from the end of a task that lasts 102, and its own variant."""
    end = task.timeline.ends_at
    sendings = plan_sendings(task.timeline, CallbackPlan(fault, number))
    assert [((sending.due_at - end) / SECOND, sending.variant) for sending in sendings] == expected


@pytest.mark.clauses("CB-BODY")
@given(after=st.integers(0, 600 * SECOND))
@pytest.mark.parametrize("variant", FAITHFUL)
def test_the_body_is_that_of_a_query(task: Task, variant: str, after: int) -> None:
    """Whenever it is sent, a callback shows what a query would show at that instant."""
    now = task.timeline.ends_at + after
    assert sent(task, variant, now) == query(task, now)


def test_an_early_callback_says_what_is_not_yet_so(task: Task) -> None:
    """It shows the end that the task will come to."""
    early = sent(task, "early", task.timeline.created_at)
    assert early == query(task, task.timeline.ends_at)
    assert early["status"] == "completed"


def test_a_stale_callback_shows_what_was_before_the_end(task: Task) -> None:
    """However late it is sent, it shows the task still running, or waiting if it never ran."""
    later = task.timeline.ends_at + 3 * SECOND
    assert sent(task, "stale", later) == query(task, task.timeline.ends_at - 1)
    assert (sent(task, "stale", later)["status"], sent(task, "stale", later)["progress"]) == ("processing", 99)
    at_once = msgspec.structs.replace(task.timeline, ends_at=task.timeline.created_at, outcome=Status.FAILED)
    failed_at_once = msgspec.structs.replace(task, timeline=at_once)
    assert sent(failed_at_once, "stale", later)["status"] == "failed"


@pytest.mark.parametrize(
    ("variant", "changes"),
    [
        ("other-task", {"id": "task-unified-1757169743-00000000"}),
        ("unknown-status", {"status": "archived"}),
        (
            "extra-fields",
            {
                "trace_id": "4bf92f3577b34da6",
                "experimental": {"score": 0.5, "tags": []},
                "finished": None,
            },
        ),
    ],
)
def test_a_changed_body_is_changed_in_one_place(task: Task, variant: str, changes: dict[str, Any]) -> None:
    """Everything else is as in a query."""
    now = task.timeline.ends_at
    assert sent(task, variant, now) == query(task, now) | changes


def test_how_a_body_is_sent(task: Task) -> None:
    """Packed with the header that says so, without a length, or spread over seconds."""
    now = task.timeline.ends_at
    body = shape(task, "", now).body
    assert shape(task, "", now) == Shaped(body)
    assert shape(task, "gzip", now) == Shaped(gzip.compress(body, mtime=0), {"content-encoding": "gzip"})
    assert shape(task, "chunked", now) == Shaped(body, chunked=True)
    assert shape(task, "slow-body:2.5", now) == Shaped(body, slowly=2.5)
    assert shape(task, "slow-body", now) == Shaped(body)


@pytest.mark.parametrize("fault", get_args(CallbackFault))
def test_a_variant_is_the_same_each_time(task: Task, fault: CallbackFault) -> None:
    """A retry sends, byte for byte, what the attempt before it sent."""
    sendings = plan_sendings(task.timeline, CallbackPlan(fault, 2))
    assert bool(sendings) is (fault != "never")
    for sending in sendings:
        first, again = (shape(task, sending.variant, sending.due_at + after * SECOND) for after in (0, 7))
        assert first == again
