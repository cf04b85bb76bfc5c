"""Files of an account: what is kept of one, how it is named, and how it is shown.

No name that a client gives ever becomes part of a path on a disk. Names and folders are cleaned all the same, so that a
link made of them means the same to everybody who reads it.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b
from typing import Any, Final
from unicodedata import category, normalize
from urllib.parse import quote

import msgspec

from mock_server.core.files.types import SUFFIXES
from mock_server.core.ids import universe_code
from mock_server.core.types import HOUR, SECOND, Instant

FILE_LIFETIME: Final = 72 * HOUR
"""How long a file is kept (FILE-STORED)."""

FILE_PREFIX: Final = "file_"
"""What every id of a file starts with."""

UPLOADS: Final = "uploads"
"""The part of a link that tells a file from a task's result."""

LONGEST_NAME: Final = 255
"""How many characters a name or a folder may have."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ZONE: Final = timezone(timedelta(hours=8))
_SLASHES: Final = re.compile(r"[/\\]")


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `name` and `path` are cleaned, `original_name` is as it came; `digest` names the content.

    `upload` is what the client called the upload (X-Evo-Upload-Id), if it did.
    """

    universe: str
    id: str
    account: str
    name: str
    path: str
    original_name: str
    type: str
    size: int
    digest: str
    created_at: Instant
    expires_at: Instant
    upload: str | None = None


class FileUsage(msgspec.Struct, frozen=True):
    """How many files, and how many bytes of them: what an account has, or may have."""

    files: int
    bytes: int


def file_id(universe: str, request: str, seed: bytes) -> str:
    """Make the id of the file that a request uploads; it tells the universe, and nobody can guess another one."""
    return (
        f"{FILE_PREFIX}{universe_code(universe)}{blake2b(request.encode(), key=seed[:64], digest_size=10).hexdigest()}"
    )


def code_of_file(name: str) -> str:
    """Return the part of a file's id that tells the universe (`universe_code`)."""
    return name.removeprefix(FILE_PREFIX)[: len(universe_code(""))]


def clean_name(text: str) -> str:
    """Return a name without what could mean something to a path, a header or a reader; empty if nothing is left.

    Letters and digits of any script stay, and `.`, `_`, `-`; anything else becomes `_`. No dot begins or ends it.
    """
    return "".join(letter if _is_plain(letter) else "_" for letter in normalize("NFC", text)).strip(".")


def clean_path(text: str) -> str:
    """Return a folder of clean names, joined by `/`; empty if nothing is left."""
    return "/".join(filter(None, map(clean_name, _SLASHES.split(text))))


def default_name(name: str, kind: str) -> str:
    """Return the name of a file that was given none: its id, with the usual ending of its type."""
    return f"{name}.{SUFFIXES[kind]}"


def default_path(kind: str) -> str:
    """Return the folder of a file that was given none, as observed: images/png."""
    group, _, form = kind.partition("/")
    return f"{group}s/{form}"


def file_link(file: StoredFile) -> str:
    """Return the path by which a file can be seen by whoever has the link."""
    return quote(f"/{file.account}/{UPLOADS}/{file.path}/{file.name}")


def disposition(file: StoredFile, *, attached: bool) -> str:
    """Return the Content-Disposition of a file: its name in ASCII, and as it is (RFC 6266)."""
    plain = "".join(letter if letter.isascii() else "_" for letter in file.name)
    return (
        f"{'attachment' if attached else 'inline'}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    )


def file_data(file: StoredFile, *, origin: str) -> dict[str, Any]:
    """Show a file (FILE-STORED); `origin` is what its links start with."""
    return {
        "file_id": file.id,
        "file_name": file.name,
        "original_name": file.original_name,
        "file_size": file.size,
        "mime_type": file.type,
        "upload_path": file.path,
        "file_url": origin + file_link(file),
        "download_url": f"{origin}/api/v1/files/download/{file.id}",
        "upload_time": _told(file.created_at),
        "expires_at": _told(file.expires_at),
    }


def file_row(file: StoredFile) -> dict[str, Any]:
    """Show a file in a list (FILE-LIST)."""
    return {
        "file_id": file.id,
        "file_name": file.name,
        "file_size": file.size,
        "upload_time": _told(file.created_at),
    }


def quota_data(group: str, used: FileUsage, most: FileUsage, *, reason: str) -> dict[str, Any]:
    """Show how many files there are and may be (FILE-QUOTA); `reason` says why the limit is not the usual one."""
    return {
        "user_group": group,
        "used_files": used.files,
        "max_files": most.files,
        "remain_files": max(0, most.files - used.files),
        "is_custom": bool(reason),
        "quota_reason": reason,
    }


def _told(at: Instant) -> str:
    """Write an instant as the file service does: 2025-10-09T00:00:00+08:00."""
    return (_EPOCH + timedelta(seconds=at // SECOND)).astimezone(_ZONE).isoformat()


def _is_plain(letter: str) -> bool:
    return letter in "._-" or category(letter)[0] in "LNM"
