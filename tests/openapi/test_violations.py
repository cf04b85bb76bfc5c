"""Violations of schemas that our own documents do not use, and of hostile values."""

from typing import Any

import pytest

from openapi.violations import CompiledSchema, Violation


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"const": True}, 1, "must be true"),
        ({"enum": [None, 1, "a"]}, 2, "must be one of null, 1, a"),
        ({"type": ["object", "null"]}, 1, "must be null or an object"),
        ({"type": ["array", "number"]}, "x", "must be an array or a number"),
        ({"minLength": 1}, "", "must have at least 1 character (has 0)"),
        ({"format": "date-time"}, "today", "must be an ISO 8601 date and time"),
        ({"format": "ipv4"}, "x", "must be a valid ipv4"),
        ({"pattern": "^a"}, "b", "must match ^a"),
        ({"not": {}}, 1, "is not allowed"),
        ({"uniqueItems": True}, [1, 1], "must have no item twice"),
        ({"contains": {"type": "string"}}, [1], "breaks the rule contains"),
        (
            {"anyOf": [{"required": ["a"]}, {"properties": {"b": {"type": "integer"}}, "minProperties": 2}]},
            {"b": "x"},
            "fits none of its alternatives: a is required; or breaks the rule minProperties and b must be an integer",
        ),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, 1, "breaks the rule oneOf"),
    ],
)
def test_messages(schema: dict[str, Any], value: object, message: str) -> None:
    """Every rule has a message that can follow a name."""
    (violation,) = CompiledSchema(schema).violations(value)
    assert violation.message == message
    assert violation.clause is None


def test_alternatives_do_not_show_the_whole_body() -> None:
    """Where no alternative fits, no single value is to blame."""
    schema = CompiledSchema({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]})
    (violation,) = schema.violations({"secret": "s"})
    assert violation == Violation("", "anyOf", None, "fits none of its alternatives: a is required; or b is required")


def test_a_false_schema() -> None:
    """A property that may not exist is reported where it stands."""
    schema = CompiledSchema({"properties": {"a": False}, "x-clause": "A"})
    (violation,) = schema.violations({"a": {"b": 1}})
    assert (violation.path, violation.value, violation.clause) == ("a", {"b": 1}, "A")


def test_clauses_are_found_from_the_inside_out() -> None:
    """`x-clauses` beside the keyword comes first, then the nearest `x-clause` around it."""
    schema = CompiledSchema(
        {
            "x-clause": "OUTER",
            "required": ["c", "d"],
            "x-clauses": {"required": {"c": "NAMED"}},
            "properties": {
                "a": {"x-clause": "INNER", "x-clauses": {"type": "TYPE"}, "type": "string", "maxLength": 1},
                "b": {"type": "string"},
                "d": {"x-clause": "OWN"},
            },
        }
    )
    assert {found.path: found.clause for found in schema.violations({"a": 1, "b": 1})} == {
        "a": "TYPE",
        "b": "OUTER",
        "c": "NAMED",
        "d": "OWN",
    }
    assert [found.clause for found in schema.violations({"a": "xx", "c": 1, "d": 1})] == ["INNER"]


def test_paths() -> None:
    """Names are joined by dots, places in arrays stand in brackets."""
    schema = CompiledSchema({"items": {"properties": {"a": {"items": {"items": {"type": "string"}}}}}})
    assert [found.path for found in schema.violations([{"a": [["x", 1]]}])] == ["[0].a[0][1]"]


def test_a_pattern_takes_no_time_on_a_hostile_value() -> None:
    """Patterns are matched in linear time, so that no request can hold the server up."""
    assert len(CompiledSchema({"pattern": "^(a+)+$"}).violations("a" * 50_000 + "!")) == 1


def test_a_deep_value() -> None:
    """A value nested as deeply as the decoder allows is checked like any other."""
    value: object = 1
    for _ in range(900):
        value = [value]
    assert CompiledSchema({"type": "array"}).violations(value) == ()
