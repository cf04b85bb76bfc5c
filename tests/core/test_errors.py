import re
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core import errors
from mock_server.core.error_bodies import error_body
from mock_server.core.errors import (
    ApiError,
    InsufficientQuota,
    InternalError,
    InvalidRequest,
    MalformedBody,
    ModelAccessDenied,
    RateLimited,
    Unauthorized,
)
from mock_server.core.wording import shown_value

EVERY_ERROR = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ApiError) and kind is not ApiError
]
DRAWN = re.findall(r"^    ([│├└─ ]*)(\w+)(?: +(\d{3}).*)?$", errors.__doc__ or "", re.MULTILINE)


@dataclass(frozen=True)
class Broken:
    """A broken clause, as a validator reports it."""

    path: str
    value: object
    message: str
    clause: str | None


@dataclass(frozen=True)
class Published:
    """An error as a page shows it."""

    code: str | int
    message: str
    type: str
    fallback_suggestion: str | None = None


@pytest.mark.clauses("ERR-400", "ERR-401", "ERR-402", "ERR-403", "ERR-429", "ERR-500")
def test_the_tree_is_as_drawn() -> None:
    """Each class of the drawing exists at its place with its status, and there is none that is not drawn."""
    statuses = {name: status for _, name, status in DRAWN if status}
    assert statuses == {error.__name__: str(error.status) for error in EVERY_ERROR}
    branch: list[type[object]] = [ApiError]
    for bars, name, _ in DRAWN[1:]:
        depth = len(bars) // 4
        kind: type[ApiError] = getattr(errors, name)
        assert kind.__bases__ == (branch[depth - 1],)
        branch[depth:] = [kind]


@pytest.mark.clauses("ERR-BODY")
@pytest.mark.parametrize("kind", EVERY_ERROR, ids=lambda kind: kind.__name__)
def test_a_body_has_three_strings_and_no_more(kind: type[ApiError]) -> None:
    """Every error's body says code, message and type, all strings, and nothing that it does not know."""
    body = error_body(kind(), {})
    assert body == {"error": {"code": kind.code, "message": kind.message, "type": kind.type}}
    assert all(isinstance(value, str) and value for value in body["error"].values())
    assert str(kind()) == kind.message


@pytest.mark.clauses("ERR-400", "ERR-401", "ERR-402", "ERR-403", "ERR-429", "ERR-500")
@pytest.mark.parametrize(
    ("name", "status", "code", "text", "kind"),
    [
        ("InvalidRequest", 400, "invalid_request", "Invalid request parameters", "invalid_request_error"),
        ("Unauthorized", 401, "unauthorized", "Invalid or expired token", "authentication_error"),
        (
            "InsufficientQuota",
            402,
            "insufficient_quota",
            "Insufficient quota. Please top up your account.",
            "insufficient_quota",
        ),
        (
            "ModelAccessDenied",
            403,
            "model_access_denied",
            "Token does not have access to model",
            "invalid_request_error",
        ),
        ("RateLimited", 429, "rate_limit_exceeded", "Too many requests, please try again later", "rate_limit_error"),
        ("InternalError", 500, "internal_error", "Internal server error", "api_error"),
    ],
)
def test_the_errors_of_the_page(name: str, status: int, code: str, text: str, kind: str) -> None:
    """The errors that the model's page lists say what the page says."""
    error = getattr(errors, name)
    assert (error.status, error.code, error.message, error.type) == (status, code, text, kind)


@pytest.mark.clauses("ERR-BODY", "ERR-PARAM")
def test_a_body_tells_the_detail_and_the_field() -> None:
    """The detail follows the message, and the field at fault is named."""
    error = InvalidRequest("duration must be at most 10", param="duration")
    assert str(error) == "duration must be at most 10"
    assert error_body(error, {})["error"] == {
        "code": "invalid_request",
        "message": "Invalid request parameters: duration must be at most 10",
        "type": "invalid_request_error",
        "param": "duration",
    }


@pytest.mark.clauses("ERR-BODY", "ERR-402")
def test_a_detail_follows_a_sentence_as_a_sentence() -> None:
    """Where the message is made of sentences, the detail is one more."""
    body = error_body(InsufficientQuota("the task needs 9 credits"), {})
    assert body["error"]["message"] == ("Insufficient quota. Please top up your account. The task needs 9 credits.")


