"""From the text of a page to the documents that are served."""

import json
from typing import Any

import pytest

from openapi.operations import Operations
from openapi.page_forms import make_forms
from openapi.page_text import PageError, read_text
from tests.pages.reading import TEXT, only
from tests.pages.writing import PROMPT, envelope, error, page


def test_yaml_is_read_as_version_1_2() -> None:
    """Ratios, dates and words that older YAML reads as numbers, dates and truth values are texts."""
    text = "openapi: 3.1.0\npaths:\n  /a: [16:9, yes, 2026-01-01, null, true, 1.5, -1, '200']\n  200: {}\n"
    assert read_text(text)["paths"] == {
        "/a": ["16:9", "yes", "2026-01-01", None, True, 1.5, -1, "200"],
        "200": {},
    }


def test_schemas_of_version_3_0() -> None:
    """Null and exclusive bounds are said otherwise there, and mean the same."""
    seconds = {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "maximum": 9, "exclusiveMaximum": False}
    fields = {"word": {"type": "string", "nullable": True}, "seconds": seconds, "free": {"nullable": True}}
    old = read_text(json.dumps({**page(fields=fields), "openapi": "3.0.3"}))
    operation = only(old)
    body = {"model": "sketch-1", "prompt": "A cat"}
    assert operation.request_violations({**body, "word": None, "seconds": 9, "free": None}) == ()
    wrong = operation.request_violations({**body, "word": 1, "seconds": 0})
    assert [(each.path, each.rule) for each in wrong] == [("seconds", "exclusiveMinimum"), ("word", "type")]


@pytest.mark.parametrize("fence", ["```", "````", "~~~"])
@pytest.mark.parametrize("form", ["yaml", "yml", "json"])
def test_a_block_of_a_markdown_page(fence: str, form: str) -> None:
    """The block with the document is found behind others, whatever stands beside its name."""
    block = '{"openapi": "3.0.0", "paths": {}}' if form == "json" else "openapi: 3.0.0\npaths: {}"
    text = f"# Page\n\n```yaml\nname: x\n```\n\n{fence}{form} /a/b.json POST /v1/a\n{block}\n{fence}\n\nEnd\n"
    assert read_text(text) == {"openapi": "3.0.0", "paths": {}}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no OpenAPI document"),
        ("# Just prose", "is no OpenAPI document"),
        ("- a", "is no OpenAPI document"),
        ("swagger: '2.0'\npaths: {}", "is no OpenAPI document"),
        ('{"openapi": "2.0", "paths": {}}', "is no OpenAPI document"),
        ('{"openapi": "3.1.0"', "is no JSON"),
        ("a: [", "is no YAML"),
        ("openapi: 3.1.0", "describes no paths"),
        ("openapi: 3.1.0\npaths: []", "describes no paths"),
    ],
)
def test_what_is_no_page(text: str, why: str) -> None:
    """It is refused in one sentence that says why."""
    with pytest.raises(PageError, match=why):
        read_text(text)


def test_enums_of_the_schema() -> None:
    """A page with everything in its schema checks everything, and its clauses are named by where they stand."""
    fields = {"size": {"enum": ["a", "b"]}, "seconds": {"type": "integer", "maximum": 9}}
    operation = only(page(fields={**fields, "inner": {"type": "object", "properties": {"list": {"items": TEXT}}}}))
    body = {"model": "sketch-1", "size": "c", "seconds": 10, "inner": {"list": ["x", 1]}}
    assert [(each.path, each.clause) for each in operation.request_violations(body)] == [
        ("inner.list[1]", "page-0/body/inner/list/items/type"),
        ("prompt", "page-0/body/prompt/required"),
        ("seconds", "page-0/body/seconds/maximum"),
        ("size", "page-0/body/size/enum"),
    ]
    assert operation.models == ("sketch-1",)
    assert operation.model_left_out is None
    assert operation.request_example == {"model": "sketch-1", "prompt": "A cat"}
    assert operation.broken_examples == ()


