import pytest

from mock_server.journal.contract import load_contract, schema_at, unknown_fields, value_at
from tests.journal.noting import CREATION

CONTRACT = load_contract()
SCHEMA = CONTRACT.operations[CREATION].body_schema
DOCUMENT = {"a": [{"b": 1}, 2], "c": None, "d": {"e.f": 3}}


def test_operations() -> None:
    """An exchange that reached no operation has none."""
    operation = CONTRACT.operation(CREATION)
    assert operation is not None
    assert operation.id == CREATION
    assert CONTRACT.operation(None) is CONTRACT.operation("result") is None


def test_options() -> None:
    """The values of a field are those that any operation lists; a field without a list has none."""
    assert CONTRACT.options("quality") == ("720p", "1080p")
    assert CONTRACT.options("prompt") == CONTRACT.options("nothing") == ()


def test_words() -> None:
    """The contract's own words are its names, ids, paths and values, and nothing that an example says."""
    words = CONTRACT.vocabulary.words
    assert {CREATION, "model_params", "shot_type", "single", "16:9", "/v1/tasks/{task_id}", "page_size"} <= words
    assert "A person dancing" not in words
    assert "/v1/credits" in CONTRACT.paths
    assert "/v1/tasks/{task_id}" not in CONTRACT.paths


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "object"),
        ("duration", "integer"),
        ("video_urls", "array"),
        ("video_urls[2]", "string"),
        ("model_params.shot_type", "string"),
        ("nothing", None),
        ("nothing.at.all", None),
        ("duration[0]", None),
    ],
)
def test_schemas_of_fields(path: str, kind: str | None) -> None:
    """A path leads through objects and lists; what no page describes has no schema."""
    found = schema_at(SCHEMA, path)
    assert (None if found is None else found["type"]) == kind


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", DOCUMENT),
        ("a[0].b", 1),
        ("a[1]", 2),
        ("a[2]", None),
        ("a.b", None),
        ("c", None),
        ("c.d", None),
        ("d[0]", None),
        ("nothing", None),
    ],
)
def test_values_of_fields(path: str, value: object) -> None:
    """Where there is nothing, there is None."""
    assert value_at(DOCUMENT, path) == value


@pytest.mark.parametrize(
    ("body", "unknown"),
    [
        ({"model": "x", "prompt": 1}, ()),
        ({"seed": 1, "modelName": {"a": 1}, "prompt": ""}, ("seed", "modelName")),
        ({"model_params": {"shot_type": "single", "style": 1}}, ("model_params.style",)),
        ({"model_params": 5, "video_urls": [{"url": "x"}]}, ()),
        ([{"model": 1}], ()),
        ("text", ()),
    ],
    ids=str,
)
def test_unknown_fields(body: object, unknown: tuple[str, ...]) -> None:
    """Fields that no page describes are told of, and what is within them is not."""
    assert unknown_fields(body, SCHEMA) == unknown


def test_unknown_fields_of_lists() -> None:
    """Items of a list are told apart; what nothing at all is said about has nothing unknown in it."""
    items = {"type": "array", "items": {"type": "object", "properties": {"a": {}}}}
    assert unknown_fields([{"a": {"x": 1}}, {"b": 1}], items) == ("[1].b",)
    assert unknown_fields({"a": 1}, {}) == unknown_fields({"a": 1}, None) == ()
