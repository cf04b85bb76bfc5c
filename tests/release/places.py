"""Print each place where the package tells its version, and the version that it tells there.

A program of its own: some places ask when they are imported.

    python -m tests.release.places
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner
from starlette.testclient import TestClient

from contracts.cli import main as contracts
from mock_server import Settings, create_app
from mock_server.callbacks.posted import HEADERS
from mock_server.cli import main as mock

KEY = {"Authorization": "Bearer sk-mock-default"}


def versions() -> Iterator[tuple[str, str]]:
    """Find the places of the commands, the control API, callbacks, archives and verdicts."""
    yield "evolink-mock --version", run(mock, "--version")
    yield "evolink-contracts --version", run(contracts, "--version")
    yield "user agent of callbacks", HEADERS["user-agent"].partition("/")[2]
    with TestClient(create_app(Settings(speed=0)), "http://localhost", headers=KEY) as client:
        yield "/_mock/health", client.get("/_mock/health").json()["version"]
        yield "/_mock/openapi.json", client.get("/_mock/openapi.json").json()["info"]["version"]
        client.get("/v1/credits")
        archive = client.get("/_mock/journal.har")
    yield "archive", archive.json()["log"]["creator"]["version"]
    with TemporaryDirectory() as folder:
        file = Path(folder, "traffic.har")
        file.write_bytes(archive.content)
        yield "verdict", json.loads(run(contracts, "traffic", str(file), "--format", "json"))["tool_version"]
        sarif = json.loads(run(contracts, "traffic", str(file), "--format", "sarif"))
    yield "SARIF", sarif["runs"][0]["tool"]["driver"]["version"]


def run(program: object, *arguments: str) -> str:
    """Return what a command prints."""
    return CliRunner().invoke(program, arguments).stdout.strip()  # type: ignore[arg-type]


if __name__ == "__main__":
    json.dump(dict(versions()), sys.stdout)
