"""Creating a task: what is accepted, and what comes back."""

import re
from typing import Any

import httpx2
import pytest

from tests.bodies import PENDING
from tests.serving import CREATE, START, create, example

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

ACCEPTED: dict[str, dict[str, Any]] = {
    "prompt of 1500 characters": {"prompt": "a" * 1_500},
    "prompt of 1500 characters outside the basic plane": {"prompt": "\N{CLAPPER BOARD}" * 1_500},
    "prompt that is empty": {"prompt": ""},
    "three videos": {"video_urls": ["https://example.com/a.mp4", "http://example.com/b.mov", "https://example.com/c"]},
    "a scheme in capitals": {"video_urls": ["HTTP://example.com/a.mp4"]},
    "16:9": {"aspect_ratio": "16:9"},
    "9:16": {"aspect_ratio": "9:16"},
    "1:1": {"aspect_ratio": "1:1"},
    "4:3": {"aspect_ratio": "4:3"},
    "3:4 at 1080p": {"aspect_ratio": "3:4", "quality": "1080p"},
    "720p": {"quality": "720p"},
    "2 seconds": {"duration": 2},
    "10 seconds": {"duration": 10},
    "a whole number with a fraction": {"duration": 5.0},
    "no model parameters": {"model_params": {}},
    "single shot": {"model_params": {"shot_type": "single"}},
    "multi shot": {"model_params": {"shot_type": "multi"}},
    "no audio": {"generate_audio": False},
    "audio": {"generate_audio": True},
    "a callback": {"callback_url": "https://your-domain.com/webhooks/video-task-completed"},
    "a callback of 2048 characters": {"callback_url": "https://your-domain.com/".ljust(2_048, "a")},
    "a field that no page knows": {"seed": 7, "nested": {"deep": [1, None, 10**25]}},
}


@pytest.mark.clauses(
    "OP-CREATE", "OP-EXAMPLE", "OP-ASYNC", "OP-SERVER", "RES-MODEL", "RES-OBJECT", "RES-PROGRESS", "RES-STATUS",
    "RES-CANCANCEL", "RES-ETA", "RES-TYPE", "RES-RULE", "RES-RESERVED", "RES-GROUP",
)  # fmt: skip
async def test_published_example(client: httpx2.AsyncClient) -> None:
    """The page's own request is accepted as it stands, and answered with every field of the page."""
    answer = await client.post(CREATE, json=example())
    assert answer.status_code == 200
    body = answer.json()
    assert re.fullmatch("task-unified-1757169743-[a-z0-9]{8}", body["id"])
    assert body == {**PENDING, "id": body["id"]}


@pytest.mark.clauses(
    "PROMPT-MAX",
    "URLS-HTTP",
    "URLS-MAX",
    "RATIO-VALUES",
    "QUALITY-VALUES",
    "DURATION-INT",
    "DURATION-RANGE",
    "PARAMS-OBJECT",
    "SHOT-VALUES",
    "AUDIO-DEFAULT",
    "CB-HTTPS",
    "CB-LENGTH",
    "CB-URI",
)
@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=list(ACCEPTED))
async def test_accepted(client: httpx2.AsyncClient, changes: dict[str, Any]) -> None:
    """A request just inside the bounds creates a task that can be read."""
    created = await create(client, **changes)
    read = await client.get(f"/v1/tasks/{created['id']}")
    assert read.json()["id"] == created["id"]


@pytest.mark.clauses("RES-CREATED", "RES-ID")
async def test_every_task_has_its_own_id(client: httpx2.AsyncClient) -> None:
    """The same request twice makes two tasks, created in the same second."""
    first, second = await create(client), await create(client)
    assert first["id"] != second["id"]
    assert first["created"] == second["created"] == START // 1_000_000


@pytest.mark.clauses("RES-RESERVED", "BILL-PARTS", "BILL-1080P", "RATIO-DEFAULT", "QUALITY-DEFAULT", "AUDIO-DEFAULT")
@pytest.mark.parametrize(
    ("changes", "credits"),
    [
        ({}, 23.8),
        ({"aspect_ratio": "16:9", "quality": "720p", "generate_audio": True, "duration": 5}, 23.8),
        ({"duration": 2}, 16.66),
        ({"duration": 10}, 35.7),
        ({"generate_audio": False}, 11.9),
        ({"quality": "1080p"}, 39.746),
        ({"quality": "1080p", "generate_audio": False}, 19.873),
        ({"quality": "720p", "generate_audio": False, "duration": 2}, 9),
        ({"quality": "1080p", "duration": 10}, 59.619),
    ],
    ids=str,
)
async def test_reserve(client: httpx2.AsyncClient, changes: dict[str, Any], credits: float) -> None:  # noqa: A002
    """The estimate follows the price list: 5 seconds of input and the output asked for, and the minimum of 9."""
    created = await create(client, **changes)
    assert created["usage"]["credits_reserved"] == credits
    assert created["billing"]["reserved_credits"] == credits


async def test_content_type_may_be_missing(client: httpx2.AsyncClient) -> None:
    """A body that does not say what it is, is taken for JSON."""
    answer = await client.post(CREATE, content=httpx2.Request("POST", "http://x", json=example()).content)
    assert "content-type" not in answer.request.headers
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "Application/JSON ;charset=UTF-8"]
)
async def test_json_content_types(client: httpx2.AsyncClient, media_type: str) -> None:
    """JSON is JSON with any parameters, in any case."""
    answer = await client.post(CREATE, json=example(), headers={"content-type": media_type})
    assert answer.status_code == 200
