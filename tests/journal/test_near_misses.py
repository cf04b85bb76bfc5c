"""What the journal says of refused requests, as the server refuses them."""

from typing import Any

import httpx2
import pytest

from openapi.operations import load_operations
from tests.journal.noting import entries, entry, noted
from tests.serving import CREATE, bearer, create, example

pytestmark = pytest.mark.anyio

MODEL = "wan2.6-reference-video-flash"
KNOWN = ", ".join(load_operations().of_models)
KEY_FORM = "must be Bearer, a space, and a key that starts with sk-"
NO_PATH = "is no path of the API"
Miss = tuple[str, str | None, Any, str, list[Any]]

BODIES: dict[str, tuple[dict[str, Any], list[Miss]]] = {
    "a number as text": (
        {"duration": "5"},
        [("duration", "DURATION-INT", "5", "must be an integer", [5])],
    ),
    "between two numbers": (
        {"duration": 5.5},
        [("duration", "DURATION-INT", 5.5, "must be an integer", [5, 6])],
    ),
    "too much": ({"duration": 12}, [("duration", "DURATION-RANGE", 12, "must be at most 10", [10])]),
    "in capitals": (
        {"quality": "1080P"},
        [("quality", "QUALITY-VALUES", "1080P", "must be one of 720p, 1080p", ["1080p"])],
    ),
    "another sign": (
        {"aspect_ratio": "16x9"},
        [("aspect_ratio", "RATIO-VALUES", "16x9", "must be one of 16:9, 9:16, 1:1, 4:3, 3:4", ["16:9"])],
    ),
    "truth as text": (
        {"generate_audio": "true"},
        [("generate_audio", "AUDIO-DEFAULT", "true", "must be a boolean", [True])],
    ),
    "one for many": (
        {"video_urls": "https://a.test/b.mp4"},
        [("video_urls", "URLS-REQ", "https://a.test/b.mp4", "must be an array", [["https://a.test/b.mp4"]])],
    ),
    "too many": (
        {"video_urls": ["https://a.test/b.mp4"] * 4},
        [("video_urls", "URLS-MAX", None, "must have at most 3 items (has 4)", [])],
    ),
    "a misspelt name": (
        {"video_urls": None, "video_url": "https://a.test/b.mp4"},
        [("video_urls", "URLS-REQ", "video_url", "is required", ["video_urls"])],
    ),
    "a missing field": (
        {"video_urls": None, "images": []},
        [("video_urls", "URLS-REQ", None, "is required", [])],
    ),
    "the wrong scheme": (
        {"callback_url": "http://hooks.example.com/done"},
        [
            (
                "callback_url",
                "CB-HTTPS",
                "http://hooks.example.com/done",
                "must be an https URL",
                ["https://hooks.example.com/done"],
            )
        ],
    ),
    "another model": (
        {"model": "wan2.6", "duration": 99},
        [("model", "MODEL-ENUM", "wan2.6", f"must be {MODEL}", [MODEL])],
    ),
    "a long prompt": (
        {"prompt": "a cat " * 300},
        [("prompt", "PROMPT-MAX", None, "must have at most 1500 characters (has 1800)", [])],
    ),
    "no text for a prompt": (
        {"prompt": 5},
        [("prompt", "PROMPT-REQ", None, "must be a string", [])],
    ),
    "an object in a list": (
        {"model_params": [{"shot_type": "multi", "prompt": "cat"}]},
        [("model_params", "PARAMS-OBJECT", None, "must be an object", [])],
    ),
    "a very long value": (
        {"quality": "p" * 300},
        [("quality", "QUALITY-VALUES", None, "must be one of 720p, 1080p", [])],
    ),
    "two at once": (
        {"duration": 1, "quality": "720", "callbackUrl": "x"},
        [
            ("duration", "DURATION-RANGE", 1, "must be at least 2", [2]),
            ("quality", "QUALITY-VALUES", "720", "must be one of 720p, 1080p", ["720p"]),
            ("callbackUrl", None, "callbackUrl", "is described by no page, and was ignored", ["callback_url"]),
        ],
    ),
}


def told(misses: list[dict[str, Any]]) -> list[Miss]:
    """Return near misses as rows."""
    return [(miss["field"], miss["clause"], miss["found"], miss["message"], miss["nearest"]) for miss in misses]


