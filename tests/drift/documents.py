"""A small document with a bit of everything, and what tests change in it."""

import copy
from collections.abc import Callable
from typing import Any, TypeAlias

Edit: TypeAlias = Callable[[Any], object]
"""Changes a document in place."""

SMALL: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "servers": [{"url": "https://api.example.com"}],
    "security": [{"bearer": []}],
    "paths": {
        "/things": {
            "post": {
                "summary": "Make a thing",
                "parameters": [
                    {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                    {"$ref": "#/components/parameters/Trace"},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Order"},
                            "examples": {"one": {"value": {"name": "a"}}},
                        },
                        "text/plain": {"schema": {"type": "string", "maxLength": 10}},
                    },
                },
                "responses": {
                    "200": {
                        "description": "Made",
                        "headers": {"X-Id": {"schema": {"type": "string"}}, "X-Must": {"required": True, "schema": {}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "400": {
                        "description": "Wrong",
                        "content": {"application/json": {"example": {"error": {"code": "invalid", "message": "No"}}}},
                    },
                },
            },
            "get": {"responses": {"200": {"description": "All"}}},
        },
        "/old": {"get": {"deprecated": True, "responses": {}}},
    },
    "components": {
        "parameters": {"Trace": {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}},
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "A key"}},
        "schemas": {
            "Order": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 100, "pattern": "^a"},
                    "size": {"type": "integer", "minimum": 1, "maximum": 10, "default": 5},
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3},
                    "note": {"type": ["string", "null"]},
                    "free": True,
                    "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
                },
            },
            "Thing": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string", "minLength": 3},
                    "status": {"type": "string", "enum": ["new", "done"]},
                    "cost": {"type": "number", "maximum": 100},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                },
            },
        },
    },
}


def order(document: Any) -> Any:
    """Return the schema of a request."""
    return document["components"]["schemas"]["Order"]


def thing(document: Any) -> Any:
    """Return the schema of an answer."""
    return document["components"]["schemas"]["Thing"]


def post(document: Any) -> Any:
    """Return the operation that makes a thing."""
    return document["paths"]["/things"]["post"]


def edited(edit: Edit) -> dict[str, Any]:
    """Return the document with something changed in it."""
    document = copy.deepcopy(SMALL)
    edit(document)
    return document
