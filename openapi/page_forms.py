"""The form in which pages are served: what a user's page says, as the documents of our own say it.

Each document that comes out has one operation, which creates tasks, one schema for its body, and the models that it is
for. A page that describes several models by alternatives becomes as many documents.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from openapi.envelopes import KINDS, NoEnvelope, read_envelope
from openapi.page_text import PageError
from openapi.pages import Document
from openapi.references import find_references, parse_reference
from openapi.schemas import Components, Schema, flatten, follow, join, named_values

SERVED_HOST: Final = "https://api.evolink.ai"
"""The host whose pages are served; the file service has one of its own."""

_JSON: Final = "application/json"
_LOCATIONS: Final = frozenset({"path", "query", "header"})
_ALTERNATIVES: Final = ("oneOf", "anyOf")
_FIRST_ERROR: Final = 400
_TEXTS: Final = ("code", "message", "type")


def make_forms(document: Document) -> tuple[Document, ...]:
    """Return what is served of a page: a document for each operation that creates tasks, and for each of its shapes.

    Raises:
        PageError: Nothing of it can be served; the message says why.
    """
    _refuse_references(document)
    found: list[Document] = []
    refusals: list[str] = []
    for path, method, operation in _posts(document):
        try:
            found += _make_form(document, path, method, operation)
        except ValueError as error:
            refusals.append(f"{method.upper()} {path}: {error}")
    if not found:
        raise PageError("; ".join(refusals) or "describes no operation that takes a body (POST)")
    return tuple(found)


def _refuse_references(document: Document) -> None:
    """Refuse a page that refers to another document, which is never fetched, or to what it does not have.

    Raises:
        PageError: It does.
    """
    for holder in find_references(document):
        text = holder["$ref"]
        if not text.startswith("#"):
            raise PageError(f"refers to another document, which is not fetched: $ref {text}")
        try:
            follow(holder, document.get("components", {}))
        except ValueError as error:
            raise PageError(str(error)) from None


def _posts(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        operation = item.get("post") if isinstance(item, dict) else None
        if isinstance(operation, dict):
            yield path, "post", operation


def _make_form(document: Document, path: str, method: str, operation: dict[str, Any]) -> list[Document]:
    components: Components = document.get("components", {})
    media = _json_of(follow(operation.get("requestBody", {}), components))
    if media is None:
        raise ValueError("takes no JSON")
    if not path.startswith("/") or "{" in path:
        raise ValueError("tasks are created at a path without parameters")
    responses = dict(_responses(operation.get("responses", {}), components))
    success = next((media for status, media in sorted(responses.items()) if status.startswith("2")), None)
    if success is None or not success["schema"]:
        raise NoEnvelope("it does not say what it answers with")
    read_envelope(success["schema"], components, path=path)
    shapes = list(_shapes(media.get("schema", {}), components))
    examples = list(_examples(media, components))
    return [
        _write(
            document,
            path,
            method,
            operation,
            responses,
            shape,
            [each for each in examples if _is_for(each, shape, components)],
        )
        for shape in shapes
    ]


def _json_of(holder: Mapping[str, Any]) -> dict[str, Any] | None:
    content = holder.get("content", {})
    return next((media for name, media in content.items() if name.partition(";")[0].strip() == _JSON), None)


def _responses(responses: Mapping[str, Any], components: Components) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each answer by its status, with one error of the page as its example where it is one."""
    for status, response in responses.items():
        number = status.upper().replace("XX", "00")
        if not number.isdigit():
            continue
        media = _json_of(follow(response, components)) or {}
        form = {"schema": media.get("schema", {})}
        examples = (each.get("error") for each in _examples(media, components) if isinstance(each, dict))
        errors = (error for error in examples if isinstance(error, dict) and int(number) >= _FIRST_ERROR)
        error = next((error for error in errors if {*_TEXTS} <= error.keys()), None)
        if error is not None:
            known = (*_TEXTS, "param", "fallback_suggestion")
            form["example"] = {"error": {name: error[name] for name in known if name in error}}
        yield number, form


