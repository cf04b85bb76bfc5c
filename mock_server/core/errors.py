"""The errors that the API answers with. Each knows its wire form.

    ApiError
    ├── InvalidRequest          400  a clause of the request is broken
    │   └── MalformedBody       400  the body is no JSON document that can be read
    ├── VideoProbeFailed        400  a reference video cannot be measured
    ├── InvalidTaskId           400
    ├── Unauthorized            401
    ├── InsufficientQuota       402
    ├── ModelAccessDenied       403
    ├── TaskAccessDenied        403
    ├── NotFound                404  no such route
    │   ├── TaskNotFound        404
    │   └── ModelNotFound       404
    ├── MethodNotAllowed        405
    ├── IdempotencyConflict     409
    ├── BodyTooLarge            413
    ├── UnsupportedMediaType    415
    ├── RateLimited             429
    └── InternalError           500

The pages of the API publish an example for most statuses, and not every page the same one. So an operation passes its
own published examples to `error_body`; the values here serve where a page says nothing.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Protocol

from mock_server.core.wording import is_prompt, shown_value


class Violation(Protocol):
    """A broken clause of a request, as the contract's validators report it."""

    @property
    def path(self) -> str:
        """The field's path, "" for the body itself."""
        ...

    @property
    def value(self) -> object:
        """The offending value."""
        ...

    @property
    def message(self) -> str:
        """What the field must be, as a predicate."""
        ...

    @property
    def clause(self) -> str | None:
        """The clause's id, where the contract numbers it."""
        ...


class PublishedError(Protocol):
    """An error as a page of the API shows it by example."""

    @property
    def code(self) -> str | int:
        """The code: a word on most pages, the status on the credits page."""
        ...

    @property
    def message(self) -> str:
        """The message."""
        ...

    @property
    def type(self) -> str:
        """The type."""
        ...

    @property
    def fallback_suggestion(self) -> str | None:
        """What the credits page advises."""
        ...


class ApiError(Exception):
    """An answer other than success.

    Args:
        detail: What exactly is wrong, added to the message.
        param: The path of the field at fault.
        retry_after: Seconds until the request can succeed.
        clauses: The ids of the clauses that the request broke.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    type: ClassVar[str] = "api_error"
    message: ClassVar[str] = "Internal server error"
    names_its_object: ClassVar[bool] = False
    """Whether a page's example of it names the example's own model, so that its message cannot be taken over."""

    def __init__(
        self,
        detail: str | None = None,
        *,
        param: str | None = None,
        retry_after: int | None = None,
        clauses: tuple[str, ...] = (),
    ) -> None:
        super().__init__(detail or self.message)
        self.detail = detail
        self.param = param
        self.retry_after = retry_after
        self.clauses = clauses

    def headers(self) -> dict[str, str]:
        """Return the headers that go with the body."""
        return {} if self.retry_after is None else {"retry-after": str(self.retry_after)}


class InvalidRequest(ApiError):
    """A clause of the request is broken (ERR-400)."""

    status = 400
    code = "invalid_request"
    type = "invalid_request_error"
    message = "Invalid request parameters"

    @classmethod
    def from_violations(cls, violations: Iterable[Violation]) -> "InvalidRequest":
        """Tell of every broken clause; `param` is the first one's field."""
        broken = tuple(violations)
        return cls(
            "; ".join(_sentence(violation) for violation in broken),
            param=broken[0].path or None,
            clauses=tuple(dict.fromkeys(violation.clause for violation in broken if violation.clause)),
        )


class MalformedBody(InvalidRequest):
    """The body is no JSON document that can be read (OP-CREATE)."""


class VideoProbeFailed(ApiError):
    """A reference video cannot be measured where its URL leads (VIDEO-PROBE)."""

    status = 400
    code = "video_probe_failed"
    type = "invalid_request_error"
    message = "Failed to detect video duration, please check video URL accessibility"


class InvalidTaskId(ApiError):
    """The id in the path does not have the form of one (TASK-ID-FORM)."""

    status = 400
    code = "invalid_task_id"
    type = "invalid_request_error"
    message = "Invalid task ID format, must start with 'task-unified-'"


