"""What the pages say of every operation and its errors: the published view must say the same."""

from typing import Any

import pytest

from openapi.operations import Operation, PublishedError, load_operations
from openapi.pages import load_pages

API = "https://api.evolink.ai"
FILES = "https://files-api.evolink.ai"
SIBLINGS = {
    "ReferenceVideo": "wan2.6-reference-video",
    "TextToVideo": "wan2.6-text-to-video",
    "ImageToVideo": "wan2.6-image-to-video",
    "ImageToVideoFlash": "wan2.6-image-to-video-flash",
}
"""The other models of the page's path, by the word in the operation's id."""

OPERATIONS = [
    (
        "createWan26ReferenceVideoFlashGeneration",
        "POST /v1/videos/generations",
        "wan2.6-reference-video-flash",
        "Video Generation",
        API,
        (200, 400, 401, 402, 403, 429, 500),
    ),
    *(
        (
            f"createWan26{name}Generation",
            "POST /v1/videos/generations",
            page,
            "Video Generation",
            API,
            (200, 400, 401, 402, 403, 429, 500),
        )
        for name, page in SIBLINGS.items()
    ),
    (
        "getTaskDetail",
        "GET /v1/tasks/{task_id}",
        "get-task-detail",
        "Task Management",
        API,
        (200, 400, 401, 402, 403, 404, 429, 500),
    ),
    (
        "getCredits",
        "GET /v1/credits",
        "get-credits",
        "Account Management",
        API,
        (200, 400, 401, 403, 429, 500, 502, 503),
    ),
    ("uploadFileBase64", "POST /api/v1/files/upload/base64", "upload-base64", "File Upload", FILES, (200,)),
    ("uploadFileStream", "POST /api/v1/files/upload/stream", "upload-stream", "File Upload", FILES, (200,)),
    ("uploadFileUrl", "POST /api/v1/files/upload/url", "upload-url", "File Upload", FILES, (200,)),
    ("getFilesQuota", "GET /api/v1/files/quota", "quota", "File Management", FILES, (200,)),
]
ERRORS = {
    "createWan26ReferenceVideoFlashGeneration": [
        PublishedError(400, "invalid_request", "Invalid request parameters", "invalid_request_error"),
        PublishedError(401, "unauthorized", "Invalid or expired token", "authentication_error"),
        PublishedError(
            402, "insufficient_quota", "Insufficient quota. Please top up your account.", "insufficient_quota"
        ),
        PublishedError(
            403,
            "model_access_denied",
            "Token does not have access to model: wan2.6-reference-video-flash",
            "invalid_request_error",
        ),
        PublishedError(429, "rate_limit_exceeded", "Too many requests, please try again later", "rate_limit_error"),
        PublishedError(500, "internal_error", "Internal server error", "api_error"),
    ],
    "getTaskDetail": [
        PublishedError(
            400,
            "invalid_task_id",
            "Invalid task ID format, must start with 'task-unified-'",
            "invalid_request_error",
            param="task_id",
        ),
        PublishedError(401, "unauthorized", "Authentication required", "authentication_error"),
        PublishedError(402, "quota_exceeded", "Insufficient quota. Please top up your account.", "insufficient_quota"),
        PublishedError(
            403, "permission_denied", "You don't have permission to access this task", "invalid_request_error"
        ),
        PublishedError(404, "task_not_found", "The requested task could not be found", "invalid_request_error"),
        PublishedError(429, "rate_limit_exceeded", "Rate limit exceeded", "evo_api_error"),
        PublishedError(500, "internal_error", "Failed to retrieve task status", "api_error"),
    ],
    "getCredits": [
        PublishedError(400, 400, "Invalid request", "invalid_request_error"),
        PublishedError(401, 401, "Invalid or expired token", "authentication_error"),
        PublishedError(403, 403, "Access denied", "permission_error"),
        PublishedError(
            429, 429, "Rate limit exceeded", "rate_limit_error", fallback_suggestion="retry after 60 seconds"
        ),
        PublishedError(
            500, 500, "Internal server error", "internal_server_error", fallback_suggestion="try again later"
        ),
        PublishedError(502, 502, "Upstream service error", "upstream_error", fallback_suggestion="try again later"),
        PublishedError(
            503,
            503,
            "Service temporarily unavailable",
            "service_unavailable_error",
            fallback_suggestion="retry after 30 seconds",
        ),
    ],
    "uploadFileBase64": [],
    "uploadFileStream": [],
    "uploadFileUrl": [],
    "getFilesQuota": [],
}


