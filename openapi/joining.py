"""Several operations of one path, told apart by the model that a body names, as one operation."""

from collections.abc import Mapping
from typing import Any, Final

_JSON: Final = "application/json"


def names_model(operation: Mapping[str, Any]) -> bool:
    """Tell whether an operation takes a body of JSON, which is then what tells it from others."""
    return _JSON in operation.get("requestBody", {}).get("content", {})


def join_creations(first: Mapping[str, Any], second: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return one operation that takes and answers what either of two does; the first may be joined already."""
    media, more = (each["requestBody"]["content"][_JSON] for each in (first, second))
    examples = {**media.get("examples", {}), **_named(more.get("examples", {}), second["operationId"])}
    responses = {**second["responses"], **first["responses"]}
    shared = first["responses"].keys() & second["responses"].keys()
    return {
        **first,
        "operationId": f"create{''.join(part.capitalize() for part in path.split('/')[2:])}",
        "summary": "Create a task",
        "description": "Creates a task of the model that the body names; each model has fields of its own.",
        "parameters": _unite(first.get("parameters", []), second.get("parameters", [])),
        "requestBody": {
            "required": True,
            "content": {_JSON: {"schema": _any_of(media["schema"], more["schema"]), "examples": examples}},
        },
        "responses": {
            status: _answer(first["responses"][status], second["responses"][status]) if status in shared else response
            for status, response in sorted(responses.items())
        },
    }


def _named(examples: Mapping[str, Any], operation: str) -> dict[str, Any]:
    return {f"{operation}_{name}": example for name, example in examples.items()}


def _unite(first: list[Any], second: list[Any]) -> list[Any]:
    return [*first, *(each for each in second if each not in first)]


def _any_of(first: Mapping[str, Any], second: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema of what fits either; one that was made here grows."""
    known = first["anyOf"] if first.keys() == {"anyOf"} else [first]
    return first if second in known else {"anyOf": [*known, second]}


def _answer(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    media, more = (each["content"][_JSON] for each in (first, second))
    return {**first, "content": {_JSON: {**media, "schema": _any_of(media["schema"], more["schema"])}}}
