"""An app that is called without having been started, from one event loop after another, as test clients do."""

import asyncio
import gc

import pytest
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.settings import Settings
from mock_server.store import SqliteStore
from tests.serving import CREATE, Wall, bearer, example

pytestmark = pytest.mark.uncounted


@pytest.mark.usefixtures("models")
def test_results_and_references_of_an_app_that_was_never_started() -> None:
    """Each request has a loop of its own; videos are rendered and looked at all the same; nothing is left behind."""
    store = SqliteStore()
    app = create_app(Settings(speed=0.0), store=store, wall=Wall())
    client = TestClient(app, "http://localhost", headers=bearer())
    references = ["https://example.com/a.mp4"]
    for _ in range(3):
        body = example(duration=2, video_urls=references)
        task = client.post(CREATE, json=body).json()["id"]
        client.post("/_mock/clock", json={"advance": 200})
        (link,) = client.get(f"/v1/tasks/{task}").json()["results"]
        video = client.get(link)
        assert video.headers["x-mock-media"] == "rendered"
        stored = client.post("/api/v1/files/upload/stream", files={"file": video.content}).json()["data"]
        references = [stored["file_url"]]
    asyncio.run(store.close())
    del app, client
    gc.collect()
