"""One more model takes data alone: a page, and a file beside it with what the page does not say."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mock_server.models.layers import bundled_models
from tests.serving import CREATE, Serve

pytestmark = pytest.mark.anyio

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODEL = "wan2.5-text-to-video"


@pytest.fixture
async def wider(serve: Serve, tmp_path: Path) -> httpx2.AsyncClient:
    """A client of a simulator that serves a model more: two files were put into a folder."""
    (tmp_path / f"{MODEL}.yaml").write_bytes((HERE / "another.page.yaml").read_bytes())
    (tmp_path / f"{MODEL}.model.yaml").write_bytes((HERE / "another.data.yaml").read_bytes())
    return await serve(pages=(str(tmp_path),))


async def ask(client: httpx2.AsyncClient, **fields: Any) -> httpx2.Response:
    """Ask that model for a video."""
    return await client.post(CREATE, json={"model": MODEL, "prompt": "A cat playing piano", **fields})


@pytest.mark.parametrize(
    ("fields", "credits_"),
    [({}, 25.5), ({"duration": 10}, 51), ({"quality": "480p"}, 12.75), ({"duration": 10, "quality": "1080p"}, 85.17)],
)
async def test_its_price(wider: httpx2.AsyncClient, fields: dict[str, Any], credits_: float) -> None:
    """What is set aside and charged is what its data say, after as long as they say."""
    created = (await ask(wider, **fields)).json()
    assert (created["model"], created["usage"]["credits_reserved"]) == (MODEL, credits_)
    await wider.post("/_mock/clock", json={"advance": 11})
    task = (await wider.get(f"/v1/tasks/{created['id']}")).json()
    assert (task["status"], task["usage"]["credits_used"]) == ("completed", credits_)
    video = await wider.get(task["results"][0])
    assert video.content[4:8] == b"ftyp"


async def test_its_bounds(wider: httpx2.AsyncClient) -> None:
    """A request is held against its page, and those of the others against theirs."""
    refused = await ask(wider, duration=7)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "duration")
    other = {"model": "wan2.6-text-to-video", "prompt": "A cat", "duration": 7}
    assert (await wider.post(CREATE, json=other)).status_code == 200


async def test_it_is_listed(wider: httpx2.AsyncClient) -> None:
    """With the models of the package, in the list of models and in the catalogue."""
    names = [*bundled_models(), MODEL]
    assert sorted(row["id"] for row in (await wider.get("/v1/models")).json()["data"]) == sorted(names)
    listed = (await wider.get("/v1/catalog/models")).json()["models"]
    assert {row["model_id"]: row["display_name"] for row in listed}[MODEL] == "Wan 2.5 Text to Video"
    rule = (await wider.get(f"/v1/catalog/models/{MODEL}/pricing-rules")).json()["model"]
    duration = {"name": "duration_seconds", "type": "decimal", "default": "5", "minimum": "5", "maximum": "10"}
    assert rule["parameters"][0] == duration
    assert rule["components"][0]["rate"]["credits"] == "5.1"
    asked = {
        "model_id": MODEL,
        "operation": "text_to_video",
        "parameters": {"duration_seconds": 10, "quality": "1080p"},
    }
    assert (await wider.post("/v1/agent-estimates", json=asked)).json()["amounts"]["credits"] == "85.17"


def test_no_code_names_a_model() -> None:
    """What differs between models is in documents, model files and the judge's price list, and nowhere else.

    Excepted is what is shown to people: examples of use, and advice on how to mend a client.
    """
    named = re.compile("|".join(re.escape(name) for name in bundled_models()))
    sources = [path for room in ("mock_server", "openapi", "contracts") for path in (ROOT / room).rglob("*.py")]
    told = {path.relative_to(ROOT).as_posix() for path in sources if named.search(path.read_text("utf-8"))}
    assert {path for path in told if "/fixes/" not in path} == {"openapi/operations.py"}
