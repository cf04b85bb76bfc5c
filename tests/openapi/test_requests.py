"""The request of the create operation, rule by rule: what just holds and what just does not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openapi.operations import Operation, load_operations
from openapi.violations import Violation

pytestmark = pytest.mark.uncounted

URL = "https://example.com/a.mp4"
HOOK = "https://example.com/"


def put(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return the body with one field changed; `path` may lead one step inside."""
    outer, _, inner = path.partition(".")
    return {**body, outer: {**body[outer], inner: value} if inner else value}


@pytest.mark.clauses(
    "PROMPT-MAX",
    "URLS-HTTP",
    "URLS-MAX",
    "RATIO-VALUES",
    "QUALITY-VALUES",
    "DURATION-RANGE",
    "SHOT-VALUES",
    "CB-LENGTH",
)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("prompt", ""),
        ("prompt", "x" * 1500),
        ("prompt", "🙂" * 1500),
        ("video_urls", [URL]),
        ("video_urls", [URL] * 3),
        ("video_urls", ["http://example.com/a.mov"]),
        ("video_urls", ["HTTPS://EXAMPLE.COM/A.MP4"]),
        *[("aspect_ratio", ratio) for ratio in ("16:9", "9:16", "1:1", "4:3", "3:4")],
        *[("quality", quality) for quality in ("720p", "1080p")],
        ("duration", 2),
        ("duration", 10),
        ("duration", 5.0),  # JSON knows one kind of number
        ("model_params", {}),
        *[("model_params.shot_type", shot) for shot in ("single", "multi")],
        ("generate_audio", True),
        ("callback_url", HOOK + "x" * (2048 - len(HOOK))),
        ("seed", 7),  # what no page mentions is let through
    ],
)
def test_accepted(create: Operation, body: dict[str, Any], path: str, value: object) -> None:
    """A value on the bound breaks nothing."""
    assert create.request_violations(put(body, path, value)) == ()


@pytest.mark.parametrize(
    ("path", "value", "broken"),
    [
        ("model", 1, [("model", "enum", "MODEL-ENUM"), ("model", "type", "MODEL-REQ")]),
        ("model", "wan2.6-reference-video", [("model", "enum", "MODEL-ENUM")]),
        ("prompt", None, [("prompt", "type", "PROMPT-REQ")]),
        ("prompt", ["x"], [("prompt", "type", "PROMPT-REQ")]),
        ("prompt", "x" * 1501, [("prompt", "maxLength", "PROMPT-MAX")]),
        ("prompt", "🙂" * 1501, [("prompt", "maxLength", "PROMPT-MAX")]),
        ("video_urls", URL, [("video_urls", "type", "URLS-REQ")]),
        ("video_urls", [], [("video_urls", "minItems", "URLS-REQ")]),
        ("video_urls", [URL] * 4, [("video_urls", "maxItems", "URLS-MAX")]),
        ("video_urls", [URL, None], [("video_urls[1]", "type", "URLS-REQ")]),
        ("video_urls", ["ftp://example.com/a.mp4"], [("video_urls[0]", "pattern", "URLS-HTTP")]),
        ("video_urls", ["https://"], [("video_urls[0]", "pattern", "URLS-HTTP")]),
        ("video_urls", ["https://example.com/a b.mp4"], [("video_urls[0]", "format", "URLS-REQ")]),
        ("aspect_ratio", "21:9", [("aspect_ratio", "enum", "RATIO-VALUES")]),
        ("quality", "480p", [("quality", "enum", "QUALITY-VALUES")]),
        ("quality", "720P", [("quality", "enum", "QUALITY-VALUES")]),
        ("duration", 1, [("duration", "minimum", "DURATION-RANGE")]),
        ("duration", 11, [("duration", "maximum", "DURATION-RANGE")]),
        ("duration", 10**30, [("duration", "maximum", "DURATION-RANGE")]),
        ("duration", 5.5, [("duration", "type", "DURATION-INT")]),
        ("duration", "5", [("duration", "type", "DURATION-INT")]),
        ("duration", True, [("duration", "type", "DURATION-INT")]),
        ("model_params", [], [("model_params", "type", "PARAMS-OBJECT")]),
        ("model_params.shot_type", "double", [("model_params.shot_type", "enum", "SHOT-VALUES")]),
        ("generate_audio", "true", [("generate_audio", "type", "AUDIO-DEFAULT")]),
        ("callback_url", "http://example.com/", [("callback_url", "pattern", "CB-HTTPS")]),
        ("callback_url", "https://exa mple.com/", [("callback_url", "format", "CB-URI")]),
        ("callback_url", 5, [("callback_url", "type", "CB-URI")]),
        ("callback_url", HOOK + "x" * (2049 - len(HOOK)), [("callback_url", "maxLength", "CB-LENGTH")]),
    ],
)
@pytest.mark.clauses(
    "MODEL-REQ", "MODEL-ENUM", "PROMPT-REQ", "PROMPT-MAX", "URLS-REQ", "URLS-HTTP", "URLS-MAX", "RATIO-VALUES",
    "QUALITY-VALUES", "DURATION-INT", "DURATION-RANGE", "PARAMS-OBJECT", "SHOT-VALUES", "AUDIO-DEFAULT", "CB-HTTPS",
    "CB-URI", "CB-LENGTH",
)  # fmt: skip
def test_refused(
    create: Operation, body: dict[str, Any], path: str, value: object, broken: list[tuple[str, str, str]]
) -> None:
    """A value just beyond the bound breaks the rule and the clause that it should, and no other."""
    violations = create.request_violations(put(body, path, value))
    assert [(found.path, found.rule, found.clause) for found in violations] == broken