def test_enums_in_prose() -> None:
    """What only prose says is not checked, and a model may be named by its default alone."""
    model = {"type": "string", "default": "sketch-1"}
    prose = {"type": "string", "description": "One of `small` and `large`"}
    body = {"type": "object", "required": ["prompt"], "properties": {"model": model, "prompt": PROMPT, "size": prose}}
    operation = only(page(body=body))
    assert operation.models == ("sketch-1",)
    assert operation.model_left_out == "sketch-1"
    assert operation.request_violations({"prompt": "A cat", "size": "huge"}) == ()


def test_an_operation_that_only_looks_like_a_creation() -> None:
    """A body that names a model is not enough: the answer must be a task."""
    (form,) = make_forms(page())
    form["paths"]["/v1/videos/generations"]["post"]["responses"]["200"]["content"]["application/json"]["schema"] = CHAT
    (operation,) = Operations({"one": form}).values()
    assert (operation.envelope, operation.models) == (None, ())
    assert Operations({"one": form}).creations == ()


def test_the_page_s_own_examples_are_taken() -> None:
    """What a page shows is taken even where its schema does not allow it, and nothing else is."""
    shown = {"model": "sketch-1", "prompt": 7}
    operation = only(page(example=shown))
    assert operation.request_violations(shown) == ()
    assert [wrong.path for wrong in operation.broken_examples] == ["prompt"]
    assert [wrong.path for wrong in operation.request_violations({**shown, "prompt": 8})] == ["prompt"]


def test_examples_in_every_place() -> None:
    """They stand beside the schema, in it, or in a component."""
    document = page(components={})
    media = document["paths"]["/v1/videos/generations"]["post"]["requestBody"]["content"]["application/json"]
    media["examples"] = {"a": {"$ref": "#/components/examples/A"}, "b": {"externalValue": "x"}, "c": "?"}
    media["example"] = {"n": 2}
    media["schema"] |= {"example": {"n": 3}, "examples": [{"n": 4}]}
    document["components"]["examples"] = {"A": {"value": {"n": 1}}}
    assert only(document).examples == ({"n": 1}, {"n": 2}, {"n": 4}, {"n": 3})


def test_answers_of_a_page() -> None:
    """Errors are read by example, wherever it stands; what is no error, or no status, is passed over."""
    shown = {"error": {"code": "busy", "message": "Busy", "type": "x", "more": 1, "param": "p"}}
    responses = {
        "4XX": {"description": "", "content": {"application/json": {"examples": {"a": {"value": shown}}}}},
        "402": {"$ref": "#/components/responses/Poor"},
        "429": {"description": "", "content": {"application/json": {"example": {"error": {"code": 1}}}}},
        "500": {"description": "nothing"},
        "default": {"description": ""},
    }
    document = page(responses=responses)
    document["components"]["responses"] = {"Poor": error(402, "poor", "Too poor")[1]}
    operation = only(document)
    assert operation.statuses == (200, 400, 402, 429, 500)
    assert {status: each.code for status, each in operation.errors.items()} == {400: "busy", 402: "poor"}
    assert operation.errors[400].param == "p"


def test_parameters_of_a_page() -> None:
    """What can be checked of them is; cookies and those without a type are passed over."""
    given = [
        {"name": "X-A", "in": "header", "schema": {"type": "integer"}, "required": True},
        {"name": "b", "in": "cookie", "schema": TEXT},
        {"name": "c", "in": "query", "schema": {}},
        {"name": "d", "in": "query"},
    ]
    assert [each.name for each in only(page(parameters=given)).parameters] == ["X-A"]


