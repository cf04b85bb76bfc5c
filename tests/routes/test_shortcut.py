"""The way past the framework leads where the framework leads, and leaves to it what is not its own."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.api.shortcut import Shortcut
from mock_server.app import create_app
from openapi.operations import load_operations

pytestmark = pytest.mark.anyio


class Served:
    """What notes that it was led to."""

    def __init__(self) -> None:
        self.seen: list[Mapping[str, str]] = []

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        """Note the parameters of the path."""
        self.seen.append(scope.get("path_params", {}))


async def lead(scope: Scope) -> tuple[str, Mapping[str, str]]:
    """Return who serves a request, and with which parameters of the path."""
    parties = {name: Served() for name in ("framework", "fixed", "listed", "named")}
    paths: Mapping[str, Mapping[str, ASGIApp]] = {
        "/v1/things/{name}": {"GET": parties["named"]},
        "/v1/things/all": {"POST": parties["fixed"]},
        "/v1/things": {"GET": parties["listed"]},
    }

    async def unused(*_: Any) -> Any:
        raise AssertionError

    await Shortcut(parties["framework"], paths=paths)(scope, unused, unused)
    ((name, served),) = ((name, party) for name, party in parties.items() if party.seen)
    return name, served.seen[0]


@pytest.mark.parametrize(
    ("method", "path", "name", "parameters"),
    [
        ("GET", "/v1/things", "listed", {}),
        ("POST", "/v1/things/all", "fixed", {}),
        ("GET", "/v1/things/one", "named", {"name": "one"}),
        ("GET", "/v1/things/ein\n", "named", {"name": "ein\n"}),
        ("GET", "/v1/things/all", "framework", {}),
        ("DELETE", "/v1/things/one", "framework", {"name": "one"}),
        ("GET", "/v1/things/", "framework", {}),
        ("GET", "/v1/things/one/more", "framework", {}),
        ("GET", "/elsewhere", "framework", {}),
        ("GET", "", "framework", {}),
    ],
)
async def test_who_serves(method: str, path: str, name: str, parameters: Mapping[str, str]) -> None:
    """A path without parameters comes first; for a method that it does not have, the framework tells the client so."""
    scope = {"type": "http", "method": method, "path": path}
    assert await lead(scope) == (name, parameters)


@pytest.mark.parametrize("scope", [{"type": "lifespan"}, {"type": "http", "method": "GET", "root_path": "/v1"}])
async def test_what_is_not_for_it(scope: Scope) -> None:
    """What is no request, and what came in under the path of a bigger app."""
    assert await lead({"path": "/v1/things", **scope}) == ("framework", {})


def paths_of(layer: Any) -> Iterable[str]:
    """Return the paths of a shortcut among the layers of an app."""
    return next(each.kwargs["paths"] for each in layer if each.cls is Shortcut)


def test_the_whole_api_is_on_it() -> None:
    """Every operation of the contract but those of the file service."""
    api = {operation.path for operation in load_operations().values() if operation.path.startswith("/v1/")}
    assert set(paths_of(create_app().user_middleware)) == api
