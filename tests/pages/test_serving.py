"""Pages as clients see them: several models at one path, each by its own page, from the order to the result."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mock_server.assembly import load_catalogue
from mock_server.serving.banner import banner
from mock_server.settings import Settings, SettingsError
from tests.pages.writing import KINDS, error, page, write
from tests.serving import CREATE, START, Wall, example

Served = Callable[..., Awaitable[httpx2.AsyncClient]]

TEXT = {"type": "string"}


async def ask(client: httpx2.AsyncClient, path: str = CREATE, **body: Any) -> httpx2.Response:
    """Ask for a task."""
    return await client.post(path, json=body)


async def test_several_models_at_one_path(served: Served) -> None:
    """Each request is held against the page of its model, and the package's models stay."""
    client = await served({"one.json": page("one"), "two.md": page("two", required=("model",))})
    assert (await client.post(CREATE, json=example())).status_code == 200
    made = (await ask(client, model="two")).json()
    assert (made["model"], made["task_info"]["estimated_time"]) == ("two", 50)
    assert (await client.get(f"/v1/tasks/{made['id']}")).json()["model"] == "two"
    refused = await ask(client, model="one")
    assert refused.headers["x-mock-clauses"] == "one/body/prompt/required"
    assert refused.json()["error"] == {
        "code": "invalid_parameter",
        "message": "That is wrong: prompt is required",
        "type": "invalid_request_error",
        "param": "prompt",
    }
    known = [model["id"] for model in (await client.get("/v1/models")).json()["data"]]
    assert {"one", "two"} < set(known)


async def test_unknown_models(served: Served) -> None:
    """A model is only known at its own path, and one that is not known is refused with those that are."""
    client = await served({"one.json": page("one"), "two.json": page("two", kind="image")})
    refused = await ask(client, KINDS["image"], model="one", prompt="A cat")
    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == 'That is wrong: model must be one of two, got "one"'
    assert refused.headers["x-mock-clauses"] == "MODEL-ENUM"
    assert (await ask(client, KINDS["image"])).json()["error"]["message"] == "That is wrong: model is required"
    assert (await ask(client, KINDS["image"], model=["two"])).status_code == 400
    assert (await client.post(KINDS["image"], json=["two"])).status_code == 400
    assert (await client.get(KINDS["image"])).status_code == 405
    assert (await client.post(KINDS["audio"], json={})).status_code == 404


async def test_a_model_that_may_be_left_out(served: Served) -> None:
    """Who names no model means the one that is its page's default."""
    model = {"type": "string", "enum": ["first", "second"], "default": "second"}
    body = {"type": "object", "properties": {"model": model, "prompt": TEXT}}
    client = await served({"pair.json": page(body=body, kind="audio"), "one.json": page("one", kind="audio")})
    made = await ask(client, KINDS["audio"], prompt="A cat")
    assert made.json()["model"] == "second"
    assert (await ask(client, KINDS["audio"], model="first")).json()["model"] == "first"
    assert (await ask(client, KINDS["audio"], prompt=1)).headers["x-mock-clauses"] == "pair/body/prompt/type"


async def test_errors_of_the_page(served: Served) -> None:
    """Code, message and type of an error are those that the page shows for its status."""
    responses = dict([error(401, "no_key", "Who are you?", "auth"), error(403, "closed", "Not for you: sketch")])
    client = await served({"one.json": page("one", kind="image", responses=responses)})
    path, body = KINDS["image"], {"model": "one", "prompt": "A cat"}
    nobody = await client.post(path, json=body, headers={"authorization": "nothing"})
    assert nobody.json()["error"] == {"code": "no_key", "message": "Who are you?", "type": "auth"}
    closed = await client.post(path, json=body, headers={"authorization": "Bearer sk-mock-no-access"})
    assert closed.json()["error"]["code"] == "closed"
    assert closed.json()["error"]["message"] == "Token does not have access to model: one"
    conflict = {"idempotency-key": "run-1"}
    await client.post(path, json=body, headers=conflict)
    other = await client.post(path, json={**body, "prompt": "A dog"}, headers=conflict)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
    planned = await client.post(path, json=body, headers={"x-mock-plan": "answer 403"})
    assert planned.json()["error"]["code"] == "closed"
    assert (await client.post(path, content=b"{")).json()["error"]["code"] == "invalid_parameter"


