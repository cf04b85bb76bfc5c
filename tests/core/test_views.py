from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.plans import keep, pack, read_words
from mock_server.core.tasks.billing import settlement
from mock_server.core.tasks.timeline import TERMINAL, end
from mock_server.core.types import CREDIT, SECOND, Bill, Status, Task, TaskError
from mock_server.core.views import iso_instant, result_path, result_paths, task_body, task_row
from tests.bodies import COMPLETED, FAILED, PENDING
from tests.core.looks import query

ORIGIN = "http://127.0.0.1:8080"
ERROR = TaskError("content_policy_violation", "Content policy violation\nChange the prompt.")


def body(task: Task, after: int) -> dict[str, Any]:
    """Read the body as it goes over the wire, so many seconds after the task's creation."""
    return query(task, task.timeline.created_at + after * SECOND, origin=ORIGIN)


def ended(task: Task, outcome: Status, error: TaskError | None = None) -> Task:
    """End the task by hand after a minute."""
    now = task.timeline.created_at + 60 * SECOND
    return msgspec.structs.replace(task, timeline=end(task.timeline, now=now, outcome=outcome, error=error))


@pytest.mark.clauses(
    "RES-ID", "RES-MODEL", "RES-OBJECT", "RES-TYPE", "RES-CANCANCEL", "RES-RULE", "RES-GROUP", "OP-ASYNC"
)
def test_a_task_in_the_queue(task: Task) -> None:
    """A task just created shows its reserve, its estimate, and no sign of a result."""
    assert body(task, 0) == PENDING


@pytest.mark.clauses("TASK-PROGRESS", "TASK-STATUS", "TASK-ETA")
def test_a_task_under_way(task: Task) -> None:
    """A running task differs from a waiting one in status, progress and the time that is left."""
    waiting, running = body(task, 0), body(task, 52)
    assert type(running["progress"]) is int
    assert running == {
        **waiting,
        "progress": 50,
        "status": "processing",
        "task_info": {"can_cancel": True, "estimated_time": 68},
    }


@pytest.mark.clauses(
    "TASK-RESULTS", "TASK-RESULT-DATA", "TASK-DURATION", "TASK-USAGE", "TASK-BILLING", "TASK-CANCANCEL"
)
def test_a_completed_task(task: Task) -> None:
    """A completed task shows its link, how long it took, and what it cost in three currencies."""
    link = ORIGIN + task.result
    assert body(task, 102) == {**COMPLETED, "duration": 102, "result_data": [{"url": link}], "results": [link]}


@pytest.mark.clauses("TASK-ERROR", "TASK-ERROR-CODE", "TASK-ERROR-MESSAGE", "TASK-ERROR-TYPE", "BILL-SUCCESS")
def test_a_failed_task(task: Task) -> None:
    """A failed task says why, has no result, and has given its credits back."""
    failed = ended(task, Status.FAILED, ERROR)
    assert body(failed, 60) == {
        **FAILED,
        "duration": 60,
        "error": {
            "code": "content_policy_violation",
            "message": "Content policy violation\nChange the prompt.",
            "type": "task_error",
        },
    }
    assert body(failed, 59) == body(task, 59)


@pytest.mark.clauses("TASK-CANCELLED", "TASK-ERROR", "TERR-REQUEST-CANCELLED", "TERR-TYPE", "TERR-MESSAGE")
def test_a_cancelled_task(task: Task) -> None:
    """A cancelled task looks like a failed one, but for its status and its error."""
    cancelled, failed = body(ended(task, Status.CANCELLED), 60), body(ended(task, Status.FAILED, ERROR), 60)
    headline, explanation = cancelled["error"]["message"].split("\n")
    assert cancelled == {**failed, "status": "cancelled", "error": cancelled["error"]}
    assert cancelled["error"]["code"] == "request_cancelled"
    assert headline
    assert explanation


@pytest.mark.clauses("TASK-CREATED", "RES-CREATED", "TASK-ERROR", "TASK-RESULTS", "TASK-BILLING")
@given(
    after=st.integers(0, 120),
    outcome=st.sampled_from([None, Status.FAILED, Status.CANCELLED]),
    reserved=st.integers(0, 10**7),
    charge=st.integers(0, 10**7),
)
def test_fields_belong_to_their_stage(
    task: Task, after: int, outcome: Status | None, reserved: int, charge: int
) -> None:
    """At any time of any life, whole seconds are whole, and each field is there exactly in its stage."""
    shaped = ended(task, outcome, ERROR) if outcome else task
    shaped = msgspec.structs.replace(shaped, bill=Bill("per_second", 0, 0, reserved, charge))
    shown = body(shaped, after)
    completed, over = shown["status"] == "completed", shown["status"] in TERMINAL
    assert isinstance(shown["created"], int)
    assert over is not shown["task_info"]["can_cancel"] is ("estimated_time" in shown["task_info"])
    assert ("duration" in shown) is over
    assert ("error" in shown) is (over and not completed)
    assert ("results" in shown) is ("result_data" in shown) is ("cost" in shown["usage"]) is completed
    money = shown["billing"]
    charged, released = settlement(shaped.bill, Status(shown["status"])) if over else (0, 0)
    assert (money["charged_credits"], money["refunded_credits"]) == (charged / CREDIT, released / CREDIT)
    assert ("refunded_at" in money) is (money["refund_status"] == "completed") is (released > 0)