@pytest.mark.clauses("ERR-BODY")
def test_a_body_uses_the_words_of_its_page() -> None:
    """Where a page publishes an example for the status, its code, message, type and advice are used."""
    published = {401: Published(401, "Authentication required", "authentication_error", "Check the key")}
    assert error_body(Unauthorized("no key"), published)["error"] == {
        "code": 401,
        "message": "Authentication required: no key",
        "type": "authentication_error",
        "fallback_suggestion": "Check the key",
    }
    assert error_body(InternalError(), published)["error"]["code"] == "internal_error"
    assert "fallback_suggestion" not in error_body(RateLimited(), {429: Published("slow", "Slow", "evo")})["error"]


@pytest.mark.clauses("ERR-BODY")
def test_an_example_of_another_error_is_not_taken() -> None:
    """A page that shows one 400 does not give its code to another; a page that shows bare statuses does."""
    other = {400: Published("invalid_task_id", "Invalid task ID format", "invalid_request_error")}
    assert error_body(InvalidRequest("x"), other)["error"]["code"] == "invalid_request"
    numbers = {400: Published(400, "Invalid request", "invalid_request_error")}
    assert error_body(InvalidRequest("x"), numbers)["error"]["code"] == 400


@pytest.mark.clauses("ERR-403")
def test_access_denied_names_the_model_asked_for() -> None:
    """The example of the page names its own model; the answer names the one that was asked for."""
    published = {403: Published("model_access_denied", "Token has no access: some-model", "invalid_request_error")}
    body = error_body(ModelAccessDenied("wan9"), published)
    assert body["error"]["message"] == "Token does not have access to model: wan9"


@pytest.mark.clauses("HTTP-RETRY-AFTER", "ERR-401")
def test_headers_go_with_the_error() -> None:
    """Retry-After is there when it is known, a 401 names its scheme, and other errors need no headers."""
    assert RateLimited(retry_after=30).headers() == {"retry-after": "30"}
    assert RateLimited(retry_after=0).headers() == {"retry-after": "0"}
    assert Unauthorized().headers() == {"www-authenticate": "Bearer"}
    assert InternalError().headers() == {}


@pytest.mark.clauses("ERR-400", "ERR-PARAM")
def test_violations_are_told_in_order() -> None:
    """Every broken clause is told with its value, the first one's field is the param, and no clause is named twice."""
    error = InvalidRequest.from_violations(
        Broken(path, value, text, clause)
        for path, value, text, clause in [
            ("duration", 11, "must be at most 10", "DURATION-RANGE"),
            ("video_urls[0]", "ftp://x", "must be http or https", "URLS-HTTP"),
            ("video_urls[1]", "ftp://y", "must be http or https", "URLS-HTTP"),
            ("model_params", [], "must be an object", None),
        ]
    )
    assert error.detail == (
        "duration must be at most 10, got 11; "
        'video_urls[0] must be http or https, got "ftp://x"; video_urls[1] must be http or https, got "ftp://y"; '
        "model_params must be an object"
    )
    assert error.param == "duration"
    assert error.clauses == ("DURATION-RANGE", "URLS-HTTP")


@pytest.mark.clauses("ERR-400")
@pytest.mark.parametrize("path", ["prompt", "negative_prompt", "model_params.Prompt", "prompts[0].text"])
def test_nothing_of_a_prompt_is_repeated(path: str) -> None:
    """A prompt may be private, so the message says what is wrong with it and not what it is."""
    error = InvalidRequest.from_violations([Broken(path, "a secret", "must be short", None)])
    assert error.detail == f"{path} must be short"


@pytest.mark.clauses("ERR-400")
def test_a_violation_of_the_body_itself_names_no_field() -> None:
    """When the body as a whole is at fault there is no field to name."""
    error = InvalidRequest.from_violations([Broken("", 3, "must be an object", "OP-CREATE")])
    assert (error.detail, error.param) == ("the request body must be an object, got 3", None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (11, "11"),
        (2.5, "2.5"),
        (True, "true"),
        ('a"b', '"a\\"b"'),
        ("", '""'),
        (None, ""),
        ({}, ""),
        ([1], ""),
        ("x" * 58, f'"{"x" * 58}"'),
        ("x" * 59, f'"{"x" * 58}…'),
        (10**80, f"1{'0' * 58}…"),
    ],
)
def test_values_are_shown_as_json_and_cut(value: object, shown: str) -> None:
    """A scalar is shown as JSON writes it, cut to 60 characters; nothing is shown of objects and arrays."""
    assert shown_value(value) == shown


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())))
def test_whatever_is_shown_is_short(value: object) -> None:
    """No value makes a message long, or breaks it."""
    assert len(shown_value(value)) <= 60
    msgspec.json.encode(error_body(MalformedBody(shown_value(value)), {}))
