"""The file service on a port of its own."""

import json

import httpx2
import pytest

from mock_server.app import create_app
from mock_server.settings import Settings, SettingsError
from tests.files.uploading import PNG
from tests.running import started
from tests.serving import FILES, bearer

API = "http://127.0.0.1:8765"
OWN = "http://127.0.0.1:8766"


@pytest.mark.anyio
async def test_each_port_has_its_own() -> None:
    """The service and its links are on its port alone; the API, its results and the control API are not."""
    app = create_app(Settings(files_port=8766))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), headers=bearer()) as client,
    ):
        data = (await client.post(f"{OWN}{FILES}upload/stream", files={"file": PNG})).json()["data"]
        assert data["file_url"].startswith(f"{OWN}/")
        for link in (data["file_url"], data["download_url"]):
            assert (await client.get(link)).content == PNG
            assert (await client.get(link.replace(OWN, API))).status_code == 404
        assert (await client.get(f"{API}{FILES}quota")).status_code == 404
        for path in ("/v1/models", "/_mock/clock", "/openapi.json"):
            assert (await client.get(f"{API}{path}")).status_code == 200
            assert (await client.get(f"{OWN}{path}")).status_code == 404


def test_a_port_that_only_a_server_can_pick() -> None:
    """An app does not listen, so that it has to be told."""
    with pytest.raises(SettingsError, match=r"^files_port: 0 picks a free port where evolink-mock serve listens"):
        create_app(Settings(files_port=0))


def test_a_server_with_three_ports() -> None:
    """The ready file and the banner say where each is, all stop together, and no file is left."""
    with started("--files-port", "0", "--control-port", "0", "--files-directory", "depot") as program:
        told = json.loads((program.folder / "ready").read_text("utf-8"))
        assert len({told["url"], told["control"], told["files"]}) == 3
        with program.client() as client:
            answer = client.post(f"{told['files']}{FILES}upload/stream", files={"file": PNG})
            assert client.get(answer.json()["data"]["file_url"]).content == PNG
            assert client.get(f"{FILES}quota").status_code == 404
        assert len(list((program.folder / "depot").rglob("[0-9a-f]*"))) >= 1
        assert program.stop() == 0
        assert list((program.folder / "depot").iterdir()) == []
        assert f"  files      {told['files']}/api/v1/files/\n" in program.output
        assert program.errors == ""