@pytest.mark.parametrize("case", BODIES)
async def test_bodies(client: httpx2.AsyncClient, case: str) -> None:
    """Each broken clause, with what was found and the nearest right form; of a prompt, nothing is told."""
    changes, expected = BODIES[case]
    assert (await client.post(CREATE, json=example(**changes))).status_code == 400
    assert told((await entries(client))[0]["near_misses"]) == expected


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("callbackUrl", ["callback_url"]),
        ("promt", ["prompt"]),
        ("shot_type", ["model_params.shot_type"]),
        ("seed", None),
    ],
)
async def test_accepted_names(client: httpx2.AsyncClient, name: str, meant: list[str] | None) -> None:
    """A field that no page describes is accepted and ignored; where it is nearly one that is, that is told."""
    await create(client, **{name: "x"})
    (shown,) = await entries(client)
    assert shown["status"] == 200
    assert shown["unknown_fields"] == [name]
    assert [miss["nearest"] for miss in shown["near_misses"]] == ([] if meant is None else [meant])


async def test_names_within_objects(client: httpx2.AsyncClient) -> None:
    """A name within an object is compared with those beside it."""
    await create(client, model_params={"shotType": "multi"})
    (shown,) = await entries(client)
    assert shown["unknown_fields"] == ["model_params.shotType"]
    assert shown["near_misses"][0]["nearest"] == ["model_params.shot_type"]


@pytest.mark.parametrize(
    ("method", "path", "status", "expected"),
    [
        (
            "POST",
            "/v1/video/generations",
            404,
            [("path", None, "POST /v1/video/generations", NO_PATH, ["POST /v1/videos/generations"])],
        ),
        (
            "POST",
            "/videos/generations",
            404,
            [("path", None, "POST /videos/generations", NO_PATH, ["POST /v1/videos/generations"])],
        ),
        ("GET", "/v1/credits/", 404, [("path", None, "GET /v1/credits/", NO_PATH, ["GET /v1/credits"])]),
        (
            "GET",
            "/v1/task/task-unified-1-a",
            404,
            [("path", None, "GET /v1/task/task-unified-1-a", NO_PATH, ["GET /v1/tasks/{task_id}"])],
        ),
        (
            "GET",
            f"{CREATE}/task-unified-1-a",
            404,
            [("path", None, f"GET {CREATE}/task-unified-1-a", NO_PATH, ["GET /v1/tasks/{task_id}"])],
        ),
        ("GET", "/favicon.ico", 404, [("path", None, "GET /favicon.ico", NO_PATH, [])]),
        ("GET", "/v1/models/wan2.6", 404, [("model", None, "wan2.6", f"must be one of {KNOWN}", [])]),
        ("GET", "/v1/tasks/task-unified-1-a", 404, []),
        ("GET", "/A/videos/2025/09/06/0.mp4", 404, []),
        ("GET", CREATE, 405, [("method", None, "GET", "must be POST", ["POST"])]),
        ("POST", "/v1/credits", 405, [("method", None, "POST", "must be GET or HEAD", ["GET"])]),
        (
            "GET",
            "/v1/tasks/task_unified_1",
            400,
            [("task_id", "TASK-ID-FORM", "task_unified_1", "must start with task-unified-", ["task-unified-1"])],
        ),
        (
            "GET",
            "/v1/tasks?status=Completed&page_size=100&page=2",
            400,
            [
                ("page_size", "LIST-PAGE-SIZE", 100, "must be at most 50", [50]),
                (
                    "status",
                    "LIST-STATUS",
                    "Completed",
                    "must be one of processing, completed, failed, cancelled",
                    ["completed"],
                ),
            ],
        ),
    ],
)
async def test_paths_and_parameters(
    client: httpx2.AsyncClient, method: str, path: str, status: int, expected: list[Miss]
) -> None:
    """A path that leads nowhere is told the nearest operation, and a parameter the nearest value."""
    assert (await client.request(method, path)).status_code == status
    assert told((await entries(client))[0]["near_misses"]) == expected


