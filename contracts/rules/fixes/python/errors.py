"""An error for each status, whatever the body of the answer is."""

import httpx


class ApiError(Exception):
    """The API refused a request. `status` and `code` tell programs why, the message tells people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code


class WrongRequest(ApiError):
    """400, 413, 415, 422: what was asked for has to change."""


class WrongKey(ApiError):
    """401: another key is needed."""


class OutOfCredits(ApiError):
    """402: the account has to be topped up."""


class NotAllowed(ApiError):
    """403: this key may not do that, or not with this model."""


class NotFound(ApiError):
    """404: there is no such task."""


class Conflict(ApiError):
    """409: the idempotency key has been used."""


class TooMany(ApiError):
    """429: the same may work later."""


KINDS = {
    400: WrongRequest,
    401: WrongKey,
    402: OutOfCredits,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: WrongRequest,
    415: WrongRequest,
    422: WrongRequest,
    429: TooMany,
}


def error_of(answer: httpx.Response) -> ApiError:
    """Return the error that an answer stands for: by its status, with details if they can be read."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    error = body.get("error") if isinstance(body, dict) else None
    details = error if isinstance(error, dict) else {"message": error or answer.reason_phrase}
    kind = KINDS.get(answer.status_code, ApiError)
    return kind(answer.status_code, str(details.get("code") or ""), str(details.get("message") or ""))
