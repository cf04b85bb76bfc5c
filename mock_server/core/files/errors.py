"""What the file service refuses, and how it says so: in an envelope of its own, with numbers for codes."""

from typing import Any, ClassVar

from mock_server.core.errors import ApiError, InvalidRequest, NotFound


class FileRefused(InvalidRequest):
    """A file is refused by a number of the service's own, whose first three digits are the HTTP status."""

    number: ClassVar[int]


class FileTooLarge(FileRefused):
    """The file is larger than the service takes (FILE-LIMIT)."""

    number = 40001
    message = "File is too large"


class FileTypeNotAllowed(FileRefused):
    """The file is neither picture, sound nor film by its content (FILE-TYPE)."""

    number = 40002
    message = "File type is not allowed"


class FileQuotaExceeded(FileRefused):
    """The account has no room for the file (FILE-QUOTA)."""

    number = 40003
    message = "File quota is exceeded"


class FileDownloadFailed(FileRefused):
    """The URL that was given could not be read to its end (FILE-UPLOAD-URL)."""

    number = 40004
    message = "Failed to download the file from the URL"


class FileNotFound(NotFound):
    """There is no such file, or no longer, or it is somebody else's."""

    code = "file_not_found"
    message = "File not found"


class StorageFailed(ApiError):
    """The file cannot be stored here."""

    number: ClassVar[int] = 50001
    message = "File could not be stored"


def file_error_body(error: ApiError) -> dict[str, Any]:
    """Shape the body of an error (FILE-ERROR): the code is the error's own number, or else the HTTP status."""
    message = f"{error.message}: {error.detail}" if error.detail else error.message
    return {"success": False, "code": getattr(error, "number", error.status), "msg": message}
