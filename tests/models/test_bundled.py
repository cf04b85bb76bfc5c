"""The models that come with the package: each from a request to its video, charged as the price list has it."""

from typing import Any

import httpx2
import pytest

from mock_server.models.layers import bundled_models
from openapi.operations import load_operations
from tests.serving import CREATE

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

MODELS = tuple(bundled_models())
REFERENCE, FLASH = "wan2.6-reference-video", "wan2.6-reference-video-flash"
TEXT, IMAGE, IMAGE_FLASH = "wan2.6-text-to-video", "wan2.6-image-to-video", "wan2.6-image-to-video-flash"
FIVE, TWO = ["https://example.com/a.mp4#t=5"], ["https://example.com/a.mp4#t=2"]
HD = {"quality": "1080p"}
MUTE = {"generate_audio": False}

WORKED = [
    (FLASH, {"video_urls": FIVE}, 23.8, 0.35),
    (FLASH, {"video_urls": FIVE, **MUTE}, 11.9, 0.175),
    (FLASH, {"video_urls": FIVE, **HD}, 39.746, 0.5845),
    (FLASH, {"video_urls": FIVE, **HD, **MUTE}, 19.873, 0.29225),
    (FLASH, {"video_urls": TWO, "duration": 2}, 9.52, 0.14),
    (FLASH, {"video_urls": TWO, "duration": 2, **MUTE}, 9, 0.1324),
    (FLASH, {"video_urls": FIVE, "duration": 10, **HD}, 59.619, 0.87675),
    (REFERENCE, {"video_urls": FIVE}, 47.6, 0.7),
    (REFERENCE, {"video_urls": FIVE, "duration": 10, **HD}, 119.238, 1.7535),
    (REFERENCE, {"video_urls": TWO, "duration": 2}, 19.04, 0.28),
    (TEXT, {}, 23.8, 0.35),
    (TEXT, {"duration": 2}, 9.52, 0.14),
    (TEXT, {"duration": 15, **HD}, 119.238, 1.7535),
    (IMAGE, {}, 23.8, 0.35),
    (IMAGE, {"duration": 2, **HD}, 15.8984, 0.2338),
    (IMAGE_FLASH, {}, 11.9, 0.175),
    (IMAGE_FLASH, {**MUTE}, 6, 0.0882),
    (IMAGE_FLASH, {"duration": 2}, 6, 0.0882),
    (IMAGE_FLASH, {"duration": 15, **HD}, 59.619, 0.87675),
    (IMAGE_FLASH, {"duration": 15, **HD, **MUTE}, 29.8095, 0.4384),
]
"""What requests cost, in credits and dollars, by the rates, factors and least prices of the price list."""


async def ask(client: httpx2.AsyncClient, model: str, **fields: Any) -> httpx2.Response:
    """Ask a model for a video by the example of its page and other fields."""
    shown: Any = load_operations().of_models[model].request_example
    return await client.post(CREATE, json={**shown, **fields})


@pytest.mark.clauses(
    "BILL-PARTS", "BILL-ADVANCE", "BILL-1080P", "AUDIO-EFFECT", "BILL-SUCCESS", "RES-RESERVED", "TASK-USAGE"
)
@pytest.mark.parametrize(("model", "fields", "credits_", "usd"), WORKED)
async def test_worked_figures(
    client: httpx2.AsyncClient, model: str, fields: dict[str, Any], credits_: float, usd: float
) -> None:
    """So much is set aside, and charged when the video is there."""
    created = (await ask(client, model, **fields)).json()
    assert created["usage"] == {"billing_rule": "per_second", "credits_reserved": credits_, "user_group": "default"}
    await client.post("/_mock/clock", json={"advance": 200})
    task = (await client.get(f"/v1/tasks/{created['id']}")).json()
    assert task["status"] == "completed"
    assert task["model"] == model
    assert task["usage"]["credits_used"] == credits_
    assert task["usage"]["cost"]["usd"] == pytest.approx(usd, abs=0.0006)
    assert (await client.get("/v1/credits")).json()["data"]["user"]["used_credits"] == credits_


@pytest.mark.clauses("OP-EXAMPLE", "TASK-RESULTS")
@pytest.mark.parametrize("model", MODELS)
async def test_from_request_to_video(client: httpx2.AsyncClient, model: str) -> None:
    """The example of each page becomes a task of that model, and that a video."""
    created = (await ask(client, model)).json()
    assert (created["model"], created["status"], created["object"]) == (model, "pending", "video.generation.task")
    await client.post("/_mock/clock", json={"advance": 200})
    task = (await client.get(f"/v1/tasks/{created['id']}")).json()
    video = await client.get(task["results"][0])
    assert video.content[4:8] == b"ftyp"


REFUSED = [
    (TEXT, {"duration": 16}, "DURATION-RANGE-15"),
    (IMAGE, {"duration": 1}, "DURATION-RANGE-15"),
    (REFERENCE, {"duration": 11}, "DURATION-RANGE"),
    (TEXT, {"prompt_extend": "yes"}, "EXTEND-DEFAULT"),
    (TEXT, {"audio_url": ["https://example.com/a.mp3"]}, "SOUND-URI"),
    (TEXT, {"audio_url": "no link"}, "SOUND-URI"),
    (TEXT, {"prompt": "a" * 1_501}, "PROMPT-MAX"),
    (TEXT, {"aspect_ratio": "21:9"}, "RATIO-VALUES"),
    (IMAGE, {"image_urls": []}, "IMAGES-REQ"),
    (IMAGE, {"image_urls": ["no link"]}, "IMAGES-REQ"),
    (IMAGE, {"image_urls": ["https://example.com/a.png"] * 2}, "IMAGES-MAX"),
    (IMAGE_FLASH, {"generate_audio": 1}, "AUDIO-DEFAULT"),
    (IMAGE_FLASH, {"quality": "480p"}, "QUALITY-VALUES"),
    (REFERENCE, {"video_urls": ["https://example.com/a.mp4"] * 4}, "URLS-MAX"),
]


@pytest.mark.clauses(
    "DURATION-RANGE",
    "DURATION-RANGE-15",
    "EXTEND-DEFAULT",
    "SOUND-URI",
    "PROMPT-MAX",
    "RATIO-VALUES",
    "IMAGES-REQ",
    "IMAGES-MAX",
    "AUDIO-DEFAULT",
    "QUALITY-VALUES",
    "URLS-MAX",
)
@pytest.mark.parametrize(("model", "fields", "clause"), REFUSED)
async def test_each_model_has_its_own_bounds(
    client: httpx2.AsyncClient, model: str, fields: dict[str, Any], clause: str
) -> None:
    """What breaks a clause of a model's page is refused, with the clause and the field."""
    answer = await ask(client, model, **fields)
    assert answer.status_code == 400
    assert answer.headers["x-mock-clauses"] == clause
    assert answer.json()["error"]["param"].startswith(next(iter(fields)))


@pytest.mark.clauses("IMAGES-REQ")
@pytest.mark.parametrize("model", [IMAGE, IMAGE_FLASH])
async def test_a_picture_is_required(client: httpx2.AsyncClient, model: str) -> None:
    """Though the examples of the published pages leave it out."""
    answer = await client.post(CREATE, json={"model": model, "prompt": "A cat playing piano"})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].endswith("image_urls is required")


async def test_a_model_that_is_closed(client: httpx2.AsyncClient) -> None:
    """The refusal names the model that was asked for."""
    client.headers["authorization"] = "Bearer sk-mock-no-access"
    answer = await ask(client, TEXT)
    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == f"Token does not have access to model: {TEXT}"