def _examples(media: Mapping[str, Any], components: Components) -> Iterator[Any]:
    """Yield the values that a page shows of a body."""
    for example in media.get("examples", {}).values():
        shown = follow(example, components) if isinstance(example, dict) else {}
        if "value" in shown:
            yield shown["value"]
    if "example" in media:
        yield media["example"]
    schema = flatten(media.get("schema", {}), components)
    for shown in (*schema.get("examples", ()), *([schema["example"]] if "example" in schema else [])):
        yield shown


def _shapes(schema: Schema, components: Components, *, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the schemas of bodies: one, or one for each alternative if all of them name their models.

    Raises:
        ValueError: It names no model.
    """
    whole = flatten(schema, components)
    for keyword in _ALTERNATIVES if depth < len(KINDS) else ():
        mapping = _discriminated(whole)
        branches = [_branch(branch, mapping, components) for branch in whole.get(keyword, ())]
        if branches and all(branches):
            rest = {name: value for name, value in whole.items() if name not in (keyword, "discriminator")}
            for branch in filter(None, branches):
                yield from _shapes(join(rest, branch), components, depth=depth + 1)
            return
    if not _model_names(whole, components):
        raise ValueError("names no model: model has neither enum, const nor default")
    yield whole


def _discriminated(schema: Schema) -> dict[str, str] | None:
    """Return the model of each schema that a discriminator leads to; None without one on model."""
    discriminator = schema.get("discriminator")
    if not isinstance(discriminator, dict) or discriminator.get("propertyName") != "model":
        return None
    mapping = discriminator.get("mapping", {})
    return {target.rpartition("/")[2]: name for name, target in mapping.items()}


def _branch(schema: Schema, mapping: Mapping[str, str] | None, components: Components) -> dict[str, Any] | None:
    """Return an alternative as one schema that names its models; None if it names none."""
    whole = flatten(schema, components)
    if any(_model_names(inner, components) for keyword in _ALTERNATIVES for inner in whole.get(keyword, ())):
        return whole
    if mapping is not None and "$ref" in schema:
        target = parse_reference(schema["$ref"]).name
        named = {"type": "string", "enum": [mapping.get(target, target)]}
        own = whole.get("properties", {}).get("model", {})
        if not named_values(own, components):
            return join(whole, {"properties": {"model": named}, "required": ["model"]})
    return whole if _model_names(whole, components) else None


def _model_names(schema: Schema, components: Components) -> tuple[str, ...]:
    """Return the models that a body can name: by enum or const, or else the one that it has by default."""
    field = flatten(schema, components).get("properties", {}).get("model", {})
    named = named_values(field, components)
    default = flatten(field, components).get("default")
    return named or ((default,) if isinstance(default, str) else ())


def _is_for(example: object, shape: Schema, components: Components) -> bool:
    """Tell whether an example is of this shape: it names one of its models, or none."""
    named = example.get("model") if isinstance(example, dict) else None
    return named is None or named in _model_names(shape, components)


def _write(
    document: Document,
    path: str,
    method: str,
    operation: Mapping[str, Any],
    responses: Mapping[str, Any],
    shape: Schema,
    examples: list[Any],
) -> Document:
    components = document.get("components", {})
    parameters = (follow(parameter, components) for parameter in operation.get("parameters", ()))
    shown = {f"example_{number}": {"value": value} for number, value in enumerate(examples, start=1)}
    written = {
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "operationId": operation.get("operationId", ""),
        "tags": [],
        "parameters": [each for each in map(_parameter, parameters) if each is not None],
        "requestBody": {"required": True, "content": {_JSON: {"schema": shape, "examples": shown}}},
        "responses": {
            status: {"description": "", "content": {_JSON: dict(form)}} for status, form in responses.items()
        },
    }
    info = document.get("info", {})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": str(info.get("title", path)),
            "version": str(info.get("version", "1")),
            "x-source": "published",
            "x-given": True,
        },
        "servers": [{"url": SERVED_HOST}],
        "security": [{"bearerAuth": []}],
        "paths": {path: {method: written}},
        "components": {**components, "securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer"}}},
    }


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a parameter as documents of our own have it; None if nothing of it can be checked."""
    schema = parameter.get("schema")
    if parameter.get("in") not in _LOCATIONS or not isinstance(schema, dict) or not isinstance(schema.get("type"), str):
        return None
    return {
        "name": parameter.get("name", ""),
        "in": parameter["in"],
        "required": bool(parameter.get("required", False)),
        "schema": schema,
    }