@pytest.mark.parametrize(
    ("kind", "path", "answer", "expected"),
    [
        ("image", None, None, ("image", "image.generation.task", "image")),
        ("audio", None, None, ("audio", "audio.generation.task", "audio")),
        (
            "video",
            "/v1/videos/x",
            envelope("lively", properties={"id": TEXT, "status": TEXT, "progress": TEXT}),
            ("video", "video.generation.task", "video"),
        ),
        (
            "video",
            "/v1/x",
            {"properties": {"id": {}, "status": {}, "progress": {}, "type": {"const": "audio"}}},
            ("audio", "audio.generation.task", "audio"),
        ),
        (
            "video",
            "/v1/x",
            {
                "properties": {
                    "id": {},
                    "status": {},
                    "object": {"example": "music.generation.task"},
                    "type": {"enum": ["image"]},
                }
            },
            ("image", "music.generation.task", "image"),
        ),
    ],
)
def test_what_a_page_makes(kind: str, path: str | None, answer: Any, expected: tuple[str, str, str]) -> None:
    """It is found by the object, the path and the type, in this order."""
    found = only(page(kind=kind, path=path, answer=answer)).envelope
    assert found is not None
    assert (found.kind, found.object, found.type) == expected


def test_what_the_page_s_example_says_of_time_and_price() -> None:
    """The estimate is taken from it, and a price for each call; a price for a second says nothing without seconds."""
    plain = only(page()).envelope
    assert plain is not None
    assert (plain.estimate, plain.credits) == (50, None)
    usage = {"properties": {"billing_rule": {"example": "per_call"}, "credits_reserved": {"example": 3}}}
    answer = envelope("video")
    answer["properties"] |= {"usage": usage, "task_info": {}}
    found = only(page(answer=answer)).envelope
    assert found is not None
    assert (found.estimate, found.credits) == (None, 3)


CHAT = {"properties": {"id": TEXT, "object": {"const": "chat.completion"}, "choices": {"type": "array"}}}

REPLY = {"properties": {"id": TEXT, "status": TEXT, "object": {"const": "response"}}}

SPEECH = {"properties": {"id": TEXT, "status": TEXT, "progress": TEXT, "type": {"enum": ["text"]}}}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (
            page(path="/v1/chat/completions", answer=CHAT),
            "its answer is no task that can be followed: it has no status",
        ),
        (page(path="/v1/responses", answer=REPLY), "shows neither progress nor task_info"),
        (page(path="/v1/speech", answer=SPEECH), "it makes text, and not video, image, audio"),
        (page(body={"properties": {"prompt": TEXT}}), "names no model"),
        (page(body={"properties": {"model": {"type": "string"}}}), "names no model"),
        (page(path="/v1/{kind}/generations"), "a path without parameters"),
        (page(requestBody={"content": {"multipart/form-data": {}}}), "takes no JSON"),
        (page(responses={"200": {"description": ""}}), "does not say what it answers with"),
        (page(fields={"a": {"$ref": "https://example.com/a.json"}}), "another document, which is not fetched"),
        (page(fields={"a": {"$ref": "other.yaml#/a"}}), "another document, which is not fetched"),
        (page(fields={"a": {"$ref": "#/components/schemas/Nothing"}}), "leads nowhere"),
        (page(fields={"a": {"$ref": "#/paths"}}), "must lead to a component"),
        (
            page(
                fields={"a": {"$ref": "#/components/schemas/A"}}, components={"A": {"$ref": "#/components/schemas/A"}}
            ),
            "leads back to itself",
        ),
        (
            page(
                body={"$ref": "#/components/schemas/A"},
                components={"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}},
            ),
            "has itself as a part",
        ),
        ({"openapi": "3.1.0", "paths": {"/v1/tasks": {"get": {}}}}, "describes no operation that takes a body"),
    ],
)
def test_what_cannot_be_served(document: dict[str, Any], why: str) -> None:
    """It is refused, and the reason says which."""
    with pytest.raises(PageError, match=why):
        make_forms(document)


def test_one_operation_of_several() -> None:
    """Of a page with several operations those are taken that can be."""
    document = page()
    document["paths"] |= page(path="/v1/chat", answer=CHAT)["paths"]
    assert only(document).path == "/v1/videos/generations"
