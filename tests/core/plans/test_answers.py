from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_server.core.plans import AnswerPlan, DateIn, HeadPlan, Reply, change_head, render_answer
from mock_server.core.types import SECOND

WALL = 1_795_334_400 * SECOND
"""2026-11-22T08:00:00Z."""

JSON = ("content-type", "application/json")


@dataclass(frozen=True)
class Published:
    """An error as a page shows it."""

    code: str | int
    message: str
    type: str = "some_error"
    fallback_suggestion: str | None = None


PAGE: Mapping[int, Any] = {
    401: Published("unauthorized", "No key"),
    402: Published(402, "Top up", fallback_suggestion="https://example.com"),
    403: Published("model_access_denied", "No access to the model Wan"),
    404: Published("task_not_found", "No such task"),
    503: Published("service_unavailable", "Come back later"),
}


def rendered(plan: AnswerPlan) -> Reply:
    """Render an answer as the page above has it."""
    return render_answer(plan, PAGE, wall=WALL)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, {"code": "unauthorized", "message": "No key", "type": "some_error"}),
        (
            402,
            {
                "code": 402,
                "message": "Top up",
                "type": "some_error",
                "fallback_suggestion": "https://example.com",
            },
        ),
        (
            403,
            {"code": "model_access_denied", "message": "Token does not have access to model", "type": "some_error"},
        ),
        (404, {"code": "task_not_found", "message": "No such task", "type": "some_error"}),
        (503, {"code": "service_unavailable", "message": "Come back later", "type": "some_error"}),
        (
            429,
            {
                "code": "rate_limit_exceeded",
                "message": "Too many requests, please try again later",
                "type": "rate_limit_error",
            },
        ),
        (418, {"code": "http_418", "message": "HTTP status 418", "type": "invalid_request_error"}),
        (599, {"code": "http_599", "message": "HTTP status 599", "type": "api_error"}),
    ],
)
def test_an_error_has_the_body_of_the_page(status: int, error: dict[str, Any]) -> None:
    """In the words of the operation's page (but where it names a model), else of the API, else in plain ones."""
    reply = rendered(AnswerPlan(status))
    assert (reply.status, reply.headers, reply.length) == (status, (JSON,), None)
    assert msgspec.json.decode(reply.body) == {"error": error}


@given(st.integers(100, 599))
@example(399)
@example(400)
def test_every_status_has_an_answer(status: int) -> None:
    """One that is no error has no body."""
    reply = render_answer(AnswerPlan(status), {}, wall=WALL)
    assert reply.status == status
    assert bool(reply.body) == bool(reply.headers) == (status >= 400)


@pytest.mark.parametrize(
    ("plan", "headers", "body"),
    [
        (AnswerPlan(200, json={"a": None}), (JSON,), b'{"a":null}'),
        (AnswerPlan(503, json=None), (JSON,), b"null"),
        (AnswerPlan(503, text="\u00e9"), (("content-type", "text/plain; charset=utf-8"),), b"\xc3\xa9"),
        (AnswerPlan(503, text="", content_type="text/html"), (("content-type", "text/html"),), b""),
        (
            AnswerPlan(200, json=1, headers={"Content-Type": ("a", "b")}),
            (("content-type", "a"), ("content-type", "b")),
            b"1",
        ),
        (AnswerPlan(302, headers={"Location": ("/v1",)}), (("location", "/v1"),), b""),
        (AnswerPlan(204, retry_after=("2", "60")), (("retry-after", "2"), ("retry-after", "60")), b""),
        (
            AnswerPlan(204, retry_after=(DateIn(30),), headers={"date": (DateIn(-0.5),)}),
            (("date", "Sun, 22 Nov 2026 07:59:59 GMT"), ("retry-after", "Sun, 22 Nov 2026 08:00:30 GMT")),
            b"",
        ),
    ],
    ids=range(8),
)
def test_what_an_answer_is_made_of(plan: AnswerPlan, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    """A body as JSON or as text, its type, headers that come twice, and dates counted from real time."""
    assert rendered(plan) == Reply(plan.status, headers, body)


TRUE = Reply(200, (JSON, ("x-request-id", "1"), ("date", "now")), b"{}")


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        ((), TRUE),
        ((HeadPlan(202),), Reply(202, TRUE.headers, b"{}")),
        ((HeadPlan(without=("Date", "X-Request-Id")),), Reply(200, (JSON,), b"{}")),
        (
            (
                HeadPlan(headers={"Date": (DateIn(-3_600),)}),
                HeadPlan(headers={"age": ("1", "2")}, without=("x-request-id",)),
            ),
            Reply(200, (JSON, ("date", "Sun, 22 Nov 2026 07:00:00 GMT"), ("age", "1"), ("age", "2")), b"{}"),
        ),
    ],
    ids=range(4),
)
def test_how_a_head_is_changed(plans: tuple[HeadPlan, ...], expected: Reply) -> None:
    """Status and headers are others, whatever the case of their names; the body stays."""
    assert change_head(TRUE, plans, wall=WALL) == expected
