"""The operations of the API: what each takes, what it answers, and what a request or an answer gets wrong.

operations = load_operations()
create = operations["createWan26ReferenceVideoFlashGeneration"]
create.request_violations({"model": "wan2.6-reference-video-flash"})
"""

import functools
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import msgspec

from openapi.pages import Document, View, load_pages
from openapi.references import parse_reference
from openapi.violations import CompiledSchema, Violation

Location: TypeAlias = Literal["path", "query", "header"]
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")


class Parameter(msgspec.Struct, frozen=True):
    """One parameter outside the body; `schema` is its JSON Schema."""

    name: str
    location: Location
    required: bool
    schema: Mapping[str, Any]


class PublishedError(msgspec.Struct, frozen=True):
    """The error that a page shows for one HTTP status.

    code is a word, or on the credits page the status again as an integer.
    """

    status: int
    code: str | int
    message: str
    type: str
    param: str | None = None
    fallback_suggestion: str | None = None


class Operation:
    """One method of one path.

    id: the page's `operationId`. method: in capitals. path: with its parameters in braces.
    page: the name of the page. source: `published` or `observed`. statuses: the HTTP statuses that it documents.
    """

    def __init__(self, document: Document, *, page: str, method: str, path: str) -> None:
        self._document = document
        self._content: Mapping[str, Any] = document["paths"][path][method]
        self.id: str = self._content["operationId"]
        self.method = method.upper()
        self.path = path
        self.page = page
        self.source: str = document["info"]["x-source"]
        self.statuses: tuple[int, ...] = tuple(sorted(int(status) for status in self._content["responses"]))

    def __repr__(self) -> str:
        return f"<Operation {self.id}: {self.method} {self.path}>"

    @functools.cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters in path, query and header, as the page lists them."""
        return tuple(
            Parameter(item["name"], item["in"], item.get("required", False), item["schema"])
            for item in self._content.get("parameters", [])
        )

    @functools.cached_property
    def request_example(self) -> object:
        """The first body that the page shows; None when the operation takes no body."""
        examples = self._request_media.get("examples", {}) if self._request_media else {}
        return next((example["value"] for example in examples.values()), None)

    @functools.cached_property
    def body_schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the body; empty when the operation takes none."""
        return self._resolve(self._request_media["schema"]) if self._request_media else {}

    @functools.cached_property
    def defaults(self) -> Mapping[str, object]:
        """The default of each property of the body, and of each query parameter, that has one."""
        body = self.body_schema.get("properties", {})
        query = {parameter.name: parameter.schema for parameter in self.parameters if parameter.location == "query"}
        schemas = {**body, **query}
        return MappingProxyType({name: schema["default"] for name, schema in schemas.items() if "default" in schema})

    @functools.cached_property
    def errors(self) -> Mapping[int, PublishedError]:
        """The error that the page shows for each status."""
        examples = {
            int(status): response["content"]["application/json"]["example"]["error"]
            for status, response in self._content["responses"].items()
            if int(status) >= 400 and "example" in response["content"]["application/json"]  # noqa: PLR2004 - errors
        }
        return MappingProxyType({status: PublishedError(status, **error) for status, error in examples.items()})

    def request_violations(self, body: object) -> tuple[Violation, ...]:
        """Return what a decoded body gets wrong; nothing when the operation takes no body.

        The result does not depend on the order of the keys. Of a form (multipart) the fields are checked, as a
        mapping of strings.
        """
        return self._request_schema.violations(body)

    def query_values(self, values: Mapping[str, str]) -> dict[str, object]:
        """Return the documented query parameters as values: numbers as numbers, and defaults where left out."""
        return {**{name: self.defaults[name] for name in self._query_defaults}, **self._coerce("query", values)}

    def query_violations(self, values: Mapping[str, str]) -> tuple[Violation, ...]:
        """Return what the query gets wrong, for each parameter; undocumented parameters are let through."""
        return self._parameter_violations("query", values)

    def path_violations(self, values: Mapping[str, str]) -> tuple[Violation, ...]:
        """Return what the values of the path's parameters get wrong."""
        return self._parameter_violations("path", values)

    def header_violations(self, values: Mapping[str, str]) -> tuple[Violation, ...]:
        """Return what the documented request headers get wrong; their names may be in any case."""
        return self._parameter_violations("header", values)

    def response_violations(self, status: int, body: object) -> tuple[Violation, ...]:
        """Return what a decoded answer gets wrong.

        A status that the operation does not document is one violation of the rule `responses`.
        """
        if status not in self.statuses:
            known = ", ".join(map(str, self.statuses))
            return (Violation("", "responses", status, f"must come with one of the statuses {known}"),)
        return self._response_schemas[status].violations(body)

    def _parameter_violations(self, location: Location, values: Mapping[str, str]) -> tuple[Violation, ...]:
        return self._parameter_schemas[location].violations(self._coerce(location, values))

    def _coerce(self, location: Location, values: Mapping[str, str]) -> dict[str, object]:
        """Pick the documented parameters; what should be an integer and is not stays text, for the schema to refuse."""
        given = {name.lower(): value for name, value in values.items()} if location == "header" else values
        coerced: dict[str, object] = {}
        for parameter in self.parameters:
            value = given.get(parameter.name.lower() if location == "header" else parameter.name)
            if parameter.location == location and value is not None:
                numeric = parameter.schema["type"] == "integer" and _INTEGER.fullmatch(value)
                coerced[parameter.name] = int(value) if numeric else value
        return coerced

    @functools.cached_property
    def _query_defaults(self) -> tuple[str, ...]:
        return tuple(
            parameter.name
            for parameter in self.parameters
            if parameter.location == "query" and "default" in parameter.schema
        )

    @functools.cached_property
    def _request_media(self) -> Mapping[str, Any] | None:
        content: Mapping[str, Any] = self._content.get("requestBody", {}).get("content", {})
        return next(iter(content.values()), None)

    @functools.cached_property
    def _request_schema(self) -> CompiledSchema:
        return self._compile(self._request_media["schema"] if self._request_media else {})

    @functools.cached_property
    def _response_schemas(self) -> Mapping[int, CompiledSchema]:
        return {
            int(status): self._compile(response["content"]["application/json"]["schema"])
            for status, response in self._content["responses"].items()
        }

    @functools.cached_property
    def _parameter_schemas(self) -> Mapping[Location, CompiledSchema]:
        locations: tuple[Location, ...] = ("path", "query", "header")
        return {
            location: CompiledSchema(
                {
                    "type": "object",
                    "required": [item.name for item in self.parameters if item.location == location and item.required],
                    "properties": {item.name: item.schema for item in self.parameters if item.location == location},
                }
            )
            for location in locations
        }

    def _compile(self, schema: Mapping[str, Any]) -> CompiledSchema:
        return CompiledSchema({**schema, "components": self._document.get("components", {})})

    def _resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in schema:
            return schema
        reference = parse_reference(schema["$ref"])
        component: Mapping[str, Any] = self._document["components"][reference.kind][reference.name]
        return component


