"""The contract as the server shows it: valid, whole, and of what is served alone."""

import json
import re
from typing import Any

import httpx2
import openapi_spec_validator
import pytest
import yaml
from starlette.routing import Route

from mock_server.app import create_app
from mock_server.store import SqliteStore
from openapi.operations import load_operations

pytestmark = pytest.mark.anyio


async def shown(client: httpx2.AsyncClient, query: str = "") -> dict[str, Any]:
    """Return the contract as JSON."""
    answer = await client.get(f"/openapi.json{query}")
    assert answer.status_code == 200
    document: dict[str, Any] = json.loads(answer.content)
    return document


def operations(document: dict[str, Any]) -> dict[str, set[str]]:
    """Return the methods of each path."""
    return {path: {method.upper() for method in item} for path, item in document["paths"].items()}


@pytest.mark.uncounted
@pytest.mark.parametrize("query", ["", "?view=strict", "?view=published"])
async def test_valid(client: httpx2.AsyncClient, query: str) -> None:
    """Each view is an OpenAPI 3.1 document, served from where it is read."""
    document = await shown(client, query)
    openapi_spec_validator.validate(document)
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "/", "description": "This server"}]


async def test_strict_is_the_default(client: httpx2.AsyncClient) -> None:
    """Who asks for nothing gets everything that can be checked."""
    assert await shown(client) == await shown(client, "?view=strict") != await shown(client, "?view=published")


@pytest.mark.uncounted
@pytest.mark.parametrize("query", ["", "?view=published"])
async def test_yaml_says_the_same(client: httpx2.AsyncClient, query: str) -> None:
    """Both forms hold one document."""
    answer = await client.get(f"/openapi.yaml{query}")
    assert answer.headers["content-type"] == "application/yaml"
    assert yaml.safe_load(answer.content) == await shown(client, query)


async def test_published_shows_todays_pages(client: httpx2.AsyncClient) -> None:
    """What only clients know of is not in the published view."""
    assert operations(await shown(client, "?view=published")) == {
        "/v1/credits": {"GET"},
        "/v1/tasks/{task_id}": {"GET"},
        "/v1/videos/generations": {"POST"},
    }


async def test_every_operation_is_served(client: httpx2.AsyncClient) -> None:
    """Each path answers to its own methods and no other, and says which they are."""
    for path, methods in operations(await shown(client)).items():
        answer = await client.request("TRACE", re.sub(r"\{.*?\}", "x", path))
        assert answer.status_code == 405
        assert set(answer.headers["allow"].split(", ")) == methods | ({"HEAD"} if "GET" in methods else set())


async def test_every_route_is_in_the_contract(client: httpx2.AsyncClient) -> None:
    """No route of the API is without its operation."""
    store = SqliteStore()
    served = {route.path for route in create_app(store=store).routes if isinstance(route, Route)}
    await store.close()
    documented = set(operations(await shown(client)))
    assert {path for path in served if path.startswith("/v1/")} == documented
    assert {path.split("/")[1] for path in served - documented} == {
        "_mock",
        "openapi.json",
        "openapi.yaml",
        "api",
        "{account}",
    }


async def test_operations_are_the_compiled_ones(client: httpx2.AsyncClient) -> None:
    """The ids in the document are those by which programs find operations; the file service is another host's."""
    ids = {method["operationId"] for item in (await shown(client))["paths"].values() for method in item.values()}
    served = {name: found for name, found in load_operations().items() if not found.path.startswith("/api/")}
    assert ids == {"createVideosGenerations", *(name for name, found in served.items() if not found.models)}


@pytest.mark.parametrize("view", ["", "loose", "STRICT"])
async def test_another_view(client: httpx2.AsyncClient, view: str) -> None:
    """There are two views."""
    answer = await client.get(f"/openapi.json?view={view}")
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": "invalid_request",
        "message": "Invalid request parameters: view must be one of published, strict",
        "type": "invalid_request_error",
        "param": "view",
    }


async def test_the_contract_needs_no_key(client: httpx2.AsyncClient) -> None:
    """Tools read it before they have one."""
    del client.headers["authorization"]
    assert (await client.get("/openapi.json")).status_code == 200
