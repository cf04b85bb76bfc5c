"""The links of files, and what plans and the journal make of the file service."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mock_server.core.plans import short_name
from mock_server.files.routes import PLAIN, STREAMED
from mock_server.http.bodies import PORTION
from tests.files.uploading import GIF, PNG, listed, refused, send_base64, send_form, stored
from tests.serving import FILES, Serve, Wall, bearer

pytestmark = pytest.mark.anyio


OWN = {"success": False, "code": 9_999, "msg": "Words of the plan"}


async def entries(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    """Return what the journal has."""
    found: list[dict[str, Any]] = (await client.get("/_mock/journal")).json()["entries"]
    return found


def remove_all(folder: Path) -> None:
    """Remove all files under a folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()


@pytest.mark.clauses("FILE-DOWNLOAD")
async def test_a_file_goes_out_in_pieces(client: httpx2.AsyncClient) -> None:
    """Its length is told; to HEAD that is all."""
    content = PNG + bytes(2 * PORTION)
    data = await stored(client, content)
    for link in (data["file_url"], data["download_url"]):
        whole, head = await client.get(link), await client.head(link)
        assert whole.content == content
        assert whole.headers["content-length"] == head.headers["content-length"] == str(len(content))
        assert (await client.put(link)).status_code == 405


async def test_a_link_that_looks_like_that_of_a_result(client: httpx2.AsyncClient) -> None:
    """A folder of dates leads to the file all the same."""
    data = await stored(client, upload_path="2025/09/06", file_name="cat.mp4")
    assert data["file_url"].endswith("/uploads/2025/09/06/cat.mp4")
    assert (await client.get(data["file_url"])).content == PNG


async def test_a_content_that_is_gone(serve: Serve, tmp_path: Path) -> None:
    """Somebody has removed it from the disk: the file is not found."""
    client = await serve(files_directory=str(tmp_path))
    data = await stored(client)
    remove_all(tmp_path)
    assert refused(await client.get(data["file_url"])) == (404, 404, "File not found")


@pytest.mark.parametrize("name", [*PLAIN, *STREAMED])
def test_one_short_name_for_all(name: str) -> None:
    """Plans call every operation of the service by one name."""
    assert short_name(name) == "upload"


async def test_planned_answers(client: httpx2.AsyncClient) -> None:
    """An error that a plan does not word has the form of the service; nothing is stored."""
    plans = [
        {"kind": "answer", "status": 401, "match": {"operation": "upload", "nth": 1}},
        {"kind": "answer", "status": 413, "match": {"operation": "uploadFileBase64", "nth": 1}},
        {"kind": "answer", "status": 500, "json": OWN, "match": {"operation": "deleteFile"}},
        {"kind": "answer", "status": 403, "match": {"operation": "download", "nth": 1}},
    ]
    assert (await client.post("/_mock/plans", json={"plans": plans})).status_code == 200
    assert refused(await send_form(client)) == (401, 401, "Invalid or expired token")
    assert refused(await send_base64(client)) == (413, 413, "Request body is too large")
    data = (await send_form(client, GIF)).json()["data"]
    assert await listed(client) == [data["file_id"]]
    answer = await client.delete(f"{FILES}{data['file_id']}")
    assert (answer.status_code, answer.json()) == (500, OWN)
    assert refused(await client.get(data["file_url"]))[:2] == (403, 403)
    assert (await client.get(data["file_url"])).content == GIF
    strikes = [entry["faults"] for entry in await entries(client)]
    assert [bool(faults) for faults in strikes] == [True, True, False, False, True, True, False]


async def test_planned_heads_and_bodies(client: httpx2.AsyncClient) -> None:
    """What is true can be changed on its way, also that of an upload and of a link; the file is stored."""
    data = await stored(client, GIF)
    plan = {"kind": "head", "headers": {"x-planned": "yes"}, "match": {"operation": ["upload", "download"]}}
    assert (await client.post("/_mock/plans", json={"plans": [plan]})).status_code == 200
    answer = await send_form(client)
    assert (answer.json()["data"]["file_size"], answer.headers["x-planned"]) == (len(PNG), "yes")
    link = await client.get(data["file_url"])
    assert (link.content, link.headers["x-planned"]) == (GIF, "yes")
    await client.delete(f"{FILES}{data['file_id']}")
    gone = await client.get(data["file_url"])
    assert (gone.status_code, gone.headers["x-planned"]) == (404, "yes")


