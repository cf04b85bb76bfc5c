"""What can go wrong when a video is made, and how answers tell it."""

import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from random import uniform
from typing import Any

import httpx

LONGEST_PAUSE, LONGEST_HINT = 30.0, 3600.0

Json = dict[str, Any]


class VideoError(Exception):
    """There is no video. `status` is that of the answer, `code` is the API's own word for the error."""

    def __init__(self, message: str, *, status: int | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class BadRequest(VideoError):
    """The request is wrong."""


class Unauthorized(VideoError):
    """The key is wrong."""


class OutOfCredits(VideoError):
    """The account cannot pay for the task: top it up."""


class Forbidden(VideoError):
    """The key has no right to that."""


class NotFound(VideoError):
    """There is no such task, or a link leads nowhere any more."""


class GenerationFailed(VideoError):
    """The task has ended without a video."""


class TimedOut(VideoError):
    """The task has not ended by the deadline; it goes on, and so does this program when it is started again."""


class Passing(VideoError):
    """It may work another time; `pause` is for how many seconds the server asks to wait, 0 if it does not."""

    pause = 0.0


class RateLimited(Passing):
    """There were too many requests."""


class ServerTrouble(Passing):
    """The server could not answer."""


class Unreachable(Passing):
    """No answer came: nobody knows what became of the request."""


class Unreadable(Passing):
    """What came is not what it should be: no JSON, half a file, a page in the place of a video."""


ERRORS: dict[int, type[VideoError]] = {401: Unauthorized, 402: OutOfCredits, 403: Forbidden, 404: NotFound}
ERRORS |= {408: ServerTrouble, 410: NotFound, 425: ServerTrouble, 429: RateLimited}


def problem_in(response: httpx.Response) -> VideoError:
    """Return the error that an answer tells, by its status; whatever else is in it may be missing."""
    status, told = response.status_code, Json()
    with suppress(ValueError, httpx.StreamError):
        told = part(response.json(), "error")
    message = f"{status}: {told.get('message') or response.reason_phrase}"
    kind = ERRORS.get(status, ServerTrouble if response.is_server_error else BadRequest)
    error = kind(message, status=status, code=str(told.get("code") or status))
    if isinstance(error, Passing):
        error.pause = seconds_to_wait(response)
    return error


def seconds_to_wait(response: httpx.Response) -> float:
    """Read Retry-After, seconds or a date; 0 if it says nothing that can be read, or less than a second."""
    text, now = response.headers.get("retry-after", ""), response.headers.get("date")
    with suppress(ValueError, TypeError):
        start = parsedate_to_datetime(now).timestamp() if now else time.time()
        seconds = float(text) if text.isdecimal() else parsedate_to_datetime(text).timestamp() - start
        return seconds if seconds >= 1 else 0.0
    return 0.0


def pause_after(error: VideoError, attempt: int) -> float:
    """Return for how many seconds to wait: as long as the server says, else longer each time, and never in step."""
    hint = error.pause if isinstance(error, Passing) else 0.0
    if hint > LONGEST_HINT:
        raise VideoError(f"{error}; it is to be tried in {hint:.0f} s", status=error.status, code=error.code)
    return hint * uniform(1, 1.2) if hint else min(2.0**attempt, LONGEST_PAUSE) * uniform(0.8, 1.2)  # noqa: S311 - no secret


def tell(error: BaseException) -> Json:
    """Return the outcome that an error is."""
    outcome = "failed" if isinstance(error, GenerationFailed) else "timeout" if isinstance(error, TimedOut) else "error"
    facts = {name: getattr(error, name) for name in ("status", "code") if getattr(error, name, None)}
    return {"outcome": outcome, "error": type(error).__name__, "message": str(error), "facts": facts}


def part(body: Any, name: str) -> Json:
    """Return an object within a body; an empty one if there is none."""
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def links_in(task: Json) -> list[str]:
    """Return the links to the videos."""
    found = task.get("results")
    return [link for link in found if isinstance(link, str)] if isinstance(found, list) else []
