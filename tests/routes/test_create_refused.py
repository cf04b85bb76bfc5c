"""Requests that break a clause: one answer names every one of them, and nothing comes of it."""

import json
from typing import Any

import httpx2
import pytest

from mock_server.core.ids import account_id
from mock_server.core.types import CREDIT
from mock_server.store import SqliteStore
from openapi.operations import load_operations
from tests.bodies import invalid_request
from tests.serving import CREATE, KEY, example

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

MODEL = "wan2.6-reference-video-flash"
KNOWN = ", ".join(load_operations().of_models)
VIDEO = "https://example.com/a.mp4"
RATIOS = "must be one of 16:9, 9:16, 1:1, 4:3, 3:4"

REFUSED: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "no model": ({"model": None}, "model", "MODEL-REQ", "model is required"),
    "another model": ({"model": "sora"}, "model", "MODEL-ENUM", f'model must be one of {KNOWN}, got "sora"'),
    "a model in capitals": (
        {"model": MODEL.upper()},
        "model",
        "MODEL-ENUM",
        f'model must be one of {KNOWN}, got "{MODEL.upper()}"',
    ),
    "a model that is a number": ({"model": 26}, "model", "MODEL-ENUM", f"model must be one of {KNOWN}, got 26"),
    "no prompt": ({"prompt": None}, "prompt", "PROMPT-REQ", "prompt is required"),
    "a prompt that is a number": ({"prompt": 1}, "prompt", "PROMPT-REQ", "prompt must be a string"),
    "a prompt of 1501 characters": (
        {"prompt": "a" * 1_501},
        "prompt",
        "PROMPT-MAX",
        "prompt must have at most 1500 characters (has 1501)",
    ),
    "no videos": ({"video_urls": None}, "video_urls", "URLS-REQ", "video_urls is required"),
    "an empty list of videos": (
        {"video_urls": []},
        "video_urls",
        "URLS-REQ",
        "video_urls must have at least 1 item (has 0)",
    ),
    "four videos": (
        {"video_urls": [VIDEO] * 4},
        "video_urls",
        "URLS-MAX",
        "video_urls must have at most 3 items (has 4)",
    ),
    "videos that are a string": (
        {"video_urls": VIDEO},
        "video_urls",
        "URLS-REQ",
        f'video_urls must be an array, got "{VIDEO}"',
    ),
    "a video that is a number": (
        {"video_urls": [VIDEO, 7]},
        "video_urls[1]",
        "URLS-REQ",
        "video_urls[1] must be a string, got 7",
    ),
    "a video by ftp": (
        {"video_urls": ["ftp://example.com/a.mp4"]},
        "video_urls[0]",
        "URLS-HTTP",
        'video_urls[0] must be an http or https URL, got "ftp://example.com/a.mp4"',
    ),
    "a video with a space": (
        {"video_urls": ["https://example.com/a b.mp4"]},
        "video_urls[0]",
        "URLS-REQ",
        'video_urls[0] must be a URI, got "https://example.com/a b.mp4"',
    ),
    "another ratio": ({"aspect_ratio": "21:9"}, "aspect_ratio", "RATIO-VALUES", f'aspect_ratio {RATIOS}, got "21:9"'),
    "another quality": (
        {"quality": "480p"},
        "quality",
        "QUALITY-VALUES",
        'quality must be one of 720p, 1080p, got "480p"',
    ),
    "1 second": ({"duration": 1}, "duration", "DURATION-RANGE", "duration must be at least 2, got 1"),
    "11 seconds": ({"duration": 11}, "duration", "DURATION-RANGE", "duration must be at most 10, got 11"),
    "a fraction of a second": ({"duration": 5.5}, "duration", "DURATION-INT", "duration must be an integer, got 5.5"),
    "seconds in quotes": ({"duration": "5"}, "duration", "DURATION-INT", 'duration must be an integer, got "5"'),
    "seconds that are true": ({"duration": True}, "duration", "DURATION-INT", "duration must be an integer, got true"),
    "parameters that are a list": (
        {"model_params": []},
        "model_params",
        "PARAMS-OBJECT",
        "model_params must be an object",
    ),
    "another shot type": (
        {"model_params": {"shot_type": "many"}},
        "model_params.shot_type",
        "SHOT-VALUES",
        'model_params.shot_type must be one of single, multi, got "many"',
    ),
    "audio in quotes": (
        {"generate_audio": "true"},
        "generate_audio",
        "AUDIO-DEFAULT",
        'generate_audio must be a boolean, got "true"',
    ),
    "a callback by http": (
        {"callback_url": "http://example.com/hook"},
        "callback_url",
        "CB-HTTPS",
        'callback_url must be an https URL, got "http://example.com/hook"',
    ),
    "a callback of 2049 characters": (
        {"callback_url": "https://example.com/".ljust(2_049, "a")},
        "callback_url",
        "CB-LENGTH",
        'callback_url must have at most 2048 characters (has 2049), got "https://example.com/' + "a" * 38 + "…",
    ),
    "a callback that is no URI": (
        {"callback_url": "https://example.com/a b"},
        "callback_url",
        "CB-URI",
        'callback_url must be a URI, got "https://example.com/a b"',
    ),
}


