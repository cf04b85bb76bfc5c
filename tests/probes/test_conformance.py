"""That answers fit their pages, and that there are any."""

import json
from typing import Any

import pytest

from contracts.probes.conformance import RULES
from contracts.probes.orders import CREATE
from contracts.recording import ServerRecord
from contracts.verdict import Grade, Outcome, judge
from tests.probes.visits import exchanged

KEY = (("authorization", "Bearer key-1a2b3c4d"),)
ORDER = {"model": "wan2.6-reference-video-flash", "prompt": "A cat", "video_urls": ["https://example.com/a.mp4"]}
PUBLISHED: Any = CREATE.request_example
UNMEASURED = {"error": {"code": "video_probe_failed", "message": "No video", "type": "invalid_request_error"}}
MODELS = {"object": "list", "data": []}
MODELS_PATH = "/v1/models"


def outcomes(
    method: str, path: str, status: int | None, answered: Any, sent: Any = None, **facts: Any
) -> tuple[Outcome[ServerRecord], ...]:
    """Judge one exchange by S1 and S2."""
    body = b"" if sent is None else json.dumps(sent).encode()
    answer = answered if isinstance(answered, bytes) else json.dumps(answered).encode()
    facts = {"request_headers": KEY, "request_body": body, "response_body": answer, **facts}
    return judge(RULES, exchanged(method, path, status, **facts)).outcomes


def grades(*asked: Any, **facts: Any) -> list[Grade]:
    """Judge one exchange, and return what comes of S1 and S2."""
    return [outcome.grade for outcome in outcomes(*asked, **facts)]


PASS, FAIL, NOT = Grade.PASS, Grade.FAIL, Grade.UNTESTED


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("GET", MODELS_PATH, 200, MODELS), [PASS, PASS]),
        (("GET", MODELS_PATH, 200, {}), [FAIL, PASS]),
        (("GET", MODELS_PATH, 200, b"hello"), [FAIL, PASS]),
        (("GET", MODELS_PATH, 302, b"{}"), [FAIL, PASS]),
        (("GET", MODELS_PATH, 404, {}), [NOT, FAIL]),
        (("GET", MODELS_PATH, 403, {}), [NOT, PASS]),
        (("GET", MODELS_PATH, 500, {}), [NOT, FAIL]),
        (("GET", MODELS_PATH, 502, {}), [NOT, NOT]),
        (("GET", "/v1/tasks?page=0", 400, {}), [NOT, NOT]),
        (("GET", "/v1/tasks/task-unified-1", 404, {}), [NOT, NOT]),
        (("GET", "/v1/nowhere", 500, {}), [NOT, NOT]),
        (("HEAD", MODELS_PATH, 200, b""), [NOT, NOT]),
        (("POST", CREATE.path, 400, {}, ORDER), [NOT, PASS]),
        (("POST", CREATE.path, 404, {}, ORDER), [NOT, FAIL]),
        (("POST", CREATE.path, 400, {}, PUBLISHED), [NOT, FAIL]),
        (("POST", CREATE.path, 400, [], PUBLISHED), [NOT, FAIL]),
        (("POST", CREATE.path, 400, UNMEASURED, PUBLISHED), [NOT, PASS]),
        (("POST", CREATE.path, 402, {}, PUBLISHED), [NOT, PASS]),
        (("POST", CREATE.path, 400, {}, {**PUBLISHED, "callback_url": "https://10.1.2.3/hook"}), [NOT, PASS]),
        (("POST", CREATE.path, 404, {}, {}), [NOT, NOT]),
        (("POST", CREATE.path, 404, {}), [NOT, NOT]),
        (("POST", "/v1/tasks/batch", 404, {}, {"task_ids": ["task-unified-1"]}), [NOT, FAIL]),
    ],
)
def test_answers_and_refusals(asked: tuple[Any, ...], expected: list[Grade]) -> None:
    """Nothing is found in what pages allow, and nothing said of what they do not speak of."""
    assert grades(*asked) == expected


def test_what_says_nothing() -> None:
    """Answers that did not come, and refusals for want of a key."""
    assert grades("GET", MODELS_PATH, None, b"", error="reset") == [NOT, NOT]
    assert grades("GET", MODELS_PATH, 404, {}, request_headers=()) == [NOT, NOT]


def test_the_clause_is_named() -> None:
    """A finding on an answer says which clause it breaks, where its page has one."""
    outcome = outcomes("GET", MODELS_PATH, 200, {"object": "list"})[0]
    assert [finding.expected for finding in outcome.findings] == ["data is required (MODELS-LIST)"]


def test_a_request_with_a_bad_header_may_be_refused() -> None:
    """A repetition key of two words is not as the page has it."""
    headers = (*KEY, ("idempotency-key", "two words"))
    assert grades("POST", CREATE.path, 400, {}, PUBLISHED, request_headers=headers) == [NOT, NOT]
