"""Files belong to an account of a universe, and to nobody else."""

import httpx2
import pytest

from tests.files.uploading import GIF, PNG, listed, refused, send_form, stored
from tests.serving import FILES, bearer

pytestmark = pytest.mark.anyio

OTHERS = [bearer("sk-other"), bearer("sk-mock-blue"), {**bearer(), "x-mock-universe": "blue"}]


@pytest.mark.clauses("FILE-DELETE", "FILE-LIST", "FILE-RECEIPT")
@pytest.mark.parametrize("headers", OTHERS, ids=str)
async def test_nobody_else_has_a_hand_in_a_file(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    """Another account and another universe neither list nor delete it, nor take its place; its links are for all."""
    data = (await send_form(client, upload="u", file_name="x", upload_path="a")).json()["data"]
    shown = (await client.get(f"{FILES}list", headers=headers)).json()["data"]
    assert shown == {"total": 0, "files": []}
    assert (await client.get(f"{FILES}quota", headers=headers)).json()["data"]["used_files"] == 0
    assert refused(await client.delete(f"{FILES}{data['file_id']}", headers=headers))[0] == 404
    assert refused(await client.get(f"{FILES}upload-receipts/u", headers=headers))[0] == 404
    same = {"files": {"file": GIF}, "data": {"file_name": "x", "upload_path": "a"}}
    other = (await client.post(f"{FILES}upload/stream", headers=headers, **same)).json()["data"]  # type: ignore[arg-type]
    assert other["file_url"] != data["file_url"]
    assert await listed(client) == [data["file_id"]]
    for link in (data["file_url"], data["download_url"]):
        assert (await client.get(link, headers=headers)).content == PNG
    for link in (other["file_url"], other["download_url"]):
        assert (await client.get(link)).content == GIF


async def test_a_reset_takes_the_files_of_one_universe(client: httpx2.AsyncClient) -> None:
    """What is in them goes too, unless a file of another universe is the same."""
    blue = bearer("sk-mock-blue")
    shared, alone = await stored(client, PNG), await stored(client, GIF)
    kept = (await client.post(f"{FILES}upload/stream", files={"file": PNG}, headers=blue)).json()["data"]
    assert (await client.post("/_mock/reset")).status_code == 200
    assert await listed(client) == []
    for data in (shared, alone):
        assert (await client.get(data["download_url"])).status_code == 404
    assert (await client.get(kept["download_url"])).content == PNG
    assert (await client.delete("/_mock/universes/blue")).status_code == 200
    assert (await client.get(kept["download_url"])).status_code == 404


async def test_a_link_into_nowhere(client: httpx2.AsyncClient) -> None:
    """An account and an id of no universe lead nowhere."""
    for path in ("/AAAAAAAAAAAAAAAAAA/uploads/a/b", f"{FILES}download/file_x", f"{FILES}download/x", "/A/uploads/"):
        assert refused(await client.get(path)) == (404, 404, "File not found")
