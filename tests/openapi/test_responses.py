"""The answers: what a server gets wrong is told by field, rule and clause."""

from typing import Any

import pytest

from openapi.operations import Operation, load_operations
from openapi.violations import Violation
from tests import bodies
from tests.bodies import PENDING, TASK_ID

LINK = "https://files.evolink.ai/F1GE3FZRKTY4L9WC0B/videos/2025/09/06/0123456789abcdef0123456789abcdef.mp4"
RUNNING = {**PENDING, "status": "processing", "progress": 40}
COMPLETED = {
    **bodies.COMPLETED,
    "results": [LINK],
    "result_data": [{"url": LINK}],
    "duration": 118,
    "billing": {**bodies.COMPLETED["billing"], "refunded_at": None},
}
ERROR = {"code": "service_error", "message": "Service error.\nTry again in a minute.", "type": "task_error"}
FAILED = {**bodies.FAILED, "error": ERROR}
CREDITS: dict[str, Any] = {
    "data": {
        "token": {"remaining_credits": 10, "unlimited_credits": False, "used_credits": 0.5},
        "user": {"remaining_credits": -0.25, "used_credits": 0.5},
    },
    "message": "",
    "success": True,
}


def without(body: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the body without one field, which may lie inside."""
    outer, _, inner = path.partition(".")
    if inner:
        return {**body, outer: without(body[outer], inner)}
    return {name: value for name, value in body.items() if name != outer}


def broken(violations: tuple[Violation, ...]) -> list[tuple[str, str, str | None]]:
    """The bare facts of some violations."""
    return [(found.path, found.rule, found.clause) for found in violations]


def test_a_created_task(create: Operation) -> None:
    """The answer that creates a task breaks nothing, nor does one of a later moment (a replay)."""
    assert create.response_violations(200, PENDING) == ()
    assert create.response_violations(200, {**PENDING, "status": "cancelled"}) == ()


@pytest.mark.clauses(
    "RES-CREATED", "RES-ID", "RES-MODEL", "RES-OBJECT", "RES-PROGRESS", "RES-STATUS", "RES-CANCANCEL", "RES-ETA",
    "RES-TYPE", "RES-RULE", "RES-RESERVED", "RES-GROUP",
)  # fmt: skip
@pytest.mark.parametrize(
    ("path", "value", "rule", "clause"),
    [
        ("created", 1757169743.5, "type", "RES-CREATED"),
        ("created", "2025-09-06", "type", "RES-CREATED"),
        ("id", "task-1757169743", "pattern", "RES-ID"),
        ("id", TASK_ID + "\n", "pattern", "RES-ID"),
        ("model", None, "type", "RES-MODEL"),
        ("object", "task", "enum", "RES-OBJECT"),
        ("progress", 101, "maximum", "RES-PROGRESS"),
        ("progress", -1, "minimum", "RES-PROGRESS"),
        ("status", "queued", "enum", "RES-STATUS"),
        ("type", "film", "enum", "RES-TYPE"),
        ("task_info.can_cancel", "yes", "type", "RES-CANCANCEL"),
        ("task_info.estimated_time", -1, "minimum", "RES-ETA"),
        ("usage.billing_rule", "per_minute", "enum", "RES-RULE"),
        ("usage.credits_reserved", -0.1, "minimum", "RES-RESERVED"),
        ("usage.user_group", "guest", "enum", "RES-GROUP"),
    ],
)
def test_a_wrong_field_of_a_created_task(create: Operation, path: str, value: object, rule: str, clause: str) -> None:
    """A wrong value breaks its own clause; so does leaving the field out."""
    outer, _, inner = path.partition(".")
    wrong = {**PENDING, outer: {**PENDING[outer], inner: value} if inner else value}
    assert broken(create.response_violations(200, wrong)) == [(path, rule, clause)]
    assert broken(create.response_violations(200, without(PENDING, path))) == [(path, "required", clause)]


@pytest.mark.clauses("TASK-CANCELLED", "TASK-ETA", "TASK-RESULT-DATA", "TASK-DURATION", "TASK-USAGE", "TASK-BILLING")
@pytest.mark.parametrize(
    "task",
    [
        PENDING,
        RUNNING,
        {**RUNNING, "error": None},
        COMPLETED,
        FAILED,
        {**FAILED, "status": "cancelled"},
        {**RUNNING, "task_info": {"can_cancel": True}, "surprise": 1},
    ],
)
def test_a_task(query: Operation, task: dict[str, Any]) -> None:
    """A task in each of its states breaks nothing, with the observed fields or without."""
    assert query.response_violations(200, task) == ()


@pytest.mark.clauses(
    "TASK-CREATED", "TASK-ID", "TASK-MODEL", "TASK-OBJECT", "TASK-PROGRESS", "TASK-STATUS", "TASK-TYPE",
    "TASK-CANCANCEL", "TASK-ETA", "TASK-RESULTS", "TASK-RESULT-DATA", "TASK-DURATION", "TASK-USAGE", "TASK-BILLING",
    "TASK-ERROR", "TASK-ERROR-CODE", "TASK-ERROR-MESSAGE", "TASK-ERROR-TYPE", "TERR-TYPE",
)  # fmt: skip
@pytest.mark.parametrize(
    ("task", "facts"),
    [
        (without(RUNNING, "created"), ("created", "required", "TASK-CREATED")),
        ({**RUNNING, "id": "7cvnl5zw"}, ("id", "pattern", "TASK-ID")),
        ({**RUNNING, "model": 1}, ("model", "type", "TASK-MODEL")),
        ({**RUNNING, "object": "list"}, ("object", "enum", "TASK-OBJECT")),
        ({**RUNNING, "progress": 50.5}, ("progress", "type", "TASK-PROGRESS")),
        ({**COMPLETED, "progress": 99}, ("progress", "const", "TASK-PROGRESS")),
        ({**RUNNING, "status": "done"}, ("status", "enum", "TASK-STATUS")),
        ({**RUNNING, "type": "film"}, ("type", "enum", "TASK-TYPE")),
        ({**RUNNING, "task_info": {}}, ("task_info.can_cancel", "required", "TASK-CANCANCEL")),
        (
            {**RUNNING, "task_info": {"can_cancel": True, "estimated_time": -1}},
            ("task_info.estimated_time", "minimum", "TASK-ETA"),
        ),
        (without(COMPLETED, "results"), ("results", "required", "TASK-RESULTS")),
        ({**COMPLETED, "results": []}, ("results", "minItems", "TASK-RESULTS")),
        ({**COMPLETED, "results": ["a video"]}, ("results[0]", "format", "TASK-RESULTS")),
        ({**RUNNING, "results": [LINK]}, ("results", "not", "TASK-RESULTS")),
        ({**RUNNING, "result_data": []}, ("result_data", "not", "TASK-RESULTS")),
        ({**COMPLETED, "result_data": [{}]}, ("result_data[0].url", "required", "TASK-RESULT-DATA")),
        ({**COMPLETED, "duration": -1}, ("duration", "minimum", "TASK-DURATION")),
        ({**COMPLETED, "usage": {"cost": {"credits": 1, "usd": 1}}}, ("usage.cost.cny", "required", "TASK-USAGE")),
        (
            {**COMPLETED, "billing": {"charge_status": "gone", "refund_status": "pending"}},
            ("billing.charge_status", "enum", "TASK-BILLING"),
        ),
        (without(FAILED, "error"), ("error", "required", "TASK-ERROR")),
        ({**FAILED, "error": None}, ("error", "type", "TASK-ERROR")),
        ({**FAILED, "status": "processing"}, ("error", "type", "TASK-ERROR")),
        ({**FAILED, "error": {**ERROR, "code": 400}}, ("error.code", "type", "TASK-ERROR-CODE")),
        ({**FAILED, "error": without(ERROR, "message")}, ("error.message", "required", "TASK-ERROR-MESSAGE")),
        ({**FAILED, "error": {**ERROR, "type": "api_error"}}, ("error.type", "const", "TASK-ERROR-TYPE")),
    ],
)
def test_a_wrong_task(query: Operation, task: dict[str, Any], facts: tuple[str, str, str]) -> None:
    """What a task gets wrong, by itself or for the state that it is in, breaks one rule of one clause."""
    assert broken(query.response_violations(200, task)) == [facts]


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (without(COMPLETED, "results"), "is required when status is completed"),
        ({**COMPLETED, "progress": 99}, "must be 100 when status is completed"),
        ({**RUNNING, "results": [LINK]}, "must be absent unless status is completed"),
        (without(FAILED, "error"), "is required when status is failed or cancelled"),
        ({**FAILED, "error": None}, "must be an object when status is failed or cancelled"),
        ({**FAILED, "status": "processing"}, "must be null or absent unless status is failed or cancelled"),
        ({**FAILED, "error": {**ERROR, "type": "x"}}, "must be task_error"),
    ],
)
def test_conditions_read_well(query: Operation, task: dict[str, Any], message: str) -> None:
    """A rule that depends on the status says so."""
    (violation,) = query.response_violations(200, task)
    assert violation.message == message


@pytest.mark.clauses("ERR-BODY", "ERR-PARAM")
def test_the_error_envelope(create: Operation, query: Operation) -> None:
    """Code, message and type are strings and must be there; param may be."""
    error = {"code": "a", "message": "b", "type": "c"}
    for operation in (create, query):
        assert operation.response_violations(401, {"error": error}) == ()
        assert operation.response_violations(401, {"error": {**error, "param": "x", "request_id": 1}}) == ()
        assert broken(operation.response_violations(401, {})) == [("error", "required", "ERR-BODY")]
        assert broken(operation.response_violations(401, {"error": "no"})) == [("error", "type", "ERR-BODY")]
        assert broken(operation.response_violations(401, {"error": {**error, "code": 401}})) == [
            ("error.code", "type", "ERR-BODY")
        ]
        assert broken(operation.response_violations(500, {"error": without(error, "type")})) == [
            ("error.type", "required", "ERR-BODY")
        ]
    assert broken(create.response_violations(400, {"error": {**error, "param": 1}})) == [
        ("error.param", "type", "ERR-PARAM")
    ]


@pytest.mark.parametrize("view", ["published", "strict"])
def test_published_errors_have_the_form_of_errors(view: Any) -> None:
    """Every error example is a valid answer of its status."""
    for operation in load_operations(view).values():
        for status, error in operation.errors.items():
            fields = {"code": error.code, "message": error.message, "type": error.type}
            extras = {"param": error.param, "fallback_suggestion": error.fallback_suggestion}
            body = {"error": {**fields, **{name: value for name, value in extras.items() if value is not None}}}
            assert operation.response_violations(status, body) == ()


@pytest.mark.clauses(
    "CRED-SUCCESS", "CRED-MESSAGE", "CRED-DATA", "CRED-TOKEN-REMAINING", "CRED-TOKEN-UNLIMITED", "CRED-TOKEN-USED",
    "CRED-USER-REMAINING", "CRED-USER-USED", "CRED-ERR-BODY",
)  # fmt: skip
def test_credits() -> None:
    """Every figure of the balance must be there and be what the page says; errors have integer codes here."""
    credits_ = load_operations()["getCredits"]
    assert credits_.response_violations(200, CREDITS) == ()
    for path, clause in {
        "success": "CRED-SUCCESS",
        "message": "CRED-MESSAGE",
        "data": "CRED-DATA",
        "data.user": "CRED-DATA",
        "data.token.remaining_credits": "CRED-TOKEN-REMAINING",
        "data.token.unlimited_credits": "CRED-TOKEN-UNLIMITED",
        "data.token.used_credits": "CRED-TOKEN-USED",
        "data.user.remaining_credits": "CRED-USER-REMAINING",
        "data.user.used_credits": "CRED-USER-USED",
    }.items():
        assert broken(credits_.response_violations(200, without(CREDITS, path))) == [(path, "required", clause)]
    wrong = {"error": {"code": "unauthorized", "message": "m", "type": "t"}}
    assert broken(credits_.response_violations(401, wrong)) == [("error.code", "type", "CRED-ERR-BODY")]


@pytest.mark.clauses("LIST-BODY", "LIST-ITEM", "BATCH-BODY", "MODELS-LIST", "MODELS-ITEM")
@pytest.mark.parametrize(
    ("name", "good", "bad", "facts"),
    [
        (
            "listTasks",
            {"object": "list", "data": [], "total": 0, "page": 1, "page_size": 20},
            {"object": "list", "data": [], "total": 0, "page": 1},
            ("page_size", "required", "LIST-BODY"),
        ),
        (
            "listTasks",
            {"object": "list", "data": [], "total": 0, "page": 1, "page_size": 20},
            {"object": "list", "data": [{"id": 1}], "total": -1, "page": 1, "page_size": 20},
            ("data[0].id", "type", "LIST-ITEM"),
        ),
        ("batchGetTasks", {"data": [COMPLETED]}, {"data": [{**RUNNING, "id": 1}]}, ("data[0].id", "type", "TASK-ID")),
        ("batchGetTasks", {"data": []}, {}, ("data", "required", "BATCH-BODY")),
        (
            "listModels",
            {"object": "list", "data": []},
            {"object": "models", "data": []},
            ("object", "enum", "MODELS-LIST"),
        ),
        (
            "getModel",
            {"id": "m", "object": "model", "created": 1, "owned_by": "o"},
            {"id": "m", "object": "model", "created": 1},
            ("owned_by", "required", "MODELS-ITEM"),
        ),
    ],
)
def test_observed_answers(name: str, good: object, bad: object, facts: tuple[str, str, str]) -> None:
    """The answers that only clients document are checked as well."""
    operation = load_operations()[name]
    assert operation.response_violations(200, good) == ()
    assert facts in broken(operation.response_violations(200, bad))


def test_a_status_that_is_not_documented(create: Operation) -> None:
    """It is one violation, and the body is not looked at."""
    (violation,) = create.response_violations(418, None)
    assert (violation.path, violation.rule, violation.value, violation.clause) == ("", "responses", 418, None)
    assert violation.message == ("must come with one of the statuses 200, 400, 401, 402, 403, 409, 413, 415, 429, 500")


def test_the_published_view_takes_an_empty_answer() -> None:
    """The pages require nothing of an answer; that is what the strict view is for."""
    query = load_operations("published")["getTaskDetail"]
    assert query.response_violations(200, {}) == ()
    assert broken(query.response_violations(200, {"progress": 101})) == [("progress", "maximum", None)]