class Operations(Mapping[str, Operation]):
    """The operations by their id, in the order of the pages."""

    def __init__(self, pages: Mapping[str, Document]) -> None:
        found = [
            Operation(document, page=page, method=method, path=path)
            for page, document in pages.items()
            for path, item in document["paths"].items()
            for method in item
        ]
        self._by_id = {operation.id: operation for operation in found}
        self._by_path = {(operation.method, operation.path): operation for operation in found}

    def __getitem__(self, operation_id: str) -> Operation:
        return self._by_id[operation_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def at(self, method: str, path: str) -> Operation | None:
        """Return the operation that a request line leads to, or None.

        `path` is a path as requested (`/v1/tasks/task-unified-1`) or as documented (`/v1/tasks/{task_id}`), without
        a query. A path that is documented as it stands (`/v1/tasks/batch`) has its own methods and no pattern's.
        """
        method = method.upper()
        if any(documented == path for _, documented in self._by_path):
            return self._by_path.get((method, path))
        return next((found for found in self.values() if _leads_to(found, method, path)), None)


def _leads_to(operation: Operation, method: str, path: str) -> bool:
    documented, requested = operation.path.split("/"), path.split("/")
    return (
        operation.method == method
        and len(documented) == len(requested)
        and all(
            ours in ("{", theirs) or (ours.startswith("{") and theirs)
            for ours, theirs in zip(documented, requested, strict=True)
        )
    )


@functools.cache
def load_operations(view: View = "strict") -> Operations:
    """Return the operations of every page of one view; the result is shared."""
    return Operations(load_pages(view))
