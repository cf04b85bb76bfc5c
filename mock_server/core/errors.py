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
    ├── PolicyNotFound          404
    ├── UnsupportedParameters   404
    ├── MethodNotAllowed        405
    ├── IdempotencyConflict     409
    ├── BodyTooLarge            413
    ├── UnsupportedMediaType    415
    ├── RateLimited             429
    └── InternalError           500

The values here serve where a page of the API says nothing of an error (`mock_server.core.error_bodies`).
"""

from collections.abc import Iterable
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
    is_general: ClassVar[bool] = False
    """Whether what a page shows for its status is about this error, whichever code it has there."""

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
    is_general = True

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
    is_general = True

    def headers(self) -> dict[str, str]:
        """Name the scheme, as RFC 9110 asks of every 401."""
        return {"www-authenticate": "Bearer"}


class InsufficientQuota(ApiError):
    """The account cannot reserve what the task is estimated to cost (ERR-402)."""

    status = 402
    code = "insufficient_quota"
    type = "insufficient_quota"
    message = "Insufficient quota. Please top up your account."
    is_general = True


class ModelAccessDenied(ApiError):
    """The key may not use this model (ERR-403). The detail is the model's name."""

    status = 403
    code = "model_access_denied"
    type = "invalid_request_error"
    message = "Token does not have access to model"
    is_general = True
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


class UnsupportedParameters(ApiError):
    """The model's pricing rule has no price for the values that an estimate is asked for (ESTIMATE-REFUSED)."""

    status = 404
    code = "unsupported_parameters"
    type = "invalid_request_error"
    message = "The pricing policy does not take these parameters"


class PolicyNotFound(ApiError):
    """There is no pricing rule for what an estimate is asked for (ESTIMATE-REFUSED)."""

    status = 404
    code = "pricing_policy_not_found"
    type = "invalid_request_error"
    message = "There is no pricing policy for this model and operation"


class RateLimited(ApiError):
    """Too many requests for now (ERR-429)."""

    status = 429
    code = "rate_limit_exceeded"
    type = "rate_limit_error"
    message = "Too many requests, please try again later"
    is_general = True


class InternalError(ApiError):
    """The service failed (ERR-500)."""

    is_general = True


def _sentence(violation: Violation) -> str:
    subject = violation.path or "the request body"
    shown = "" if is_prompt(violation.path) else shown_value(violation.value)
    return f"{subject} {violation.message}" + (f", got {shown}" if shown else "")
