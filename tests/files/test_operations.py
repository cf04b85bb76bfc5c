"""What the file service does, by its routes: uploads, lists, quotas, receipts and deletion."""

import re
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.files.uploading import GIF, MP4, PNG, listed, refused, send_base64, send_form, stored
from tests.references.videos import video
from tests.serving import CREATE, FILES, KEY, Serve, Wall, bearer, create, example

pytestmark = pytest.mark.anyio

HOURS = 3_600


@pytest.mark.clauses("FILE-UPLOAD-BASE64", "FILE-STORED", "FILE-DOWNLOAD")
@pytest.mark.parametrize("head", ["", "data:image/png;base64,", "DATA:text/html;charset=utf-8;base64,"])
async def test_an_upload_as_base64(client: httpx2.AsyncClient, head: str) -> None:
    """Bare or as a data URL: the file is shown with its links, and both lead to it without a key."""
    body = {"base64_data": head + b64encode(PNG).decode(), "upload_path": "avatars", "file_name": "avatar.png"}
    answer = await client.post(f"{FILES}upload/base64", json=body)
    told = answer.json()
    assert (answer.status_code, told["msg"]) == (200, "File uploaded successfully")
    data = told["data"]
    origin = str(client.base_url).rstrip("/")
    assert re.fullmatch(r"file_[0-9A-Za-z]{27}", data["file_id"])
    assert data["download_url"] == f"{origin}/api/v1/files/download/{data['file_id']}"
    assert re.fullmatch(re.escape(origin) + r"/[0-9A-Z]{18}/uploads/avatars/avatar\.png", data["file_url"])
    assert (data["file_name"], data["original_name"], data["upload_path"]) == ("avatar.png", "avatar.png", "avatars")
    assert (data["file_size"], data["mime_type"]) == (len(PNG), "image/png")
    assert data["upload_time"] == "2025-09-06T22:42:23+08:00"
    kept = datetime.fromisoformat(data["expires_at"]) - datetime.fromisoformat(data["upload_time"])
    assert kept == timedelta(hours=72)
    for link in (data["file_url"], data["download_url"]):
        assert (await client.get(link, headers={"authorization": ""})).content == PNG


@pytest.mark.clauses("FILE-UPLOAD-STREAM")
@pytest.mark.parametrize(("path", "name"), [("upload_path", "file_name"), ("uploadPath", "fileName")])
async def test_an_upload_as_a_form(client: httpx2.AsyncClient, path: str, name: str) -> None:
    """The names of the fields may be written in both ways."""
    answer = await send_form(client, GIF, name="my.gif", **{path: "photos", name: "photo.gif"})
    data = answer.json()["data"]
    assert (data["file_name"], data["upload_path"], data["mime_type"]) == ("photo.gif", "photos", "image/gif")
    assert (await client.get(data["file_url"])).content == GIF


@pytest.mark.clauses("FILE-STORED")
async def test_names_that_are_left_out(client: httpx2.AsyncClient) -> None:
    """The folder comes from the type, the name is new; the original name is what the form says, if it does."""
    bare, formed = await stored(client, MP4), (await send_form(client, MP4, name="Film.MOV")).json()["data"]
    for data in (bare, formed):
        assert (data["upload_path"], data["file_name"]) == ("videos/mp4", f"{data['file_id']}.mp4")
    assert (bare["original_name"], formed["original_name"]) == (bare["file_name"], "Film.MOV")
    assert len(await listed(client)) == 2


@pytest.mark.clauses("URLS-UPLOAD")
async def test_the_link_of_an_upload_is_a_video_url(client: httpx2.AsyncClient) -> None:
    """A local film is uploaded first, and its link given as a reference video."""
    data = await stored(client, video(), file_name="film.mp4")
    assert (await create(client, video_urls=[data["file_url"]]))["status"] == "pending"


