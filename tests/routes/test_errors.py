"""What is no operation, what is a bug of ours, and what every answer carries."""

import logging

import httpx2
import pytest
from starlette.types import Message, Scope

from mock_server.app import create_app
from mock_server.core.types import Task
from mock_server.journal.exchange import Exchange
from mock_server.store import SqliteStore
from tests.serving import CREATE, KEY, Serve, create, example

pytestmark = pytest.mark.anyio


@pytest.mark.clauses("ERR-BODY")
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v1/tasks/",
        "/v1/credits/",
        "/v1/videos/generations/",
        "/v1/videos/generations/task-unified-1757169743-7cvnl5zw",
        "/v1/tasks/task-unified-a/b",
        "/v1/files",
        "/V1/tasks",
        "/_mock/nothing",
        "/favicon.ico",
    ],
)
async def test_no_such_route(client: httpx2.AsyncClient, path: str) -> None:
    """A path that leads nowhere is told in the usual form, and a slash at the end makes another path."""
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "code": "not_found",
        "message": f"The requested resource could not be found: GET {path}",
        "type": "invalid_request_error",
    }


async def test_a_long_path_is_cut(client: httpx2.AsyncClient) -> None:
    """The message does not repeat whatever was sent."""
    answer = await client.get("/" + "a" * 5_000)
    assert len(answer.json()["error"]["message"]) < 300


@pytest.mark.uncounted
@pytest.mark.clauses("ERR-BODY")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "POST", "GET", "HEAD"])
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (CREATE, "POST"),
        ("/v1/tasks", "GET, HEAD"),
        ("/v1/tasks/task-unified-1", "GET, HEAD"),
        ("/v1/tasks/batch", "POST"),
        ("/v1/credits", "GET, HEAD"),
        ("/v1/models", "GET, HEAD"),
        ("/v1/models/wan2.6-reference-video-flash", "GET, HEAD"),
        ("/_mock/clock", "GET, HEAD, POST"),
        ("/_mock/reset", "POST"),
        ("/openapi.json", "GET, HEAD"),
    ],
)
async def test_methods(client: httpx2.AsyncClient, method: str, path: str, allowed: str) -> None:
    """A method that the path does not have is refused, and the answer says which ones it has."""
    answer = await client.request(method, path)
    if method in allowed.split(", "):
        assert answer.status_code != 405
        return
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    if method != "HEAD":
        assert answer.json()["error"] == {
            "code": "method_not_allowed",
            "message": f"Method not allowed: {method} {path}",
            "type": "invalid_request_error",
        }


@pytest.mark.parametrize(
    "path",
    [
        "/v1/tasks",
        "/v1/tasks/task-unified-1",
        "/v1/tasks/1",
        "/v1/credits",
        "/v1/models",
        "/v1/models/sora",
        "/_mock/health",
        "/openapi.json",
        "/nowhere",
    ],
)
async def test_head(client: httpx2.AsyncClient, path: str) -> None:
    """HEAD answers what GET would, without the body."""
    head, get = await client.head(path), await client.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    for name in ("content-type", "content-length"):
        assert head.headers[name] == get.headers[name]


class Broken(SqliteStore):
    """A store that has been pulled out."""

    async def task(self, universe: str, task_id: str) -> Task | None:
        """Fail."""
        raise OSError(f"no disk for {task_id} of {universe}")


@pytest.mark.clauses("TASK-500")
async def test_a_bug_is_the_documented_500(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """The client sees the page's own error and nothing of the cause; the log has the cause, and not the key."""
    client = await serve(store=Broken())
    with caplog.at_level(logging.DEBUG):
        answer = await client.get("/v1/tasks/task-unified-1")
    assert answer.status_code == 500
    assert answer.json()["error"] == {
        "code": "internal_error",
        "message": "Failed to retrieve task status",
        "type": "api_error",
    }
    assert "Traceback" in caplog.text
    assert "OSError: no disk for task-unified-1 of default" in caplog.text
    assert "getTaskDetail failed" in caplog.text
    assert KEY not in caplog.text
    assert (await client.get("/v1/tasks")).status_code == 200


@pytest.mark.clauses("HTTP-REQUEST-ID")
async def test_request_ids(serve: Serve) -> None:
    """Every answer has an id of its own, and a server counts them from its seed."""
    paths = ["/v1/tasks", "/nowhere", "/v1/tasks/1", "/_mock/health", "/openapi.json", "/A/videos/2025/09/06/0.mp4"]
    sequences = []
    for seed in ("a", "a", "b"):
        client = await serve(seed=seed)
        sequences.append([(await client.get(path)).headers["x-request-id"] for path in paths])
    assert len(set(sequences[0])) == len(paths)
    assert sequences[0] == sequences[1]
    assert not set(sequences[0]) & set(sequences[2])


def scope(path: str, method: str = "POST", body_type: bytes = b"application/json") -> Scope:
    """Return what a server hands an app for a request of ours."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", b"localhost"),
            (b"authorization", f"Bearer {KEY}".encode()),
            (b"content-type", body_type),
        ],
    }


@pytest.mark.parametrize("path", [CREATE, "/_mock/clock"])
async def test_a_client_that_goes_away(path: str) -> None:
    """Half a request is no request: nothing is answered, nothing is created, and the exchange is noted."""
    sent: list[Message] = []
    noted: list[Exchange] = []
    store = SqliteStore()
    arriving: list[Message] = [
        {"type": "http.request", "body": b'{"model": "wan', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return arriving.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await create_app(store=store, finished=noted.append)(scope(path), receive, send)
    await store.close()
    assert sent == []
    assert [(exchange.path, exchange.status) for exchange in noted] == [(path, 0)]


async def test_exchanges_are_noted() -> None:
    """What is known of a request at its end: operation, universe, account, task, status, broken clauses."""
    noted: list[Exchange] = []
    store = SqliteStore()
    transport = httpx2.ASGITransport(app=create_app(store=store, finished=noted.append))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        client.headers["authorization"] = f"Bearer {KEY}"
        task = await create(client)
        await client.post(CREATE, json=example(duration=99))
        await client.get("/nowhere")
    await store.close()
    made, refused, lost = noted
    assert made.operation == refused.operation == "createWan26ReferenceVideoFlashGeneration"
    assert (made.status, made.task, made.universe, made.clauses) == (200, task["id"], "default", ())
    assert (refused.status, refused.task, refused.clauses) == (400, None, ("DURATION-RANGE",))
    assert refused.account == made.account is not None
    assert (lost.status, lost.operation, lost.universe) == (404, None, "default")
    assert len({exchange.id for exchange in noted}) == 3
