"""The OpenAPI document of the control API, made of its operations and their shapes."""

import inspect
from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final, get_args

import msgspec

import mock_server.control
from mock_server.control.operation import COMMON_REFUSALS, Nothing, Operation, path_parameters
from mock_server.control.shapes import Refusal, Shape, UniverseName

_SCHEMAS: Final = "#/components/schemas/{name}"
_UNIVERSE: Final = "X-Mock-Universe"
_ANSWERED: Final = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}


def make_document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the document. Each operation's links lead to those that take an id of its answer."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, operations)
    description = inspect.cleandoc(mock_server.control.__doc__ or "")
    document = {
        "openapi": "3.1.0",
        "info": {"title": "EvoLink mock control API", "version": version("evolink-mock"), "description": description},
        "servers": [{"url": "/", "description": "This server"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(operations),
            "responses": dict(_refusals(operations)),
            "parameters": {"Universe": _universe()},
            "headers": {"RequestId": {"description": "The number of the request", "schema": {"type": "string"}}},
        },
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    return plain


def _operation(operation: Operation, operations: Iterable[Operation]) -> dict[str, Any]:
    statuses = sorted({*COMMON_REFUSALS, *operation.refusals})
    body = _body(operation)
    return {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": described(operation.function),
        "parameters": [*_parameters(operation), {"$ref": "#/components/parameters/Universe"}],
        **({} if body is None else {"requestBody": body}),
        "responses": {
            "200": _answer(operation, operations),
            **{str(status): {"$ref": f"#/components/responses/Status{status}"} for status in statuses},
        },
    }


def described(thing: object) -> str:
    """Return the docstring of a function or a shape without what it says of arguments and errors."""
    text = inspect.getdoc(thing) or ""
    return text.partition("\n\nRaises:")[0].partition("\n\nArgs:")[0]


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for name, shape in path_parameters(operation).items():
        yield {"name": name, "in": "path", "required": True, "schema": _schema(shape)}
    for field in msgspec.structs.fields(operation.query):
        schema = _schema(field.type)
        choices = [choice for choice in schema.pop("anyOf", ()) if choice != {"type": "null"}]
        schema |= choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {}
        yield {"name": field.encode_name, "in": "query", "required": field.required, "schema": schema}


def _body(operation: Operation) -> dict[str, Any] | None:
    if operation.body is Nothing:
        return None
    required = any(field.required for field in msgspec.structs.fields(operation.body))
    return {"required": operation.raw or required, "content": {"application/json": {"schema": _schema(operation.body)}}}


def _answer(operation: Operation, operations: Iterable[Operation]) -> dict[str, Any]:
    schema = {"type": "string"} if operation.answer is None else _schema(operation.answer)
    links = dict(_links(operation, operations))
    return {
        "description": operation.summary if operation.answer is None else described(operation.answer),
        "headers": _ANSWERED,
        "content": {operation.media_type: {"schema": schema}},
        **({"links": links} if links else {}),
    }


def _links(source: Operation, operations: Iterable[Operation]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Lead from a list to each operation on a thing that it lists."""
    for operation in operations:
        beyond = operation.path.removeprefix(f"{source.path}/")
        pointer = _id_of(source.answer, beyond.partition("/")[0].strip("{}")) if beyond.startswith("{") else None
        if pointer is not None:
            parameters = {next(iter(path_parameters(operation))): f"$response.body#{pointer}"}
            if "universe" in getattr(source.answer, "__struct_fields__", ()):
                parameters[f"header.{_UNIVERSE}"] = "$response.body#/universe"
            yield operation.id, {"operationId": operation.id, "parameters": parameters}


def _id_of(listing: Any, parameter: str) -> str | None:
    """Return where an answer has the id of the first thing that it lists."""
    fields = msgspec.structs.fields(listing) if hasattr(listing, "__struct_fields__") else ()
    listed = [(field, item) for field in fields for item in get_args(field.type) if hasattr(item, "__struct_fields__")]
    found = ((field, name) for field, item in listed for name in ("id", parameter) if name in item.__struct_fields__)
    return next((f"/{field.encode_name}/0/{name}" for field, name in found), None)


def _schema(shape: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([shape], ref_template=_SCHEMAS)
    return {name: value for name, value in schema.items() if name != "default" or value is not None}


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the schemas of all shapes, with the rules that hold of several of their fields together."""
    used = [shape for operation in operations for shape in (operation.body, operation.answer)]
    _, schemas = msgspec.json.schema_components(
        [*(shape for shape in used if shape not in {None, Nothing}), Refusal], ref_template=_SCHEMAS
    )
    rules = {kind.__name__: kind.rules for kind in Shape.__subclasses__()}
    return {name: {**schema, **rules.get(name, {})} for name, schema in schemas.items()}


def _refusals(operations: Iterable[Operation]) -> Iterator[tuple[str, dict[str, Any]]]:
    for status in sorted({*COMMON_REFUSALS}.union(*(operation.refusals for operation in operations))):
        yield (
            f"Status{status}",
            {
                "description": HTTPStatus(status).phrase,
                "headers": _ANSWERED,
                "content": {"application/json": {"schema": _schema(Refusal)}},
            },
        )


def _universe() -> dict[str, Any]:
    return {
        "name": _UNIVERSE,
        "in": "header",
        "description": "The universe that is meant; without it, that of the key sk-mock-NAME, or else `default`.",
        "schema": _schema(UniverseName),
    }
