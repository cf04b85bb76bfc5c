"""Bodies that are no JSON, too much of it, or something else: always the documented error, never a crash."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.bodies import invalid_request
from tests.serving import CREATE, Serve, example

pytestmark = pytest.mark.anyio

BATCH = "/v1/tasks/batch"
DEEP = 100_000
TOO_DEEP = "the body is nested too deeply: at most 128 levels are read"

MALFORMED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "the body is empty"),
    "half a document": (b'{"model": "wan', "the body is not valid JSON (Input data was truncated)"),
    "two documents": (b"{} {}", "the body is not valid JSON (JSON is malformed: trailing characters (byte 4))"),
    "single quotes": (
        b"{'a': 1}",
        "the body is not valid JSON (JSON is malformed: object keys must be strings (byte 1))",
    ),
    "NaN": (b'{"duration": NaN}', "the body is not valid JSON (JSON is malformed: invalid character (byte 13))"),
    "a number out of range": (b'{"duration": 1e400}', "the body is not valid JSON (Number out of range - at `$[...]`)"),
    "bytes that are no UTF-8": (b'{"prompt": "\xff"}', "the body is not valid UTF-8 (byte 12)"),
    "Latin-1": ('{"prompt": "é"}'.encode("latin-1"), "the body is not valid UTF-8 (byte 12)"),
    "UTF-16": ("{}".encode("utf-16"), "the body is not valid UTF-8 (byte 0)"),
    "a lone surrogate": (rb'{"prompt": "\ud800"}', "the body is not valid JSON (Input data was truncated)"),
    "a name twice": (b'{"model": "a", "model": "b"}', 'the name "model" stands twice in one object'),
    "a name twice, deep down": (b'{"model_params": {"a": 1, "a": 2}}', 'the name "a" stands twice in one object'),
    "arrays without end": (b"[" * DEEP, TOO_DEEP),
    "deep arrays": (b'{"a": ' + b"[" * DEEP + b"]" * DEEP + b"}", TOO_DEEP),
    "deep objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, TOO_DEEP),
}


@pytest.mark.clauses("OP-CREATE", "ERR-400", "ERR-BODY")
@pytest.mark.parametrize("path", [CREATE, BATCH], ids=["create", "batch"])
@pytest.mark.parametrize(("content", "detail"), MALFORMED.values(), ids=list(MALFORMED))
async def test_malformed(client: httpx2.AsyncClient, path: str, content: bytes, detail: str) -> None:
    """What cannot be read is a 400 that says where."""
    answer = await client.post(path, content=content)
    assert answer.status_code == 400
    assert answer.json()["error"] == invalid_request(detail)


@pytest.mark.clauses("HTTP-415")
@pytest.mark.parametrize("path", [CREATE, BATCH], ids=["create", "batch"])
@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "text/plain; charset=utf-8", "application/x-www-form-urlencoded", "application/jsonp", ""],
)
async def test_another_media_type(client: httpx2.AsyncClient, path: str, media_type: str) -> None:
    """A body that says that it is something else is not read."""
    answer = await client.post(path, json=example(), headers={"content-type": media_type})
    assert answer.status_code == 415
    assert answer.headers["x-mock-clauses"] == "HTTP-415"
    assert answer.json()["error"] == {
        "code": "unsupported_media_type",
        "message": f'Content-Type must be application/json: got "{media_type}"',
        "type": "invalid_request_error",
    }


async def chunks(content: bytes, size: int) -> AsyncIterator[bytes]:
    """Send a body piece by piece, without its length."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.clauses("HTTP-413")
@pytest.mark.parametrize("path", [CREATE, BATCH], ids=["create", "batch"])
@pytest.mark.parametrize("streamed", [False, True], ids=["with its length", "in chunks"])
async def test_too_large(serve: Serve, path: str, streamed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """One byte more than the limit is too much, whether the length is told or not."""
    client = await serve(body_limit=2_000)
    content = b'"' + b"a" * 1_999 + b'"'
    answer = await client.post(path, content=chunks(content, 700) if streamed else content)
    assert ("content-length" in answer.request.headers) is not streamed
    assert answer.status_code == 413
    assert answer.headers["x-mock-clauses"] == "HTTP-413"
    assert answer.json()["error"] == {
        "code": "request_too_large",
        "message": f"Request body is too large: at most 2000 bytes are read{'' if streamed else ', got 2001'}",
        "type": "invalid_request_error",
    }


@pytest.mark.parametrize("streamed", [False, True], ids=["with its length", "in chunks"])
async def test_just_small_enough(serve: Serve, streamed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A body of exactly the limit is read."""
    client = await serve(body_limit=2_000)
    content = b'"' + b"a" * 1_998 + b'"'
    answer = await client.post(CREATE, content=chunks(content, 700) if streamed else content)
    assert "the request body must be an object" in answer.json()["error"]["message"]


@pytest.mark.clauses("HTTP-413")
async def test_much_too_large(client: httpx2.AsyncClient) -> None:
    """The answer reaches a client that sends far more than is read, and the connection lives on."""
    for content in (b"a" * 5_000_000, chunks(b"a" * 5_000_000, 50_000)):
        assert (await client.post(CREATE, content=content)).status_code == 413
    assert (await client.get("/v1/tasks")).status_code == 200