async def test_answers_fit_the_page(served: Served) -> None:
    """What the page does not allow is left out, what it requires is there, and a value is one that it has."""
    answer = {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "status", "state", "count", "share", "flag", "list", "nothing", "more", "level", "absent"],
        "properties": {
            "id": {"type": "string"},
            "created": {"type": "string", "example": "2026-01-01T00:00:00Z"},
            "status": {"type": "string", "enum": ["queued", "running"]},
            "progress": {"type": ["integer", "null"]},
            "type": {"const": "picture"},
            "task_info": {
                "type": "object",
                "additionalProperties": False,
                "required": ["estimated_time"],
                "properties": {"estimated_time": {"type": "integer"}, "can_cancel": {"type": "integer", "minimum": 2}},
            },
            "state": {"enum": ["new"]},
            "count": {"type": "integer", "minimum": 3},
            "share": {"type": "number"},
            "flag": {"type": "boolean"},
            "list": {"type": "array"},
            "nothing": {},
            "more": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "default": "b"}}},
            "level": {"type": "string", "enum": ["low"], "example": "high"},
        },
    }
    responses = {"201": {"description": "", "content": {"application/json": {"schema": answer}}}}
    document = page("one", kind="image", responses=responses)
    del document["paths"][KINDS["image"]]["post"]["responses"]["200"]
    client = await served({"one.json": document})
    made = await ask(client, KINDS["image"], model="one", prompt="A cat")
    assert made.status_code == 201
    body = made.json()
    assert body.pop("id").startswith("task-unified-")
    assert body == {
        "created": "2026-01-01T00:00:00Z",
        "status": "queued",
        "progress": 0,
        "type": "picture",
        "task_info": {"estimated_time": 30, "can_cancel": 2},
        "state": "new",
        "count": 3,
        "share": 0,
        "flag": False,
        "list": [],
        "nothing": None,
        "more": {"a": "b"},
        "level": "low",
    }
    again = await client.post(
        KINDS["image"], json={"model": "one", "prompt": "A cat"}, headers={"x-mock-plan": "task length=2"}
    )
    assert again.json()["status"] == "queued"


async def test_what_clients_read_stays(served: Served) -> None:
    """A page that closes nothing gets the whole answer."""
    client = await served({"one.json": page("one")})
    made = (await ask(client, model="one", prompt="A cat")).json()
    assert {"billing", "usage", "task_info"} <= made.keys()
    assert made["usage"] == {"billing_rule": "per_second", "credits_reserved": 25, "user_group": "default"}


@pytest.mark.parametrize("kind", ["video", "image", "audio"])
async def test_results_of_each_kind(served: Served, wall: Wall, kind: str) -> None:
    """A completed task shows a link to a file of its kind; where nothing is rendered, a packaged one."""
    client = await served({"one.json": page("one", kind=kind)})
    made = (await ask(client, KINDS[kind], model="one", prompt="A cat")).json()
    assert (made["type"], made["object"]) == (kind, f"{kind}.generation.task")
    wall.advance(600)
    task = (await client.get(f"/v1/tasks/{made['id']}")).json()
    assert task["type"] == kind
    file = await client.get(task["results"][0])
    types = {"video": "video/mp4", "image": "image/png", "audio": "audio/mpeg"}
    assert file.headers["content-type"] == types[kind]
    assert file.content[:16].find({"video": b"ftyp", "image": b"PNG", "audio": b"ID3"}[kind]) >= 0
    assert file.headers["x-mock-media"] == "placeholder"


@pytest.mark.uncounted
@pytest.mark.parametrize(
    ("kind", "body", "seen"),
    [
        ("image", {"size": "128x96"}, ("png", 128, 96)),
        ("image", {"size": "64x65", "resolution": "tiny"}, ("png", 64, 96)),
        ("audio", {"duration": 2, "prompt": "A song"}, ("mp3", 0, 0)),
    ],
)
async def test_rendered_results(served: Served, folder: Path, wall: Wall, kind: str, body: Any, seen: Any) -> None:
    """With the extra `media` they are made for their task, as large or as long as it asks for."""
    av = pytest.importorskip("av")
    sizes = {"tiny": {"2:3": [64, 96]}}
    write(folder, {"result": {"sizes": sizes, "quality_fields": ["resolution"]}}, "one.model.yaml")
    fields = {"size": TEXT, "resolution": TEXT, "duration": {"type": "integer"}}
    client = await served({"one.json": page("one", kind=kind, fields=fields)}, videos="rendered")
    client.timeout = httpx2.Timeout(60)
    made = (await ask(client, KINDS[kind], **{"model": "one", "prompt": "A cat", **body})).json()
    wall.advance(600)
    link = (await client.get(f"/v1/tasks/{made['id']}")).json()["results"][0]
    file = await client.get(link)
    assert file.headers["x-mock-media"] == "rendered"
    path = folder / f"result.{seen[0]}"
    path.write_bytes(file.content)
    with av.open(path) as media:
        (stream,) = media.streams
        assert (stream.type, stream.codec_context.name) == (
            ("audio", "mp3float") if kind == "audio" else ("video", "png")
        )
        if kind == "image":
            assert (stream.codec_context.width, stream.codec_context.height) == seen[1:]
        else:
            assert media.duration == pytest.approx(2_000_000, abs=60_000)
    assert made["created"] == START // 1_000_000


