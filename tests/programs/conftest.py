"""Programs that tests run."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from contracts.drive.live import LiveServer
from contracts.drive.programs.program import Program
from mock_server.app import create_app
from mock_server.entrance.authority import Authority
from mock_server.entrance.client_environment import Lead, client_environment
from mock_server.settings import Settings
from tests.running import PATIENCE, clean


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """A pipe with a name, by which a program tells that it is at its post."""
    path = tmp_path / "started"
    os.mkfifo(path)
    return path


@pytest.fixture
def shell(tmp_path: Path) -> Callable[..., Program]:
    """How to get a program of the shell, which runs where the test's own files are."""

    def make(script: str, **options: object) -> Program:
        settings = {"environment": clean(), "directory": tmp_path, "limit_seconds": PATIENCE, **options}
        return Program(["sh", "-c", script], **settings)  # type: ignore[arg-type]

    return make


@pytest.fixture
def server(authority: Authority) -> LiveServer:
    """A simulator in which tasks end within a tenth of a second, and no link expires as long as a program may run."""
    return LiveServer(create_app(Settings(speed=2_000.0, videos="packaged", access_log=False)), authority=authority)


@pytest.fixture
def environment(server: LiveServer) -> Iterator[Mapping[str, str]]:
    """All variables of a program that is led to the simulator."""
    with server.running() as url:
        inherited = clean()
        lead = Lead(server.proxy_url, server.https_url, url)
        led = client_environment(url, key="sk-test", trust=server.authority.trust, lead=lead, inherited=inherited)
        yield {**inherited, **led}