@pytest.mark.clauses(
    "ERR-400",
    "ERR-PARAM",
    "MODEL-REQ",
    "MODEL-ENUM",
    "PROMPT-REQ",
    "PROMPT-MAX",
    "URLS-REQ",
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
@pytest.mark.parametrize(("changes", "param", "clause", "message"), REFUSED.values(), ids=list(REFUSED))
async def test_refused(
    client: httpx2.AsyncClient, changes: dict[str, Any], param: str, clause: str, message: str
) -> None:
    """A request just outside a bound is told the field, the rule and the clause."""
    answer = await client.post(CREATE, json=example(**changes))
    assert answer.status_code == 400
    assert answer.headers["x-mock-clauses"] == clause
    assert answer.json() == {"error": invalid_request(message, param)}


async def test_every_broken_clause_is_told_at_once(client: httpx2.AsyncClient) -> None:
    """Nobody has to mend one field to hear of the next."""
    wrong = example(prompt=None, duration=99, video_urls=["ftp://x/a", VIDEO, 3], quality="4k")
    answer = await client.post(CREATE, json=wrong)
    error = answer.json()["error"]
    assert error["param"] == "duration"
    assert error["message"] == (
        "Invalid request parameters: duration must be at most 10, got 99; prompt is required;"
        ' quality must be one of 720p, 1080p, got "4k"; video_urls[0] must be an http or https URL, got "ftp://x/a";'
        " video_urls[2] must be a string, got 3"
    )
    clauses = "DURATION-RANGE, PROMPT-REQ, QUALITY-VALUES, URLS-HTTP, URLS-REQ"
    assert answer.headers["x-mock-clauses"] == clauses


@pytest.mark.clauses("OP-CREATE")
@pytest.mark.parametrize("value", [[], "text", 3, True, None], ids=str)
async def test_a_body_must_be_an_object(client: httpx2.AsyncClient, value: object) -> None:
    """JSON of another type is refused as such."""
    answer = await client.post(CREATE, content=json.dumps(value))
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["message"].startswith("Invalid request parameters: the request body must be an object")
    assert "param" not in error


async def test_nothing_comes_of_a_refused_request(client: httpx2.AsyncClient, facts: SqliteStore) -> None:
    """There is no task, no reserve and no account after it."""
    await client.post(CREATE, json=example(duration=11, callback_url="http://example.com"))
    assert (await client.get("/v1/tasks")).json()["total"] == 0
    money = await facts.balance(account_id("default", KEY), opening=1_000 * CREDIT, now=0)
    assert (money.reserved, money.available) == (0, 1_000 * CREDIT)
    assert await facts.accounts("default") == ()