class Unauthorized(ApiError):
    """The key is missing, unknown or expired (AUTH-401, ERR-401)."""

    status = 401
    code = "unauthorized"
    type = "authentication_error"
    message = "Invalid or expired token"

    def headers(self) -> dict[str, str]:
        """Name the scheme, as RFC 9110 asks of every 401."""
        return {"www-authenticate": "Bearer"}


class InsufficientQuota(ApiError):
    """The account cannot reserve what the task is estimated to cost (ERR-402)."""

    status = 402
    code = "insufficient_quota"
    type = "insufficient_quota"
    message = "Insufficient quota. Please top up your account."


class ModelAccessDenied(ApiError):
    """The key may not use this model (ERR-403). The detail is the model's name."""

    status = 403
    code = "model_access_denied"
    type = "invalid_request_error"
    message = "Token does not have access to model"
    names_its_object = True


class TaskAccessDenied(ApiError):
    """The task belongs to another account."""

    status = 403
    code = "permission_denied"
    type = "invalid_request_error"
    message = "You don't have permission to access this task"


class NotFound(ApiError):
    """There is no such route."""

    status = 404
    code = "not_found"
    type = "invalid_request_error"
    message = "The requested resource could not be found"


class TaskNotFound(NotFound):
    """There is no such task, or it is no longer kept."""

    code = "task_not_found"
    message = "The requested task could not be found"


class ModelNotFound(NotFound):
    """There is no such model."""

    code = "model_not_found"
    message = "The requested model could not be found"


class MethodNotAllowed(ApiError):
    """The path exists, but not with this method."""

    status = 405
    code = "method_not_allowed"
    type = "invalid_request_error"
    message = "Method not allowed"


class IdempotencyConflict(ApiError):
    """The idempotency key was used with another body within the last 24 hours (IDEM-CONFLICT)."""

    status = 409
    code = "idempotency_conflict"
    type = "invalid_request_error"
    message = "This idempotency key was already used with a different request body"


class BodyTooLarge(ApiError):
    """The body is longer than the service reads."""

    status = 413
    code = "request_too_large"
    type = "invalid_request_error"
    message = "Request body is too large"


class UnsupportedMediaType(ApiError):
    """The body says that it is something other than JSON."""

    status = 415
    code = "unsupported_media_type"
    type = "invalid_request_error"
    message = "Content-Type must be application/json"


class RateLimited(ApiError):
    """Too many requests for now (ERR-429)."""

    status = 429
    code = "rate_limit_exceeded"
    type = "rate_limit_error"
    message = "Too many requests, please try again later"


class InternalError(ApiError):
    """The service failed (ERR-500)."""


def error_body(error: ApiError, published: Mapping[int, PublishedError]) -> dict[str, dict[str, object]]:
    """Shape the body of an error answer (ERR-BODY), in the words of the operation's page where it shows this error."""
    example = published.get(error.status)
    if example is not None and isinstance(example.code, str) and example.code != error.code:
        example = None
    told = error if example is None or error.names_its_object else example
    shape: dict[str, object] = {
        "code": error.code if example is None else example.code,
        "message": _detailed(told.message, error.detail) if error.detail else told.message,
        "type": error.type if example is None else example.type,
    }
    if error.param is not None:
        shape["param"] = error.param
    if example is not None and example.fallback_suggestion is not None:
        shape["fallback_suggestion"] = example.fallback_suggestion
    return {"error": shape}


def _detailed(message: str, detail: str) -> str:
    """Add what exactly is wrong: after a colon, or as a sentence more where the message is made of sentences."""
    return f"{message} {detail[:1].upper()}{detail[1:]}." if message.endswith(".") else f"{message}: {detail}"


def _sentence(violation: Violation) -> str:
    subject = violation.path or "the request body"
    shown = "" if is_prompt(violation.path) else shown_value(violation.value)
    return f"{subject} {violation.message}" + (f", got {shown}" if shown else "")
