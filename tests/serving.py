"""The simulator as tests of its routes call it: in this process or over a socket, by a clock that only they move."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import httpx2
import pytest

from mock_server.core.types import SECOND, Instant
from mock_server.store import Store
from openapi.operations import load_operations

CREATE: Final = "/v1/videos/generations"
"""Where tasks are created."""

FILES: Final = "/api/v1/files/"
"""What the paths of the file service's operations start with."""

KEY: Final = "sk-test"
"""The key of a client that says nothing else. It lives in the universe `default`."""

LIVE: Final = pytest.param("live", marks=pytest.mark.uncounted)
"""Of what runs in this process and again over a socket, the second."""

START: Final = 1_757_169_743 * SECOND
"""When a test begins: 2025-09-06T14:42:23Z, the second of the published examples."""

_PAGE: Final = load_operations()["createWan26ReferenceVideoFlashGeneration"]
_FILES: Final = load_operations()["uploadFileStream"]
_JSON: Final = "application/json"


class Wall:
    """Real time as a test has it: microseconds since the epoch, which only `advance` moves."""

    def __init__(self) -> None:
        self._now = START

    def __call__(self) -> Instant:
        """Return the time."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._now += round(seconds * SECOND)

    def advance_to(self, instant: Instant) -> None:
        """Let time pass until an instant."""
        self._now = instant


class Serve(Protocol):
    """How a test gets a client of a simulator of its own. The simulator ends with the test."""

    async def __call__(self, *, store: Store | None = None, key: str = KEY, **settings: Any) -> httpx2.AsyncClient:
        """Serve with these settings, by a clock as fast as the test's wall if they give no other speed."""
        ...


def example(**changes: Any) -> dict[str, Any]:
    """Return the published request with other or more fields; a field that is to be None is left out."""
    published = _PAGE.request_example
    assert isinstance(published, dict)
    return {name: value for name, value in {**published, **changes}.items() if value is not None}


async def create(client: httpx2.AsyncClient, **changes: Any) -> dict[str, Any]:
    """Create a task from the published request and changes to it, and return the answer's body."""
    answer = await client.post(CREATE, json=example(**changes))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def bearer(key: str = KEY) -> dict[str, str]:
    """Return the header that carries a key; the usual one if none is given."""
    return {"authorization": f"Bearer {key}"}


async def check_answer(answer: httpx2.Response) -> None:
    """Hold an answer against the strict contract, whatever the test that receives it looks at."""
    await answer.aread()
    request = answer.request
    assert answer.headers["x-request-id"], "the answer has no x-request-id"
    key = request.headers.get("authorization", "").partition(" ")[2]
    assert not key or key not in answer.text + str(answer.headers), "the answer echoes the key"
    if request.method == "HEAD":
        assert not answer.content, "an answer to HEAD has a body"
    elif answer.status_code == httpx2.codes.NOT_MODIFIED:
        assert not answer.content, "an answer that nothing has changed has a body"
        assert "content-type" not in answer.headers
    elif _is_api(request.url.path) or answer.headers.get("content-type") == _JSON:
        assert answer.headers["content-type"] == _JSON
        assert int(answer.headers["content-length"]) == len(answer.content)
        _check_body(request.method, request.url.path, answer.status_code, answer.json())


def _is_api(path: str) -> bool:
    return path.startswith("/v1/") or (path.startswith(FILES) and not path.startswith(f"{FILES}download/"))


def _check_body(method: str, path: str, status: int, body: Mapping[str, Any]) -> None:
    operation = load_operations().at(method, path)
    if operation is not None:
        assert operation.response_violations(status, body) == (), f"{operation} answered {status} off its contract"
    elif status >= 400 and (path.startswith(FILES) or "/uploads/" in path):
        assert _FILES.response_violations(400, body) == (), f"{status} without the form of the file service's errors"
    elif status >= 400:
        assert _PAGE.response_violations(400, body) == (), f"{status} without the error's form"
