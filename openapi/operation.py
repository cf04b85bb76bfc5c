"""One operation of the API: what it takes, what it answers, and what a request or an answer gets wrong."""

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import msgspec

from openapi.envelopes import Envelope, NoEnvelope, read_envelope
from openapi.pages import Document
from openapi.references import parse_reference
from openapi.schemas import flatten, named_values
from openapi.violations import CompiledSchema, Violation

Location: TypeAlias = Literal["path", "query", "header"]
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_FIRST_SUCCESS, _FIRST_ERROR = 200, 400


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
    page: the name of the page. source: `published` or `observed`. given: whether the page is a user's own, and not one
    that comes with the package. statuses: the HTTP statuses that it documents.
    """

    def __init__(self, document: Document, *, page: str, method: str, path: str) -> None:
        self._document = document
        self._content: Mapping[str, Any] = document["paths"][path][method]
        self.id: str = self._content["operationId"]
        self.method = method.upper()
        self.path = path
        self.page = page
        self.source: str = document["info"]["x-source"]
        self.given: bool = document["info"].get("x-given", False)
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
    def envelope(self) -> Envelope | None:
        """What the page says of the tasks that the operation creates; None if it creates none."""
        if self.method != "POST" or not {"model"} & self.body_schema.get("properties", {}).keys():
            return None
        try:
            return read_envelope(self.answer_schema, self.components, path=self.path)
        except NoEnvelope:
            return None

    @functools.cached_property
    def models(self) -> tuple[str, ...]:
        """The models that the body can name; none of an operation that creates no tasks."""
        field = self.body_schema.get("properties", {}).get("model", {})
        default = (field["default"],) if isinstance(field.get("default"), str) else ()
        return (named_values(field, self.components) or default) if self.envelope else ()

    @functools.cached_property
    def model_left_out(self) -> str | None:
        """The model that is meant by a body that names none; None if a body must name one."""
        field = self.body_schema.get("properties", {}).get("model", {})
        default = field.get("default") if "model" not in self.body_schema.get("required", ()) else None
        return default if default in self.models else None

    @functools.cached_property
    def counts_results(self) -> bool:
        """Whether a body can say how many results it asks for: by `n`, an integer."""
        field = self.body_schema.get("properties", {}).get("n")
        said = flatten(field, self.components).get("type", "") if isinstance(field, dict) else ""
        return "integer" in ([said] if isinstance(said, str) else said)

    @functools.cached_property
    def success(self) -> int:
        """The first status below 300 that the page documents."""
        return next((status for status in self.statuses if status < _FIRST_ERROR), _FIRST_SUCCESS)

    @property
    def answer_schema(self) -> Mapping[str, Any]:
        """The JSON Schema of what is answered on success."""
        response: Mapping[str, Any] = self._content["responses"][str(self.success)]
        schema: Mapping[str, Any] = response["content"]["application/json"]["schema"]
        return schema

    @functools.cached_property
    def examples(self) -> tuple[object, ...]:
        """The bodies that the page shows."""
        media = self._request_media or {}
        return tuple(example["value"] for example in media.get("examples", {}).values())

    @property
    def request_example(self) -> object:
        """The first body that the page shows; None when the operation takes no body."""
        return next(iter(self.examples), None)

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
            if int(status) >= _FIRST_ERROR and "example" in response["content"]["application/json"]
        }
        return MappingProxyType({status: PublishedError(status, **error) for status, error in examples.items()})

    def request_violations(self, body: object) -> tuple[Violation, ...]:
        """Return what a decoded body gets wrong; nothing when the operation takes no body.

        The result does not depend on the order of the keys. Of a form (multipart) the fields are checked, as a
        mapping of strings. A body that the page itself shows is taken, whatever its schema says.
        """
        found = self._request_schema.violations(body)
        return () if found and self.given and body in self.examples else found

    @property
    def broken_examples(self) -> tuple[Violation, ...]:
        """What the bodies that the page shows get wrong by its own schema."""
        return tuple(wrong for example in self.examples for wrong in self._request_schema.violations(example))

    def check_schemas(self) -> None:
        """Compile the schema of the body, so that one that cannot be is known before anybody asks.

        Raises:
            ValueError: It is no JSON Schema.
        """
        self._request_schema.check()

    def query_values(self, values: Mapping[str, str]) -> dict[str, object]:
        """Return the documented query parameters as values: numbers as numbers, and defaults where left out."""
        return {**{name: self.defaults[name] for name in self._query_defaults}, **self._coerce("query", values)}

    def query_violations(self, values: Mapping[str, str]) -> tuple[Violation, ...]:
        """Return what the query gets wrong, for each parameter; undocumented parameters are let through."""
        return self._parameter_violations("query", values)

    def path_violations(self, values: Mapping[str, str]) -> tuple[Violation, ...]:
        """Return what the values of the path's parameters get wrong."""
        return self._parameter_violations("path", values)

    def path_values(self, path: str) -> dict[str, str]:
        """Return what a path that was requested has in the places of the parameters."""
        places = zip(self.path.split("/"), path.split("/"), strict=True)
        return {documented[1:-1]: value for documented, value in places if documented.startswith("{")}

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
        schema = self._request_media["schema"] if self._request_media else {}
        return self._compile(schema, name=f"{self.page}/body" if self.models else None)

    @functools.cached_property
    def _response_schemas(self) -> Mapping[int, CompiledSchema]:
        return {
            int(status): self._compile(response.get("content", {}).get("application/json", {}).get("schema", {}))
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

    @property
    def components(self) -> Mapping[str, Any]:
        """What the page's schemas refer to, by kind and name."""
        components: Mapping[str, Any] = self._document.get("components", {})
        return components

    def _compile(self, schema: Mapping[str, Any], *, name: str | None = None) -> CompiledSchema:
        return CompiledSchema({**schema, "components": self.components}, name=name)

    def _resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in schema:
            return schema
        reference = parse_reference(schema["$ref"])
        component: Mapping[str, Any] = self._document["components"][reference.kind][reference.name]
        return component
