"""What a request was for, and what came of it, as a client has to take it."""

from enum import StrEnum
from functools import lru_cache
from typing import Final

from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.pages import is_creation
from openapi.operations import load_operations

CREATE_TASK: Final = "createTask"
"""Stands for all operations that create tasks: each page of a model has its own, and a request line does not tell them
apart."""

QUERY_TASK: Final = "getTaskDetail"
LIST_TASKS: Final = "listTasks"
BATCH_TASKS: Final = "batchGetTasks"
UPLOADS: Final = ("uploadFileBase64", "uploadFileStream", "uploadFileUrl")
"""The operations that store a file."""

DOWNLOAD: Final = "download"
"""Stands for a request for the video at a result's link, which is no operation."""

NEVER_SENT: Final = "the request was never sent"
"""The error of an exchange whose connection could not be made, so that the server knows nothing of it."""

_REQUEST_TIMEOUT, _TOO_EARLY, _BUSY, _UNAVAILABLE = 408, 425, 429, 503
_NO_CONTENT: Final = 204
_OK, _REDIRECTION, _REFUSAL, _TROUBLE = 200, 300, 400, 500


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


@lru_cache(maxsize=16_384)
def operation_at(method: str, path: str) -> str:
    """Return the id of the operation that a method and a path lead to; nothing if no page describes one.

    Of an operation that creates tasks it is `CREATE_TASK`.
    """
    operation = load_operations().at(method, path)
    if is_creation(method, path) or (operation is not None and operation.models):
        return CREATE_TASK
    return "" if operation is None else operation.id


def operation_of(exchange: Exchange) -> str:
    """Return the id of the operation that a request asks for; nothing if no page describes one."""
    return operation_at(exchange.method, exchange.path)


def reply_of(exchange: Exchange) -> Reply:
    """Tell what came of a request. Of an answer that did not come whole, the status counts unless it says success."""
    return exchange.once(_read_reply)


def _read_reply(exchange: Exchange) -> Reply:
    status = exchange.status or 0
    if exchange.error == NEVER_SENT or _is_busy(exchange, status):
        return Reply.BUSY
    if _OK <= status < _REDIRECTION and _is_usable(exchange):
        return Reply.SUCCESS
    if _REDIRECTION <= status < _REFUSAL:
        return Reply.REDIRECT
    return Reply.REFUSED if _REFUSAL <= status < _TROUBLE and status != _REQUEST_TIMEOUT else Reply.UNCLEAR


def _is_busy(exchange: Exchange, status: int) -> bool:
    told = exchange.response_header("retry-after") is not None
    return status in {_BUSY, _TOO_EARLY} or (status == _UNAVAILABLE and told)


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
    return exchange.answered is not NO_JSON or exchange.status == _NO_CONTENT
