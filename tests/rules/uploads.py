"""Traffic of clients that upload files."""

from base64 import b64encode
from typing import Any

from tests.rules.records import Traffic

FILES = "https://files-api.evolink.ai/api/v1/files"

PLACE = "https://files.evolink.ai/cats/cat.mp4"

KEY = {"authorization": "Bearer key-1a2b3c4d"}

TEXT = b64encode(bytes(range(250, 256)) * 3).decode()

BODY = {"base64_data": TEXT, "file_name": "cat.mp4"}


def file(link: str = PLACE, **changes: Any) -> dict[str, Any]:
    """Return what an upload answers."""
    data = {
        "file_id": f"file_{link[-7:-4]}",
        "file_name": link.rpartition("/")[2],
        "original_name": link.rpartition("/")[2],
        "file_size": 2048,
        "mime_type": "video/mp4",
        "file_url": link,
        "download_url": f"https://files.evolink.ai/api/v1/files/download/file_{link[-7:-4]}",
        "upload_time": "2025-10-09T00:00:00+08:00",
        "expires_at": "2025-10-12T00:00:00+08:00",
        **changes,
    }
    return {"success": True, "code": 200, "msg": "", "data": data}


def upload(traffic: Traffic, sent: Any = BODY, *, way: str = "base64", **facts: Any) -> Traffic:
    """Upload a file."""
    headers = {**KEY, **facts.pop("headers", {})}
    return traffic.ask("POST", f"{FILES}/upload/{way}", sent=sent, headers=headers, **{"answer": file(), **facts})


def form(*parts: str) -> dict[str, Any]:
    """Return a form with these parts, by what their heads say."""
    body = "".join(f"--x\r\nContent-Disposition: form-data; {part}\r\n\r\n1\r\n" for part in parts)
    return {
        "sent": f"{body}--x--\r\n".encode(),
        "way": "stream",
        "headers": {"content-type": "multipart/form-data; boundary=x"},
    }
