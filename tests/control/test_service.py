"""What holds for every operation of the control API: what it reads, and what it answers where nothing can be done."""

import re
from importlib.metadata import version

import httpx2
import pytest

from mock_server.client import AsyncControl
from mock_server.control.operations import OPERATIONS
from mock_server.store import SqliteStore
from openapi.operations import load_operations
from tests.serving import Serve, create

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}
PATHS = sorted({operation.path for operation in OPERATIONS})
PLAIN = sorted({operation.path for operation in OPERATIONS if operation.method == "GET" and "{" not in operation.path})


async def test_health(client: httpx2.AsyncClient) -> None:
    """Whoever waits for the server to come up asks here, without a key."""
    del client.headers["authorization"]
    assert (await client.get("/_mock/health")).json() == {
        "status": "ok",
        "version": version("evolink-mock"),
        "models": list(load_operations().of_models),
        "universe": "default",
    }


@pytest.mark.parametrize("path", PLAIN)
async def test_head_is_get_without_a_body(client: httpx2.AsyncClient, path: str) -> None:
    """The head tells the length of what would come, whether it is JSON or something else."""
    await create(client)
    await client.post("/_mock/clock", json={"mode": "frozen"})
    head, got = await client.head(path), await client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert got.content
    assert head.headers["content-type"] == got.headers["content-type"]
    assert int(got.headers["content-length"]) == len(got.content)


@pytest.mark.parametrize("path", PATHS)
async def test_a_method_that_a_path_does_not_have(client: httpx2.AsyncClient, path: str) -> None:
    """The answer names those that it has."""
    methods = {operation.method for operation in OPERATIONS if operation.path == path}
    answer = await client.request("PATCH", re.sub(r"{.*?}", "a", path))
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) == methods | ({"HEAD"} if "GET" in methods else set())


@pytest.mark.parametrize("path", ["/_mock/nothing", "/_mock/clock/", "/_mock/tasks/a/b", "/_mocks"])
async def test_an_unknown_path(client: httpx2.AsyncClient, path: str) -> None:
    """It is not found, in the form of every error, and no slash is taken away."""
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert answer.json()["error"]["message"].endswith(f": GET {path}")


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", {}, 200),
        (b"", {"content-type": "application/x-www-form-urlencoded"}, 200),
        (b"{}", JSON, 200),
        (b"{}", {"content-type": "Application/JSON; charset=utf-8"}, 200),
        (b"{}", {}, 200),
        (b"{}", {"content-type": "application/x-www-form-urlencoded"}, 415),
        (b"{", JSON, 400),
        (b" ", JSON, 400),
        (b"[]", JSON, 400),
        (b'{"seed": "a", "seed": "b"}', JSON, 400),
        (b'{"seed": "\xff"}', JSON, 400),
        (b'{"seed": NaN}', JSON, 400),
    ],
    ids=str,
)
async def test_bodies(client: httpx2.AsyncClient, content: bytes, headers: dict[str, str], status: int) -> None:
    """A body is JSON, as everywhere else; an empty one is an object without fields, whatever it says that it is."""
    answer = await client.post("/_mock/reset", content=content, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("method", "path"), [("GET", "/_mock/clock"), ("DELETE", "/_mock/universes/default")])
async def test_a_body_where_none_is_taken(client: httpx2.AsyncClient, method: str, path: str) -> None:
    """Fields that nobody reads are refused; an empty object is none."""
    await create(client)
    refused = await client.request(method, path, json={"mode": "frozen"})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "mode")
    assert refused.json()["error"]["message"].endswith("mode: unknown name; none is known")
    assert (await client.request(method, path, json={})).status_code == 200


async def test_a_parameter_that_nobody_reads(client: httpx2.AsyncClient) -> None:
    """It is refused as well."""
    answer = await client.get("/_mock/clock?mode=frozen")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "mode")


async def test_of_a_parameter_that_stands_twice_the_last_counts(
    client: httpx2.AsyncClient, control: AsyncControl
) -> None:
    """As in the API itself."""
    task = (await create(client))["id"]
    assert (await client.get("/_mock/tasks?status=failed&status=pending")).json()["tasks"][0]["id"] == task
    assert (await control.list_tasks(status="failed")).tasks == ()


async def test_too_large_a_body(serve: Serve) -> None:
    """The limit of bodies holds here, too."""
    client = await serve(body_limit=2_000)
    assert (await client.post("/_mock/clock", content=b" " * 2_001)).status_code == 413


class Broken(SqliteStore):
    """A store that has lost its accounts."""

    async def accounts(self, universe: str) -> tuple[str, ...]:
        """Fail."""
        raise OSError(universe)


async def test_a_bug_is_a_500(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """What nobody foresaw is answered in the usual form, and told in the log."""
    client = await serve(store=Broken())
    answer = await client.get("/_mock/accounts")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "listAccounts failed; this is a bug of the simulator" in caplog.text
    assert "OSError: default" in caplog.text


async def test_control_requests_are_not_journalled(client: httpx2.AsyncClient, control: AsyncControl) -> None:
    """What a test does to the universe is no part of what its client did."""
    await client.get("/v1/models")
    await client.get("/_mock/nothing")
    assert (await control.show_universe("default")).exchanges == 1