_FIRST = ERRORS["createWan26ReferenceVideoFlashGeneration"]
for _name, _page in SIBLINGS.items():
    _denied = PublishedError(
        403, "model_access_denied", f"Token does not have access to model: {_page}", "invalid_request_error"
    )
    ERRORS[f"createWan26{_name}Generation"] = [_denied if error.status == 403 else error for error in _FIRST]


def content(operation: Operation) -> dict[str, Any]:
    """The operation as its document has it."""
    item: dict[str, Any] = load_pages("published")[operation.page]["paths"][operation.path][operation.method.lower()]
    return item


@pytest.mark.clauses("OP-SERVER")
@pytest.mark.parametrize(("name", "line", "page", "tag", "server", "statuses"), OPERATIONS)
def test_operation(name: str, line: str, page: str, tag: str, server: str, statuses: tuple[int, ...]) -> None:
    """Method, path, tag, host, key and statuses are the page's."""
    operation = load_operations("published")[name]
    document = load_pages("published")[page]
    assert (f"{operation.method} {operation.path}", operation.page, operation.source) == (line, page, "published")
    assert operation.statuses == statuses
    assert content(operation)["tags"] == [tag]
    assert [found["url"] for found in document["servers"]] == [server]
    assert document["security"] == [{"bearerAuth": []}]
    scheme = document["components"]["securitySchemes"]["bearerAuth"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_no_published_operation_is_missing_or_made_up() -> None:
    """The pages document eleven operations; the others are marked as observed."""
    by_source: dict[str, set[str]] = {"published": set(), "observed": set()}
    for operation in load_operations("published").values():
        by_source[operation.source].add(operation.id)
    assert by_source == {
        "published": {row[0] for row in OPERATIONS},
        "observed": {
            *("listTasks", "batchGetTasks", "listModels", "getModel"),
            *("listFiles", "deleteFile", "getUploadReceipt"),
            *("listCatalogModels", "getCatalogHealth", "listPricingRules", "getPricingRules", "estimatePrice"),
        },
    }


@pytest.mark.clauses("CRED-400", "CRED-403", "CRED-502", "CRED-503", "TASK-402", "CRED-ERR-BODY")
@pytest.mark.parametrize("view", ["published", "strict"])
@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str, view: Any) -> None:
    """Each error has the code, message, type and extras that the page shows; strict only adds statuses."""
    errors = load_operations(view)[name].errors
    assert [error for status, error in errors.items() if status not in (409, 413, 415)] == ERRORS[name]


def test_the_create_page_shows_its_request_by_one_example() -> None:
    """The example is the page's, to the letter."""
    assert load_operations("published")["createWan26ReferenceVideoFlashGeneration"].request_example == {
        "model": "wan2.6-reference-video-flash",
        "prompt": "A person dancing",
        "video_urls": ["https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/xxx.mp4"],
    }


def test_the_credits_page_shows_its_answer_by_one_example() -> None:
    """The figures of the example are the page's."""
    response = content(load_operations("published")["getCredits"])["responses"]["200"]
    assert response["content"]["application/json"]["example"] == {
        "data": {
            "token": {"remaining_credits": 99416.4429, "unlimited_credits": False, "used_credits": 583.5571},
            "user": {"remaining_credits": 1095.3996, "used_credits": 135.9048},
        },
        "message": "",
        "success": True,
    }


def test_the_task_id_is_in_the_path() -> None:
    """The task query has one parameter, and the page shows it by example."""
    (parameter,) = content(load_operations("published")["getTaskDetail"])["parameters"]
    assert (parameter["name"], parameter["in"], parameter["required"]) == ("task_id", "path", True)
    assert (parameter["schema"], parameter["example"]) == ({"type": "string"}, "task-unified-1756817821-4x3rx6ny")