@pytest.mark.clauses("MODEL-REQ", "PROMPT-REQ", "URLS-REQ")
@pytest.mark.parametrize(
    ("field", "clause"), [("model", "MODEL-REQ"), ("prompt", "PROMPT-REQ"), ("video_urls", "URLS-REQ")]
)
def test_required(create: Operation, body: dict[str, Any], field: str, clause: str) -> None:
    """A missing field is reported under its own name, without a value."""
    del body[field]
    assert create.request_violations(body) == (Violation(field, "required", None, "is required", clause),)


@pytest.mark.parametrize(
    "field", ["aspect_ratio", "quality", "duration", "model_params", "generate_audio", "callback_url"]
)
def test_optional(create: Operation, body: dict[str, Any], field: str) -> None:
    """Every other field can be left out."""
    del body[field]
    assert create.request_violations(body) == ()


@pytest.mark.parametrize("value", [None, [], "text", 5, True])
def test_a_body_that_is_no_object(create: Operation, value: object) -> None:
    """The body itself has the empty path."""
    assert create.request_violations(value) == (Violation("", "type", value, "must be an object", "OP-CREATE"),)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("model", "gpt", "must be wan2.6-reference-video-flash"),
        ("prompt", "x" * 1600, "must have at most 1500 characters (has 1600)"),
        ("prompt", 5, "must be a string"),
        ("video_urls", [], "must have at least 1 item (has 0)"),
        ("video_urls", [URL] * 5, "must have at most 3 items (has 5)"),
        ("video_urls", ["ftp://example.com/"], "must be an http or https URL"),
        ("video_urls", ["https://example.com/ "], "must be a URI"),
        ("quality", "4k", "must be one of 720p, 1080p"),
        ("duration", 1, "must be at least 2"),
        ("duration", 11, "must be at most 10"),
        ("callback_url", "http://example.com/", "must be an https URL"),
    ],
)
def test_messages(create: Operation, body: dict[str, Any], path: str, value: object, message: str) -> None:
    """A message is a predicate that says what the value must be."""
    (violation,) = create.request_violations(put(body, path, value))
    assert violation.message == message


@pytest.mark.clauses("OP-EXAMPLE")
@pytest.mark.parametrize("view", ["published", "strict"])
def test_published_examples_are_accepted(view: Any) -> None:
    """What the pages show as a request is one."""
    shown = [operation for operation in load_operations(view).values() if operation.request_example]
    assert len(shown) == 10
    assert [found for operation in shown for found in operation.request_violations(operation.request_example)] == []


@pytest.mark.clauses("RATIO-DEFAULT", "QUALITY-DEFAULT", "AUDIO-DEFAULT")
def test_defaults(create: Operation) -> None:
    """The strict view knows the defaults that the page gives in prose, and the published view those in its schema."""
    published = {"model": "wan2.6-reference-video-flash", "generate_audio": True}
    assert create.defaults == {**published, "aspect_ratio": "16:9", "quality": "720p"}
    assert load_operations("published")[create.id].defaults == published


@settings(deadline=None)
@given(st.permutations(["model", "prompt", "video_urls", "quality", "duration", "model_params", "callback_url"]))
def test_key_order_changes_nothing(order: list[str]) -> None:
    """The same body with its keys in any order breaks the same rules, reported in the same order."""
    wrong: dict[str, object] = {
        "model": 1,
        "prompt": "x" * 1501,
        "video_urls": ["ftp://example.com/", 5, URL, URL],
        "quality": "4k",
        "duration": 0.5,
        "model_params": {"shot_type": 1},
        "callback_url": "nowhere",
    }
    create = load_operations()["createWan26ReferenceVideoFlashGeneration"]
    violations = create.request_violations({name: wrong[name] for name in order})
    assert violations == create.request_violations(wrong)
    places = [(violation.path, violation.rule) for violation in violations]
    assert places == sorted(places)
    assert len(set(places)) == len(places) == 13


def test_the_published_view_checks_what_the_page_checks_and_numbers_no_clause(body: dict[str, Any]) -> None:
    """What only prose says is not checked there."""
    create = load_operations("published")["createWan26ReferenceVideoFlashGeneration"]
    prose = {**body, "quality": "4k", "aspect_ratio": "2:1", "video_urls": [], "callback_url": "http://10.0.0.1/"}
    assert create.request_violations(prose) == ()
    assert create.request_violations({**body, "duration": 11}) == (
        Violation(
            "duration", "maximum", 11, "must be at most 10", "wan2.6-reference-video-flash/body/duration/maximum"
        ),
    )


@pytest.mark.clauses("BATCH-IDS", "BATCH-COUNT")
@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ({"task_ids": ["a"]}, []),
        ({"task_ids": ["a"] * 50}, []),
        ({}, [("task_ids", "required", "BATCH-IDS")]),
        ({"task_ids": "a"}, [("task_ids", "type", "BATCH-IDS")]),
        ({"task_ids": [1]}, [("task_ids[0]", "type", "BATCH-IDS")]),
        ({"task_ids": []}, [("task_ids", "minItems", "BATCH-COUNT")]),
        ({"task_ids": ["a"] * 51}, [("task_ids", "maxItems", "BATCH-COUNT")]),
    ],
)
def test_batch(value: object, broken: list[tuple[str, str, str]]) -> None:
    """A batch names between one and fifty tasks."""
    violations = load_operations()["batchGetTasks"].request_violations(value)
    assert [(found.path, found.rule, found.clause) for found in violations] == broken


def test_an_operation_without_a_body_refuses_none(query: Operation) -> None:
    """Where no body is documented, none can be wrong."""
    assert query.request_violations({"anything": 1}) == ()
    assert query.request_example is None
    assert query.defaults == {}
