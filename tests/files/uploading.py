"""Files as the tests of the file service send them."""

from base64 import b64encode
from pathlib import Path
from typing import Any, Final

import httpx2

from tests.serving import FILES

PNG: Final = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
"""What begins as a picture does; more of it is not looked at."""

GIF: Final = b"GIF89a" + bytes(100)
MP4: Final = b"\x00\x00\x00\x20ftypisom" + bytes(200)


def contents(folder: Path) -> list[bytes]:
    """Return what is in all files under a folder, each once."""
    return sorted({path.read_bytes() for path in folder.rglob("*") if path.is_file()})


async def send_base64(client: httpx2.AsyncClient, content: bytes = PNG, **fields: Any) -> httpx2.Response:
    """Upload as base64 text."""
    body = {"base64_data": b64encode(content).decode(), **fields}
    return await client.post(f"{FILES}upload/base64", json=body)


async def send_form(
    client: httpx2.AsyncClient, content: bytes = PNG, *, name: str = "cat.png", upload: str = "", **fields: str
) -> httpx2.Response:
    """Upload as a form; `name` is what its part says, `upload` what the client calls it."""
    headers = {"x-evo-upload-id": upload} if upload else {}
    return await client.post(f"{FILES}upload/stream", files={"file": (name, content)}, data=fields, headers=headers)


async def stored(client: httpx2.AsyncClient, content: bytes = PNG, **fields: Any) -> dict[str, Any]:
    """Upload, and return what is shown of the file."""
    answer = await send_base64(client, content, **fields)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def listed(client: httpx2.AsyncClient, **query: Any) -> list[str]:
    """Return the ids that a list shows."""
    answer = await client.get(f"{FILES}list", params=query)
    assert answer.status_code == 200, answer.text
    return [row["file_id"] for row in answer.json()["data"]["files"]]


def refused(answer: httpx2.Response) -> tuple[int, int, str]:
    """Return status, code and message of a refusal."""
    body = answer.json()
    assert body.keys() == {"success", "code", "msg"}
    return answer.status_code, body["code"], body["msg"]
