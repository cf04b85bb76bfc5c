"""Where the file service is: its operations and its links."""

from collections.abc import Mapping
from typing import Final

from starlette.routing import Route

from mock_server.api.endpoint import Function
from mock_server.api.resource import Resource
from mock_server.core.files.file import UPLOADS
from mock_server.files import operations
from mock_server.files.endpoint import FileEndpoint
from mock_server.files.links import Links
from mock_server.simulator import Simulator

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


def file_routes(simulator: Simulator) -> list[Route]:
    """Return the routes of the file service: its operations, and the links of files."""
    endpoints = {
        name: FileEndpoint(simulator, name, function, streamed=name in STREAMED)
        for name, function in {**STREAMED, **PLAIN}.items()
    }
    served = [
        Route(simulator.operations[name].path, Resource({simulator.operations[name].method: endpoint}))
        for name, endpoint in endpoints.items()
    ]
    links = Links(simulator)
    return [*served, *(Route(path, links, methods=["GET"]) for path in (DOWNLOAD, SEEN))]


def is_of_files(path: str) -> bool:
    """Tell whether a path is one of the file service's."""
    return path.startswith(PREFIX) or f"/{UPLOADS}/" in path
