"""The codes with which a task can fail, each with a message as the platform writes them: headline, newline, hint.

These are business codes inside a task, not HTTP statuses. Codes and meanings: the error-code page (TERR-*); words ours.
"""

from collections.abc import Mapping
from typing import Final

from mock_server.core.types import TaskError

_MESSAGES: Final = {
    "content_policy_violation": (
        "Content policy violation.\nA safety filter blocked the prompt or a reference; change it and try again."
    ),
    "invalid_parameters": "Invalid parameters.\nThe model refused a value of the request; correct it and try again.",
    "image_processing_error": "Image processing error.\nAn input image could not be read; use another image or link.",
    "image_dimension_mismatch": (
        "Image dimension mismatch.\nAn input image does not fit the aspect ratio; resize it or choose another ratio."
    ),
    "request_cancelled": (
        "The request was cancelled.\nThe task was stopped before its end; create it again if it is still wanted."
    ),
    "generation_failed_no_content": (
        "Nothing was generated.\nThe model gave no content for this request; change the prompt or try again."
    ),
    "service_error": "Service error.\nSomething failed inside the service; try again in 30 to 60 seconds.",
    "generation_timeout": "Generation timed out.\nThe work took longer than is allowed; try again.",
    "resource_exhausted": "No capacity.\nThe model has no capacity at the moment; try again in 1 to 5 minutes.",
    "quota_exceeded": (
        "Quota exceeded.\nA limit of requests, concurrency or credits was reached; leave 1 to 2 seconds between"
        " requests, or top up."
    ),
    "service_unavailable": "Service unavailable.\nA part of the service could not be reached; try again.",
    "resource_not_found": "Resource not found.\nA task or resource is unknown or has expired; check its id.",
    "unknown_error": "Unknown error.\nThe failure fits no other code; contact support if it comes again.",
}

TASK_ERRORS: Final[Mapping[str, TaskError]] = {code: TaskError(code, text) for code, text in _MESSAGES.items()}
"""Every documented code with its error."""

CANCELLED_ERROR: Final = TASK_ERRORS["request_cancelled"]
"""The error that a cancelled task carries (TERR-REQUEST-CANCELLED)."""
