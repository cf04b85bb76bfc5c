"""Local files: checked, uploaded under a name of one's own, and used by the link that the answer has."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx

from .calling import call

FILES = "https://files-api.evolink.ai/api/v1/files/upload"
KINDS = {".mp4": "video/mp4", ".mov": "video/quicktime"}
LARGEST = 100 * 2**20
SPARE = timedelta(hours=1)


class NotUploaded(Exception):
    """The file service refused the file, also where its status is 200."""


@dataclass(frozen=True)
class Upload:
    """A file at the service, for as long as it is kept."""

    path: Path
    url: str
    expires_at: datetime


def upload(client: httpx.Client, path: Path) -> Upload:
    """Upload a video as a form."""
    kind = check_file(path)
    fields = {"upload_path": "references", "file_name": f"{uuid4()}{path.suffix}"}
    files = {"file": (fields["file_name"], path.read_bytes(), kind)}
    return read_upload(path, call(client, client.build_request("POST", f"{FILES}/stream", data=fields, files=files)))


def upload_as_text(client: httpx.Client, path: Path) -> Upload:
    """Upload a small video as JSON."""
    data = f"data:{check_file(path)};base64,{b64encode(path.read_bytes()).decode()}"
    body = {"base64_data": data, "upload_path": "references", "file_name": f"{uuid4()}{path.suffix}"}
    return read_upload(path, call(client, client.build_request("POST", f"{FILES}/base64", json=body)))


def renew(client: httpx.Client, uploaded: Upload) -> Upload:
    """Return an upload, or a new one of the same file if it is not kept for another hour."""
    return uploaded if datetime.now(UTC) + SPARE < uploaded.expires_at else upload(client, uploaded.path)


def check_file(path: Path) -> str:
    """Return the media type of a file that may be a reference video."""
    kind = KINDS.get(path.suffix.lower())
    if kind is None or path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} must be mp4 or mov, of at most {LARGEST} bytes")
    return kind


def read_upload(path: Path, answer: httpx.Response) -> Upload:
    """Return what was stored."""
    body = answer.json()
    if body.get("success") is not True or body["data"]["mime_type"] not in KINDS.values():
        raise NotUploaded(f"{path.name}: {body.get('msg')}")
    return Upload(path, body["data"]["file_url"], datetime.fromisoformat(body["data"]["expires_at"]))
