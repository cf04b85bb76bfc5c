"""What came of a request, as a client has to take it."""

from enum import StrEnum
from http import HTTPStatus
from typing import Final

from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.operations import CREATE_TASK, operation_of

NEVER_SENT: Final = "the request was never sent"
"""The error of an exchange whose connection could not be made, so that the server knows nothing of it."""


_REDIRECTS, _REFUSALS = range(300, 400), range(400, 500)


class Reply(StrEnum):
    """What came of a request.

    `SUCCESS`: done, and the answer can be used. `REFUSED`: not done, and asking again changes nothing. `BUSY`: not
    done, but it may be later. `REDIRECT`: to be asked elsewhere. `UNCLEAR`: nobody knows whether it was done.
    """

    SUCCESS = "success"
    REFUSED = "refused"
    BUSY = "busy"
    REDIRECT = "redirect"
    UNCLEAR = "unclear"

    @property
    def retryable(self) -> bool:
        """Whether asking again can help."""
        return self in {Reply.BUSY, Reply.UNCLEAR}


def reply_of(exchange: Exchange) -> Reply:
    """Tell what came of a request. Of an answer that did not come whole, the status counts unless it says success."""
    return exchange.once(_read_reply)


def _read_reply(exchange: Exchange) -> Reply:
    status = exchange.status or 0
    if exchange.error == NEVER_SENT or _is_busy(exchange, status):
        return Reply.BUSY
    if exchange.says_success and _is_usable(exchange):
        return Reply.SUCCESS
    if status in _REDIRECTS:
        return Reply.REDIRECT
    return Reply.REFUSED if status in _REFUSALS and status != HTTPStatus.REQUEST_TIMEOUT else Reply.UNCLEAR


def _is_busy(exchange: Exchange, status: int) -> bool:
    told = exchange.response_header("retry-after") is not None
    busy = {HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
    return status in busy or (status == HTTPStatus.SERVICE_UNAVAILABLE and told)


def created_task(exchange: Exchange) -> str | None:
    """Return the id of the task that the answer to a create shows; None if it shows none."""
    body = exchange.answered if exchange.succeeded else None
    task = body.get("id") if isinstance(body, dict) else None
    return task if isinstance(task, str) else None


def _is_usable(exchange: Exchange) -> bool:
    """Tell whether an answer that says success can be used for what was asked; what was not recorded is trusted."""
    if exchange.error is not None:
        return False
    operation = operation_of(exchange)
    if not operation or "response" in exchange.omitted:
        return True
    if operation == CREATE_TASK:
        return created_task(exchange) is not None
    return exchange.answered is not NO_JSON or exchange.status == HTTPStatus.NO_CONTENT
