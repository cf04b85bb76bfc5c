"""Pages whose schemas are put together of others: alternatives, and parts that all hold."""

from typing import Any

import pytest

from tests.pages.reading import TEXT, only, operations
from tests.pages.writing import page

ALTERNATIVES: dict[str, Any] = {
    "One": {"type": "object", "required": ["a"], "properties": {"model": {"const": "one"}, "a": TEXT}},
    "Two": {"type": "object", "required": ["b"], "properties": {"model": {"enum": ["two", "three"]}, "b": TEXT}},
}

REFS = [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}]


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_several_models_by_alternatives(keyword: str) -> None:
    """Each alternative is an operation of its own, with what stands beside the alternatives, and its own examples."""
    body = {"required": ["model"], "properties": {"note": TEXT}, keyword: REFS}
    document = page(body=body, components=ALTERNATIVES, example={"model": "two", "b": "x"})
    one, two = operations(document)
    assert (one.models, two.models) == (("one",), ("two", "three"))
    assert [wrong.path for wrong in one.request_violations({"model": "one", "note": 1})] == ["a", "note"]
    assert two.request_violations({"model": "three", "b": "x"}) == ()
    assert one.examples == ()
    assert two.examples == ({"model": "two", "b": "x"},)


@pytest.mark.parametrize(
    ("mapping", "models"),
    [
        ({"mapping": {"first": "#/components/schemas/One", "second": "#/components/schemas/Two"}}, ("first", "second")),
        ({}, ("One", "Two")),
    ],
)
def test_several_models_by_a_discriminator(mapping: dict[str, Any], models: tuple[str, ...]) -> None:
    """Its mapping names the models of alternatives that name none; without one they have the schemas' names."""
    plain = {
        name: {**schema, "properties": {**schema["properties"], "model": TEXT}} for name, schema in ALTERNATIVES.items()
    }
    body = {"oneOf": REFS, "discriminator": {"propertyName": "model", **mapping}}
    found = operations(page(body=body, components=plain))
    assert tuple(operation.models[0] for operation in found) == models
    assert [wrong.path for wrong in found[0].request_violations({"model": "x", "a": "x"})] == ["model"]


def test_an_alternative_within_an_alternative() -> None:
    """Alternatives may have alternatives of their own."""
    nested = {"oneOf": [{"oneOf": REFS}, {"properties": {"model": {"const": "four"}}}]}
    found = operations(page(body=nested, components=ALTERNATIVES))
    assert [operation.models for operation in found] == [("one",), ("two", "three"), ("four",)]


def test_alternatives_that_are_not_about_models() -> None:
    """They stay as they are: either of two fields is needed."""
    body = {
        "properties": {"model": {"const": "one"}, "a": TEXT, "b": TEXT},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    }
    operation = only(page(body=body, example={"model": "one", "a": "x"}))
    assert operation.models == ("one",)
    assert operation.request_violations({"model": "one", "b": "x"}) == ()
    (wrong,) = operation.request_violations({"model": "one"})
    assert (wrong.rule, wrong.clause) == ("anyOf", "page-0/body/anyOf")


def test_parts_that_all_hold() -> None:
    """`allOf` is put together; what two parts say of one field holds both."""
    base = {"Base": {"required": ["model"], "properties": {"model": {"enum": ["one"]}, "n": {"maximum": 9}}}}
    parts = [
        {"$ref": "#/components/schemas/Base"},
        {"required": ["n"], "properties": {"n": {"maximum": 5, "type": "integer"}}},
    ]
    operation = only(page(body={"allOf": parts}, components=base))
    assert [wrong.rule for wrong in operation.request_violations({"model": "one", "n": 6})] == ["maximum"]
    assert [wrong.path for wrong in operation.request_violations({})] == ["model", "n"]
    named = {"allOf": [{"$ref": "#/components/schemas/Name"}], "description": "The model"}
    operation = only(page(body={"properties": {"model": named}}, components={"Name": {"const": "two"}}))
    assert operation.models == ("two",)


def test_fields_that_two_parts_describe_by_reference() -> None:
    """Both hold; what is the same is said once, and a model may be told by alternatives of constants."""
    small, same = {"$ref": "#/components/schemas/Small"}, {"$ref": "#/components/schemas/Same"}
    first = {"properties": {"n": {"type": "integer"}, "m": same}}
    second = {"properties": {"n": small, "m": same, "model": {"anyOf": [{"const": "one"}, {"const": "two"}]}}}
    components = {"Small": {"maximum": 5}, "Same": {"type": "string"}}
    operation = only(page(body={"allOf": [first, second]}, components=components))
    assert operation.models == ("one", "two")
    wrong = operation.request_violations({"model": "two", "n": 6.5, "m": 1})
    assert [(each.path, each.rule) for each in wrong] == [("m", "type"), ("n", "maximum"), ("n", "type")]


def test_alternatives_that_name_their_models_beside_a_discriminator() -> None:
    """Their own names count."""
    body = {"oneOf": REFS, "discriminator": {"propertyName": "model"}}
    found = operations(page(body=body, components=ALTERNATIVES))
    assert [operation.models for operation in found] == [("one",), ("two", "three")]
