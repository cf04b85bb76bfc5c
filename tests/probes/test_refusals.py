"""That requests which break their pages are refused, and that no more than one is paid for that is not."""

import json
from typing import Any

import httpx2
import pytest

from contracts.probes.broken import BROKEN_ORDERS, PROBES, break_clauses
from contracts.probes.orders import CREATE, most_credits, order
from contracts.probes.refusals import RULES
from contracts.verdict import Grade, judge
from tests.probes.visits import exchanged, visit

BROKEN = order(quality="480p")


def judged(method: str, path: str, status: int, sent: Any = None) -> tuple[Grade, list[str]]:
    """Judge one exchange by S3, and return what comes of it, and what was expected."""
    body = b"{" if sent is None else json.dumps(sent).encode()
    (outcome,) = judge(RULES, exchanged(method, path, status, request_body=body)).outcomes
    return outcome.grade, [finding.expected for finding in outcome.findings]


@pytest.mark.parametrize(
    ("asked", "clause"),
    [
        (("GET", "/v1/tasks?page=0", 200), "LIST-PAGE"),
        (("GET", "/v1/tasks/nothing", 404), "TASK-ID-FORM"),
        (("POST", "/v1/tasks/batch", 200, {"task_ids": []}), "BATCH-COUNT"),
        (("POST", CREATE.path, 200, BROKEN), "QUALITY-VALUES"),
        (("POST", CREATE.path, 200, order(model=None)), "MODEL-REQ"),
        (("POST", CREATE.path, 200, order(**BROKEN_ORDERS["MODEL-ENUM"])), "MODEL-ENUM"),
    ],
)
def test_what_is_accepted_is_found(asked: tuple[Any, ...], clause: str) -> None:
    """With the clause that it breaks."""
    grade, expected = judged(*asked)
    assert (grade, [f"({clause})" in each for each in expected]) == (Grade.FAIL, [True])


@pytest.mark.parametrize(
    ("asked", "grade"),
    [
        (("POST", CREATE.path, 400, BROKEN), Grade.PASS),
        (("POST", CREATE.path, 500, BROKEN), Grade.UNTESTED),
        (("POST", CREATE.path, 200, order()), Grade.UNTESTED),
        (("POST", CREATE.path, 200), Grade.UNTESTED),
        (("POST", CREATE.path, 200, order(model="cat-9")), Grade.UNTESTED),
        (("POST", "/v2/cats", 200, {"model": "no-such-model"}), Grade.UNTESTED),
        (("POST", "/v1/tasks/batch", 200, {"model": "no-such-model", "task_ids": ["task-unified-1"]}), Grade.UNTESTED),
        (("POST", "/api/v1/files/upload/base64", 200, {}), Grade.UNTESTED),
    ],
)
def test_the_rest_is_not(asked: tuple[Any, ...], grade: Grade) -> None:
    """What is refused is right; of what is in order, breaks the server or is about files, nothing is said."""
    assert judged(*asked) == (grade, [])


@pytest.mark.parametrize(("simulated", "orders"), [(False, 4), (True, len(BROKEN_ORDERS) + 1)])
def test_one_is_paid_for(monkeypatch: pytest.MonkeyPatch, *, simulated: bool, orders: int) -> None:
    """The first that is accepted is the last; on a simulator, where nothing is spent, all are sent."""
    sent: list[Any] = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content) if request.url.path == CREATE.path else {}
        sent.extend([body] if body else [])
        return httpx2.Response(200 if body and body.get("prompt") == ["A cat"] else 400, json={})

    monkeypatch.setattr("contracts.probes.session.Session.simulated", simulated)
    break_clauses(visit(serve))
    assert len(sent) == orders


def test_no_broken_order_costs_more_than_was_said() -> None:
    """Whichever is accepted, if what is broken about it counts as what is dearest there."""
    (probe,) = PROBES
    taken: list[dict[str, Any]] = [{"duration": 11}, {"generate_audio": True}, {"videos": 4}, {"duration": 2}]
    assert most_credits(probe.orders) == max(most_credits([changes]) for changes in taken)