async def test_lengths_that_are_left_open(served: Served) -> None:
    """A length below one, or that is no number, counts as the one that is usual."""
    fields: dict[str, Any] = {"duration": {}, "callback_url": {}}
    client = await served({"one.json": page("one", fields=fields)})
    for duration, credits_ in ((-1, 25), ("8s", 25), (8, 40)):
        made = await ask(client, model="one", prompt="A cat", duration=duration, callback_url=None)
        assert made.json()["usage"]["credits_reserved"] == credits_


async def test_the_journal_knows_the_page(served: Served) -> None:
    """Exchanges have the operation of their page, and its words are no secrets."""
    client = await served({"one.json": page("one", fields={"mood": {"enum": ["sunny"]}})})
    await ask(client, model="one", prompt="Hush hush", mood="sunny", other="x")
    (entry,) = (await client.get("/_mock/journal")).json()["entries"]
    assert entry["operation"] == "createOne"
    assert "sunny" in entry["request"]["body"]
    assert "Hush" not in entry["request"]["body"]
    snapshot = (await client.get("/_mock/snapshot")).json()
    assert snapshot["tasks"][0]["model"] == "one"
    plan = {"plans": "answer 500 on=createOne"}
    assert (await client.post("/_mock/plans", json=plan)).status_code == 200
    snapshot = (await client.get("/_mock/snapshot")).json()
    assert (await client.put("/_mock/snapshot", json=snapshot)).status_code == 200
    assert (await ask(client, model="one", prompt="A cat")).status_code == 500
    assert (await client.post(CREATE, json=example())).status_code == 200


async def test_the_control_api_lists_what_is_served(served: Served) -> None:
    """It shows what `evolink-mock models` shows."""
    client = await served({"one.json": page("one"), "chat.yaml": page(path="/v1/chat", answer={"properties": {}})})
    listed = (await client.get("/_mock/models")).json()
    (model,) = [each for each in listed["models"] if each["id"] == "one"]
    assert (model["kind"], model["path"], model["operation"], model["page"]) == ("video", CREATE, "createOne", "one")
    assert model["sources"]["price"] == "the defaults for video"
    assert model["broken_examples"] == []
    (refused,) = listed["refused"]
    assert refused["file"].endswith("chat.yaml")
    assert refused["reason"].startswith("POST /v1/chat: its answer is no task")


async def test_the_contract_that_is_shown(served: Served) -> None:
    """The pages are in /openapi.json: those of one path as one operation that takes what any of them takes."""
    client = await served({"one.json": page("one"), "two.json": page("two", kind="image")})
    document = (await client.get("/openapi.json")).json()
    joined = document["paths"][CREATE]["post"]
    assert joined["operationId"] == "createVideosGenerations"
    schema = joined["requestBody"]["content"]["application/json"]["schema"]
    assert schema["anyOf"][-1]["properties"]["model"] == {"type": "string", "enum": ["one"]}
    examples = joined["requestBody"]["content"]["application/json"]["examples"]
    assert examples["createOne_example_1"] == {"value": {"model": "one", "prompt": "A cat"}}
    assert document["paths"][KINDS["image"]]["post"]["operationId"] == "createTwo"
    published = (await client.get("/openapi.yaml?view=published")).text
    assert "createTwo" in published


def test_the_banner_says_what_came_of_the_pages(folder: Path) -> None:
    """How many are served, and a line for each that is not."""
    write(folder, page("one"))
    write(folder, {}, "bad.json")
    settings = Settings(pages=(str(folder),))
    (line, more) = [
        line for line in banner(settings, "http://x", None).splitlines() if "served" in line or "bad" in line
    ]
    assert line == "  pages      1 served"
    assert (
        more.strip() == f"refused {folder / 'bad.json'}: is no OpenAPI document of version 3, and has no block with one"
    )
    assert "pages" not in banner(Settings(), "http://x", None)
    with pytest.raises(SettingsError, match="pages: nowhere is no file"):
        load_catalogue(Settings(pages=("nowhere",)))
