"""The official MCP server, unmodified: it has the API's hosts written in it, and is led here."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from contracts.drive.live import LiveServer
from contracts.drive.programs.program import Program
from contracts.drive.programs.runtimes import LIMIT_SECONDS
from mock_server.app import create_app
from mock_server.settings import Settings

VARIABLE = "EVOLINK_MEDIA_PACKAGE"
"""Names the directory of the package, with what it needs beside it. No test fetches it."""

PROGRAM = Path(__file__).with_name("clients") / "with_mcp.py"
ENTRY = Path("dist", "evolink-media", "src", "index.js")


@pytest.fixture
def package() -> Path:
    """Where the package is; without it, or without Node, there is nothing to be tested."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    named = os.environ.get(VARIABLE)
    if named is None:
        pytest.skip(f"{VARIABLE} does not say where the package is (CONTRIBUTING.md)")
    entry = Path(named) / ENTRY
    assert entry.is_file(), f"{VARIABLE}: there is no {entry}"
    return entry


@pytest.fixture
def server() -> LiveServer:
    """A simulator in which a task takes two seconds."""
    return LiveServer(create_app(Settings(speed=60.0, videos="packaged", access_log=False)))


def test_it_makes_its_video(package: Path, environment: Mapping[str, str], tmp_path: Path) -> None:
    """It uploads a picture, has a video made that begins with it, and follows the task to the end."""
    command = [sys.executable, str(PROGRAM), "node", str(package)]
    run = Program(command, environment=environment, directory=tmp_path, limit_seconds=LIMIT_SECONDS).run()
    assert (run.ended, run.exit_code) == ("by itself", 0), run.errors
    assert run.output.startswith("task-unified-")
    assert run.output.endswith(" completed\n")
    assert (tmp_path / "video.mp4").read_bytes()[4:8] == b"ftyp"
