"""The index of the operations."""

import subprocess
import sys

import pytest

from openapi.operations import Operation, Operations, load_operations

NAMES = [
    "createWan26ReferenceVideoFlashGeneration",
    "batchGetTasks",
    "listCatalogModels",
    "getCatalogHealth",
    "listPricingRules",
    "getPricingRules",
    "estimatePrice",
    "listFiles",
    "getUploadReceipt",
    "deleteFile",
    "getCredits",
    "getTaskDetail",
    "listTasks",
    "listModels",
    "getModel",
    "getFilesQuota",
    "uploadFileBase64",
    "uploadFileStream",
    "uploadFileUrl",
    "createWan26ImageToVideoFlashGeneration",
    "createWan26ImageToVideoGeneration",
    "createWan26ReferenceVideoGeneration",
    "createWan26TextToVideoGeneration",
]


def test_a_mapping_by_id() -> None:
    """Every operation is there once, and views that are loaded twice are the same."""
    operations = load_operations()
    assert list(operations) == NAMES
    assert len(operations) == len(NAMES)
    assert load_operations("strict") is not load_operations("published")
    assert load_operations() is operations
    assert "deleteTask" not in operations


def test_an_operation_says_which_it_is(create: Operation) -> None:
    """A failing assertion shows a name and a request line, not an address in memory."""
    assert repr(create) == ("<Operation createWan26ReferenceVideoFlashGeneration: POST /v1/videos/generations>")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("POST /v1/videos/generations", "createWan26ReferenceVideoFlashGeneration"),
        ("post /v1/videos/generations", "createWan26ReferenceVideoFlashGeneration"),
        ("GET /v1/videos/generations", None),
        ("POST /v1/videos/generations/", None),
        ("GET /v1/tasks", "listTasks"),
        ("GET /v1/tasks/", None),
        ("GET /v1/tasks/task-unified-1757169743-7cvnl5zw", "getTaskDetail"),
        ("GET /v1/tasks/{task_id}", "getTaskDetail"),
        ("GET /v1/tasks/batch", None),
        ("POST /v1/tasks/batch", "batchGetTasks"),
        ("DELETE /v1/tasks/task-unified-1757169743-7cvnl5zw", None),
        ("GET /v1/models/wan2.6-reference-video-flash", "getModel"),
        ("GET /v1/tasks/a/b", None),
        ("GET /", None),
    ],
)
def test_a_request_line_leads_to_an_operation(line: str, name: str | None) -> None:
    """By the path as requested or as documented; a path that is documented to the letter wins."""
    method, path = line.split(" ")
    found = load_operations().at(method, path)
    assert (found and found.id) == name


@pytest.mark.clauses("MODELS-404", "IDEM-CONFLICT", "HTTP-413", "HTTP-415")
def test_errors_that_no_page_shows() -> None:
    """The statuses that the strict view adds have examples too."""
    operations = load_operations()
    codes = {
        status: error.code
        for name in ("getModel", "createWan26ReferenceVideoFlashGeneration")
        for status, error in operations[name].errors.items()
    }
    assert {status: codes[status] for status in (404, 409, 413, 415)} == {
        404: "model_not_found",
        409: "idempotency_conflict",
        413: "request_too_large",
        415: "unsupported_media_type",
    }


def test_a_schema_that_is_written_in_place() -> None:
    """A document need not refer to its schemas by name."""
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"default": 1}}}
    operation = {
        "operationId": "put",
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"content": {"application/json": {"schema": {"const": 1}}}}},
    }
    page = {"info": {"x-source": "observed"}, "paths": {"/a": {"put": operation}}}
    put = Operations({"page": page})["put"]
    assert put.defaults == {"a": 1}
    assert put.request_example is None
    assert [found.path for found in put.request_violations({})] == ["a"]
    assert put.response_violations(200, 1) == ()


def test_reading_the_contract_needs_neither_yaml_nor_jsonpath() -> None:
    """Both are for compiling; a program that only reads starts without them."""
    read = "from openapi import clauses, operations; operations.load_operations(); clauses.load_clauses()"
    program = f"import sys; {read}; print({{'yaml', 'jsonpath'}} & {{*sys.modules}})"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "set()"
