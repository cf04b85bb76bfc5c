"""Pages as tests need them: small documents of our own, in the styles that pages of models have."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

KINDS: Final = {"video": "/v1/videos/generations", "image": "/v1/images/generations", "audio": "/v1/audios/generations"}
"""Where tasks of each kind are created."""

PROMPT: Final = {"type": "string", "maxLength": 20}


def envelope(kind: str, **changes: Any) -> dict[str, Any]:
    """Return the schema of a task as it is answered with, with other or more keywords."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "created": {"type": "integer", "example": 1757169743},
            "id": {"type": "string", "example": "task-unified-1757169743-7cvnl5zw"},
            "model": {"type": "string"},
            "object": {"type": "string", "enum": [f"{kind}.generation.task"]},
            "progress": {"type": "integer", "minimum": 0, "maximum": 100, "example": 0},
            "status": {"type": "string", "enum": ["pending", "processing", "completed", "failed"]},
            "task_info": {
                "type": "object",
                "properties": {"estimated_time": {"type": "integer", "example": 50}},
            },
            "type": {"type": "string", "enum": ["text", "image", "audio", "video"], "example": kind},
            "usage": {
                "type": "object",
                "properties": {
                    "billing_rule": {"type": "string", "enum": ["per_call", "per_second"], "example": "per_second"},
                    "credits_reserved": {"type": "number", "example": 7},
                },
            },
        },
    }
    return {**schema, **changes}


def error(status: int, code: str, message: str, type_: str = "invalid_request_error") -> tuple[str, dict[str, Any]]:
    """Return an error as a page shows it, by its status."""
    shown = {"error": {"code": code, "message": message, "type": type_}}
    return str(status), {"description": message, "content": {"application/json": {"schema": {}, "example": shown}}}


def page(  # noqa: PLR0913 - each is a part that a page can say in its own way
    model: str = "sketch-1",
    *,
    kind: str = "video",
    path: str | None = None,
    body: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] = {},
    required: tuple[str, ...] = ("model", "prompt"),
    answer: Mapping[str, Any] | None = None,
    responses: Mapping[str, Any] = {},
    example: Mapping[str, Any] | None = None,
    components: Mapping[str, Any] = {},
    **operation: Any,
) -> dict[str, Any]:
    """Return a page of one model, in the style that has everything in its schema."""
    properties = {"model": {"type": "string", "enum": [model]}, "prompt": PROMPT, **fields}
    schema = {"type": "object", "required": [*required], "properties": properties} if body is None else body
    shown = {"model": model, "prompt": "A cat"} if example is None else example
    created = {"description": "A task", "content": {"application/json": {"schema": answer or envelope(kind)}}}
    return copy.deepcopy(
        {
            "openapi": "3.1.0",
            "info": {"title": f"{model} API", "version": "1.0.0"},
            "servers": [{"url": "https://api.evolink.ai"}],
            "paths": {
                path or KINDS[kind]: {
                    "post": {
                        "operationId": f"create{model.title().replace('-', '').replace('.', '')}",
                        "requestBody": {
                            "required": True,
                            "content": {"application/json": {"schema": schema, "examples": {"one": {"value": shown}}}},
                        },
                        "responses": {
                            "200": created,
                            **dict([error(400, "invalid_parameter", "That is wrong")]),
                            **responses,
                        },
                        **operation,
                    }
                }
            },
            "components": {"schemas": components},
        }
    )


def write(folder: Path, document: Mapping[str, Any], name: str = "sketch-1.json") -> Path:
    """Write a page into a folder, in the form that its name has: JSON, YAML, or Markdown with a block."""
    file = folder / name
    file.parent.mkdir(exist_ok=True, parents=True)
    text = json.dumps(document) if name.endswith(".json") else yaml.safe_dump(document)
    if name.endswith(".md"):
        text = (
            f"# A page\n\n> Some words.\n\n```bash\ncurl x\n```\n\n````yaml /a/b.json POST /v1\n{text}````\n\nMore.\n"
        )
    file.write_text(text, "utf-8")
    return file