async def test_the_journal_notes_sizes_only(client: httpx2.AsyncClient) -> None:
    """Of bodies with a file in them; other bodies are there as ever."""
    data = (await send_form(client)).json()["data"]
    await send_base64(client)
    await client.get(data["file_url"], headers={"authorization": ""})
    await client.post(f"{FILES}upload/url", json={"file_url": "https://a.example/b"})
    form, text, link, url = await entries(client)
    names = [entry["operation"] for entry in (form, text, link, url)]
    assert names == ["uploadFileStream", "uploadFileBase64", "download", "uploadFileUrl"]
    for entry in (form, text):
        assert (entry["request"]["body"], entry["request"]["hidden"]) == (None, "it is a file, or has one in it")
        assert entry["request"]["size"] > len(PNG)
        assert data["file_id"][:8] in entry["answer"]["body"]
    assert (link["answer"]["body"], link["answer"]["size"]) == (None, len(PNG))
    assert link["account"] == form["account"]
    assert "a.example" in url["request"]["body"]
    assert b64encode(PNG)[:20].decode() not in str(await entries(client))


async def test_files_are_in_snapshots(client: httpx2.AsyncClient, wall: Wall) -> None:
    """What is known of each, and what is in the small ones; under another name they have other ids and links."""
    small = (await send_form(client, PNG, upload="u")).json()["data"]
    large = await stored(client, GIF + bytes(70_000))
    snapshot = (await client.get("/_mock/snapshot", params={"secrets": "true"})).json()
    assert [(part["id"], part["content"] is None) for part in snapshot["files"]] == [
        (small["file_id"], False),
        (large["file_id"], True),
    ]
    blue = {"x-mock-universe": "blue"}
    assert (await client.put("/_mock/snapshot", json=snapshot, headers=blue)).status_code == 200
    await client.post("/_mock/reset")
    wall.advance(60)
    shown = (await client.get(f"{FILES}list", headers=blue)).json()["data"]
    assert shown["total"] == 2
    receipt = (await client.get(f"{FILES}upload-receipts/u", headers=blue)).json()["data"]["file"]
    assert receipt["file_id"] != small["file_id"]
    for link in (receipt["file_url"], receipt["download_url"]):
        assert (await client.get(link)).content == PNG
    assert (await client.get(small["file_url"])).status_code == 404


async def test_a_content_that_a_snapshot_does_not_have(serve: Serve) -> None:
    """The file is listed elsewhere, and its link leads nowhere until it is uploaded again."""
    first, second = await serve(), await serve()
    data = await stored(first, GIF + bytes(70_000), file_name="x")
    snapshot = (await first.get("/_mock/snapshot", params={"secrets": "true"})).json()
    assert (await second.put("/_mock/snapshot", json=snapshot)).status_code == 200
    assert await listed(second) == [data["file_id"]]
    path = httpx2.URL(data["file_url"]).path
    assert (await second.get(path)).status_code == 404
    await stored(second, GIF + bytes(70_000), file_name="x")
    assert (await second.get(path)).status_code == 200


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"id": "file_AAAAAAAx"}, "their ids begin with file_"),
        ({"type": "text/html"}, 'has the type "text/html", which no file has'),
        ({"path": "../x"}, "has a name or a path that no file has"),
        ({"name": "a/b"}, "has a name or a path that no file has"),
        ({"digest": "../../../etc/passwd"}, "files[0].digest"),
        ({"digest": "0" * 64}, "is not that of its digest"),
        ({"account": "AAAAAAAAAAAAAAAAAA"}, "is no account of"),
    ],
    ids=str,
)
async def test_a_snapshot_with_files_that_cannot_be(
    client: httpx2.AsyncClient, change: dict[str, str], told: str
) -> None:
    """It is refused as a whole."""
    data = await stored(client)
    snapshot = (await client.get("/_mock/snapshot", params={"secrets": "true"})).json()
    for files in ([{**snapshot["files"][0], **change}], snapshot["files"] * 2):
        answer = await client.put("/_mock/snapshot", json={**snapshot, "files": files})
        assert answer.status_code == 400
        message = answer.json()["error"]["message"]
        assert told in message or "is there 2 times" in message
    assert (await client.get(data["file_url"])).content == PNG


async def test_what_is_closed_is_closed_before_the_body_is_read(client: httpx2.AsyncClient) -> None:
    """A key that opens nothing costs nothing to refuse."""
    answer = await client.post(f"{FILES}upload/stream", content=b"x" * 10_000, headers=bearer("nonsense"))
    assert refused(answer)[0] == 401