@pytest.mark.clauses("FILE-OVERWRITE")
async def test_the_same_name_takes_the_place(client: httpx2.AsyncClient) -> None:
    """The link leads to the new file, the old one is gone, and it counts once."""
    first = await stored(client, PNG, upload_path="a", file_name="x")
    second = await stored(client, GIF, upload_path="a", file_name="x")
    other = await stored(client, GIF, upload_path="b", file_name="x")
    assert first["file_url"] == second["file_url"] != other["file_url"]
    assert (await client.get(first["file_url"])).content == GIF
    assert (await client.get(first["download_url"])).status_code == 404
    assert await listed(client) == [other["file_id"], second["file_id"]]


@pytest.mark.clauses("FILE-LIST")
async def test_the_list_has_pages(client: httpx2.AsyncClient) -> None:
    """Newest first; the total is of all pages, and a page beyond the last is empty."""
    ids = [(await stored(client))["file_id"] for _ in range(3)]
    assert await listed(client, page=1, pageSize=2) == [ids[2], ids[1]]
    assert await listed(client, page=2, pageSize=2) == [ids[0]]
    assert await listed(client, page=10**9) == []
    rows = (await client.get(f"{FILES}list")).json()["data"]
    assert rows["total"] == 3
    assert rows["files"][0].keys() == {"file_id", "file_name", "file_size", "upload_time"}


@pytest.mark.clauses("FILE-LIST", "FILE-ERROR")
@pytest.mark.parametrize("query", ["page=0", "pageSize=101", "pageSize=x"])
async def test_a_page_that_cannot_be(client: httpx2.AsyncClient, query: str) -> None:
    """It is refused, and the clause is named."""
    answer = await client.get(f"{FILES}list?{query}")
    assert refused(answer)[:2] == (400, 400)
    assert answer.headers["x-mock-clauses"] == "FILE-LIST"


@pytest.mark.clauses("FILE-DELETE")
async def test_deleting(client: httpx2.AsyncClient) -> None:
    """The file is gone, with its links; deleting it again finds nothing."""
    data = await stored(client)
    path = f"{FILES}{data['file_id']}"
    assert (await client.delete(path)).json() == {"success": True, "code": 200, "msg": "File deleted successfully"}
    assert refused(await client.delete(path)) == (404, 404, "File not found")
    assert await listed(client) == []
    for link in (data["file_url"], data["download_url"]):
        assert refused(await client.get(link)) == (404, 404, "File not found")


@pytest.mark.clauses("FILE-RECEIPT")
async def test_receipts(client: httpx2.AsyncClient) -> None:
    """What an upload was called leads to its file, as long as that is there."""
    first = (await send_form(client, upload="run-1")).json()["data"]
    again = (await send_form(client, upload="run-1")).json()["data"]
    receipt = await client.get(f"{FILES}upload-receipts/run-1")
    assert receipt.json()["data"] == {"upload_id": "run-1", "state": "done", "result_verified": True, "file": again}
    for each in (first, again):
        await client.delete(f"{FILES}{each['file_id']}")
    assert refused(await client.get(f"{FILES}upload-receipts/run-1"))[:2] == (404, 404)
    answer = await send_form(client, upload="x" * 129)
    assert refused(answer)[2].endswith("X-Evo-Upload-Id must have 1 to 128 characters")


@pytest.mark.clauses("FILE-STORED", "FILE-QUOTA")
async def test_files_expire(client: httpx2.AsyncClient, wall: Wall) -> None:
    """A file is there for 72 hours of the universe's time, and in nothing after that."""
    data = await stored(client)
    wall.advance(72 * HOURS - 1)
    assert (await client.get(data["file_url"])).status_code == 200
    assert len(await listed(client)) == 1
    wall.advance(1)
    assert (await client.get(data["file_url"])).status_code == 404
    assert await listed(client) == []
    assert (await client.get(f"{FILES}quota")).json()["data"]["used_files"] == 0
    assert (await client.delete(f"{FILES}{data['file_id']}")).status_code == 404


