"""What a request was for: the operations by the ids that their pages give them, and where they are."""

from functools import lru_cache
from typing import Final

from contracts.recording.exchange import Exchange
from contracts.recording.pages import is_creation
from openapi.operations import load_operations

CREATE_TASK: Final = "createTask"
"""Stands for all operations that create tasks: each page of a model has its own, and a request line does not tell them
apart."""

QUERY_TASK: Final = "getTaskDetail"
LIST_TASKS: Final = "listTasks"
BATCH_TASKS: Final = "batchGetTasks"
READ_CREDITS: Final = "getCredits"
LIST_MODELS: Final = "listModels"
UPLOAD_BASE64: Final = "uploadFileBase64"
UPLOAD_STREAM: Final = "uploadFileStream"
UPLOAD_URL: Final = "uploadFileUrl"

UPLOADS: Final = (UPLOAD_BASE64, UPLOAD_STREAM, UPLOAD_URL)
"""The operations that store a file."""

DOWNLOAD: Final = "download"
"""Stands for a request for the video at a result's link, which is no operation."""

TASKS: Final = "/v1/tasks/"
"""What the path of a task begins with."""

FILES: Final = "/api/v1/files/"
"""What the paths of the file service begin with."""


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