@pytest.mark.clauses("AUTH-401", "AUTH-BEARER")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, [("Authorization", "AUTH-BEARER", None, "is required", [])]),
        ("sk-test", [("Authorization", "AUTH-BEARER", "sk-…(redacted)", KEY_FORM, ["Bearer sk-…(redacted)"])]),
        (
            "Basic sk-test",
            [("Authorization", "AUTH-BEARER", "Basic sk-…(redacted)", KEY_FORM, ["Bearer sk-…(redacted)"])],
        ),
        (
            'Bearer "sk-test"',
            [("Authorization", "AUTH-BEARER", "Bearer (redacted)", KEY_FORM, ["Bearer sk-…(redacted)"])],
        ),
        ("Bearer test", [("Authorization", "AUTH-BEARER", "Bearer (redacted)", KEY_FORM, [])]),
        ("Bearer sk-mock-unauthorized", []),
    ],
)
async def test_keys(client: httpx2.AsyncClient, value: str | None, expected: list[Miss]) -> None:
    """What is wrong with the form of a key is told, and nothing of the key; of a right form nothing can be told."""
    del client.headers["authorization"]
    headers = {} if value is None else {"authorization": value}
    universe = {"x-mock-universe": "default"}
    assert (await client.get("/v1/credits", headers=headers | universe)).status_code == 401
    assert told((await entries(client))[0]["near_misses"]) == expected


@pytest.mark.parametrize(
    ("request_", "status", "expected"),
    [
        (
            {"content": b"{}", "headers": {"content-type": "text/plain"}},
            415,
            [("Content-Type", "HTTP-415", "text/plain", "must be application/json", ["application/json"])],
        ),
        (
            {"json": example(), "headers": {"idempotency-key": "a b"}},
            400,
            [("Idempotency-Key", "IDEM-KEY-FORM", None, "must consist of visible ASCII characters", [])],
        ),
        ({"json": example(), "headers": bearer("sk-mock-no-credit")}, 402, []),
    ],
)
async def test_headers(client: httpx2.AsyncClient, request_: dict[str, Any], status: int, expected: list[Miss]) -> None:
    """Another type of body is told the right one; of an idempotency key, the rule; of an empty account, nothing."""
    assert (await client.post(CREATE, **request_)).status_code == status
    assert told((await entries(client))[0]["near_misses"]) == expected


async def test_what_no_schema_finds(client: httpx2.AsyncClient) -> None:
    """Where the answer knows more than the schemas do, it is quoted, with what was found at its field."""
    await client.post(CREATE, json=example(callback_url="https://127.0.0.1/x"))
    await client.post(CREATE, content=b"{", headers={"content-type": "application/json"})
    await client.post(CREATE, json=example(prompt="[mock: fail=a-secret-of-mine]"))
    internal, broken, directive = [shown["near_misses"] for shown in await entries(client)]
    assert (internal[0]["field"], internal[0]["clause"]) == ("callback_url", "CB-NO-INTERNAL")
    assert internal[0]["found"] == "https://127.0.0.1/x"
    assert "must not lead to an internal address" in internal[0]["message"]
    assert (broken[0]["field"], broken[0]["found"]) == ("", None)
    assert "the body is not valid JSON" in broken[0]["message"]
    assert (directive[0]["field"], directive[0]["found"]) == ("prompt", None)
    assert "secret-of-mine" not in directive[0]["message"]


@pytest.mark.parametrize(
    "answer", [None, b"{", ["error"], {"error": 5}, {"error": {"message": 5}}, {"oops": 1}], ids=str
)
def test_an_answer_that_is_no_error_of_ours(answer: object) -> None:
    """Where a fault has spoilt the answer, nothing is read from it."""
    assert entry(noted({"model": 1}, answer, status=400, operation=None)).near_misses == ()
    for status in (404, 405):
        assert entry(noted(None, answer, status=status, operation=None, path="/nowhere")).near_misses == ()


def test_what_is_documented_but_not_served() -> None:
    """A path of the contract that this server does not have is not told to be wrong."""
    answer = {"error": {"message": "The requested resource could not be found"}}
    lost = noted(None, answer, method="GET", path="/api/v1/files/quota", status=404, operation=None)
    (miss,) = entry(lost).near_misses
    assert (miss.found, miss.message) == ("GET /api/v1/files/quota", "is documented, but not served here")
    assert miss.nearest == ()