@pytest.mark.clauses("FILE-QUOTA")
async def test_the_quota(serve: Serve) -> None:
    """What was stored counts; the quota is that of the account's group, and says why it is not the usual one."""
    client = await serve(files_per_group=("vip=7",))
    usual = {"user_group": "default", "max_files": 2_000, "is_custom": False, "quota_reason": ""}
    answer = await client.get(f"{FILES}quota")
    assert answer.json() == {"success": True, "code": 200, "data": {**usual, "used_files": 0, "remain_files": 2_000}}
    await stored(client)
    await client.post("/_mock/accounts", json={"key": KEY, "group": "vip"})
    assert (await client.get(f"{FILES}quota")).json()["data"] == {
        "user_group": "vip",
        "used_files": 1,
        "max_files": 7,
        "remain_files": 6,
        "is_custom": True,
        "quota_reason": "set for the group vip",
    }


@pytest.mark.clauses("FILE-QUOTA")
@pytest.mark.parametrize(
    "settings", [{"files_per_group": ("default=1",)}, {"file_bytes_per_group": (f"default={len(PNG)}",)}], ids=str
)
async def test_a_full_account(serve: Serve, settings: dict[str, Any]) -> None:
    """One more file is refused and leaves nothing; one in the place of another is not, nor is one of somebody else."""
    client = await serve(**settings)
    data = await stored(client, file_name="a.png")
    answer = await send_base64(client, file_name="b.png")
    assert refused(answer)[:2] == (400, 40003)
    assert answer.headers["x-mock-clauses"] == "FILE-QUOTA"
    assert await listed(client) == [data["file_id"]]
    assert (await client.get(data["file_url"])).content == PNG
    await stored(client, file_name="a.png")
    assert (await client.post(f"{FILES}upload/stream", files={"file": PNG}, headers=bearer("sk-b"))).status_code == 200


@pytest.mark.clauses("FILE-ERROR", "AUTH-401")
@pytest.mark.parametrize(
    ("key", "status", "headers"),
    [
        ("nonsense", 401, {"www-authenticate": "Bearer"}),
        ("sk-mock-unauthorized", 401, {"www-authenticate": "Bearer"}),
        ("sk-mock-rate-limited", 429, {"retry-after": "30"}),
        ("sk-mock-broken", 500, {}),
    ],
)
async def test_keys_are_those_of_the_api(
    client: httpx2.AsyncClient, key: str, status: int, headers: dict[str, str]
) -> None:
    """A key that does not hold, and those that stand for errors, get them in the service's own form."""
    for answer in (
        await client.get(f"{FILES}quota", headers=bearer(key)),
        await client.post(f"{FILES}upload/stream", files={"file": PNG}, headers=bearer(key)),
    ):
        assert refused(answer)[:2] == (status, status)
        assert headers.items() <= dict(answer.headers).items()
    assert await listed(client) == []


@pytest.mark.clauses("HTTP-RETRY-AFTER")
async def test_rate_limits_and_closed_accounts_hold(serve: Serve) -> None:
    """What limits the API limits the file service, from the same bucket."""
    client = await serve(requests_per_minute=1)
    await stored(client)
    answer = await client.get(f"{FILES}quota")
    assert (refused(answer)[:2], answer.headers["retry-after"]) == ((429, 429), "60")
    assert (await client.post(CREATE, json=example())).status_code == 429
    await client.post("/_mock/accounts", json={"key": KEY, "closed": True})
    assert (await client.get(f"{FILES}quota")).status_code == 401


@pytest.mark.clauses("FILE-ERROR")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PUT", "quota", 405), ("POST", "list", 405), ("GET", "nothing/here", 404), ("POST", "download/x", 405)],
)
async def test_routes_that_are_not_there(client: httpx2.AsyncClient, method: str, path: str, status: int) -> None:
    """They have the service's form too."""
    answer = await client.request(method, f"{FILES}{path}")
    assert refused(answer)[:2] == (status, status)
    assert ("allow" in answer.headers) == (status == 405)


async def test_a_bug_is_told_in_the_form_of_the_service(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What the simulator did not expect is 500, and nothing of it is told."""
    monkeypatch.setattr("mock_server.files.operations.quota_data", lambda *_, **__: 1 / 0)
    assert refused(await client.get(f"{FILES}quota")) == (500, 500, "Internal server error")
    assert "bug of the simulator" in caplog.text