@pytest.mark.clauses("LIST-ITEM")
def test_the_row_of_a_list(task: Task) -> None:
    """A row sums a task up: no links, no error text; what it used and how long it took only once it has ended."""
    created, over = task.timeline.created_at, task.timeline.ends_at
    common = {"id": task.id, "model": task.model, "type": "video", "created_at": 1757169743}
    rows = [
        msgspec.to_builtins(task_row(shown, now))
        for shown, now in ((task, created), (task, over), (ended(task, Status.FAILED, ERROR), over))
    ]
    assert all(type(row["created_at"]) is type(row.get("duration", 0)) is int for row in rows)
    none = {"has_results": False, "result_count": 0, "has_error": False}
    assert rows == [
        {**common, **none, "status": "pending", "progress": 0},
        {
            **common,
            "status": "completed",
            "progress": 100,
            "has_results": True,
            "result_count": 1,
            "has_error": False,
            "duration": 102,
            "credits_used": 23.8,
        },
        {**common, **none, "status": "failed", "progress": 0, "has_error": True, "duration": 60, "credits_used": 0},
    ]


@pytest.mark.clauses("TASK-USAGE")
def test_what_a_task_cost_is_rounded_in_each_currency(task: Task) -> None:
    """Credits are exact, dollars have three places and yuan four."""
    charged = msgspec.structs.replace(task, bill=Bill("per_second", 0, 0, 397_461, 397_461))
    assert body(charged, 102)["usage"]["cost"] == {"credits": 39.7461, "usd": 0.585, "cny": 3.9746}


@pytest.mark.clauses("TASK-RESULTS", "TASK-RESULT-DATA")
def test_results_are_numbered_from_the_second_on(task: Task) -> None:
    """A task of several results has a link for each, once it is completed, and its row their number."""
    one = msgspec.structs.replace(task, result="/A/v1.5/name.mp4")
    three = msgspec.structs.replace(one, count=3)
    paths = ("/A/v1.5/name.mp4", "/A/v1.5/name-2.mp4", "/A/v1.5/name-3.mp4")
    assert (result_paths(one), result_paths(three)) == (paths[:1], paths)
    assert result_paths(msgspec.structs.replace(one, count=2)) == paths[:2]
    assert body(three, 102)["results"] == [ORIGIN + path for path in paths]
    assert msgspec.to_builtins(task_row(three, task.timeline.ends_at))["result_count"] == 3


def test_a_page_may_have_a_form_of_its_own(task: Task) -> None:
    """The whole body is fitted to it, and then shown as the plans of the task say."""
    now = task.timeline.created_at
    assert task_body(task, now, origin=ORIGIN, fit=lambda plain: {"data": plain}) == {"data": body(task, 0)}
    planned = msgspec.structs.replace(task, plans=pack(keep(read_words("task shows.status=archived"))))
    assert body(planned, 0) == {**body(task, 0), "status": "archived"}
    fitted = task_body(planned, now, origin=ORIGIN, fit=lambda plain: {**plain, "more": 1})
    assert fitted == {**body(task, 0), "status": "archived", "more": 1}


@pytest.mark.clauses("LIST-ITEM")
def test_a_row_shows_what_the_plans_of_its_task_say(task: Task) -> None:
    """As its body does; without plans the row is the task's own."""
    now = task.timeline.created_at
    plain = msgspec.to_builtins(task_row(task, now))
    planned = msgspec.structs.replace(task, plans=pack(keep(read_words("task shows.status=archived"))))
    assert plain["status"] == "pending"
    assert task_row(planned, now) == {**plain, "status": "archived"}


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_795_333_132_999_999, "2026-11-22T07:38:52Z"),
        (1_709_251_199_000_000, "2024-02-29T23:59:59Z"),
    ],
)
def test_instants_are_written_in_utc(at: int, written: str) -> None:
    """An instant is written in UTC, to the second that has begun."""
    assert iso_instant(at) == written


@pytest.mark.clauses("TASK-RESULTS")
def test_a_result_lies_under_its_account_and_day() -> None:
    """The path of a link is made of account, folder, day, name and suffix."""
    path = result_path("F1GE3FZRKTY4L9WC0B", "videos", "0f" * 16, "mp4", 1_757_169_743 * SECOND)
    assert path == f"/F1GE3FZRKTY4L9WC0B/videos/2025/09/06/{'0f' * 16}.mp4"
