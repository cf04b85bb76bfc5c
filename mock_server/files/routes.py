"""Where the file service is: its operations and its links."""

from collections.abc import Mapping
from typing import Final

from mock_server.api.endpoint import Function
from mock_server.core.files import UPLOADS
from mock_server.files import operations

STREAMED: Final[Mapping[str, Function]] = {
    "uploadFileBase64": operations.upload_base64,
    "uploadFileStream": operations.upload_stream,
}
"""What reads its body itself, by operation."""

PLAIN: Final[Mapping[str, Function]] = {
    "uploadFileUrl": operations.upload_url,
    "listFiles": operations.list_files,
    "getFilesQuota": operations.get_quota,
    "getUploadReceipt": operations.get_receipt,
    "deleteFile": operations.delete_file,
}
"""What serves the other operations: fixed paths before patterns."""

PREFIX: Final = "/api/v1/files/"
"""What the paths of the operations start with."""

DOWNLOAD: Final = f"{PREFIX}download/{{file_id}}"
SEEN: Final = f"/{{account}}/{UPLOADS}/{{place:path}}"
"""The links of a file: to save it, and to see it."""


def is_of_files(path: str) -> bool:
    """Tell whether a path is one of the file service's."""
    return path.startswith(PREFIX) or f"/{UPLOADS}/" in path
