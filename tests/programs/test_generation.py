"""Programs that have the API's own address written in them, in several languages, through a whole generation."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from contracts.drive.programs.program import Program
from contracts.drive.programs.runtimes import LIMIT_SECONDS

pytestmark = pytest.mark.uncounted

CLIENTS = Path(__file__).with_name("clients")
COMMANDS = {
    "requests": (sys.executable, "get_and_post.py", "requests"),
    "httpx": (sys.executable, "get_and_post.py", "httpx"),
    "httpx2": (sys.executable, "get_and_post.py", "httpx2"),
    "aiohttp": (sys.executable, "with_aiohttp.py"),
    "urllib": (sys.executable, "with_urllib.py"),
    "fetch": ("node", "with_fetch.mjs"),
    "node:https": ("node", "with_https.mjs"),
    "curl": ("sh", "with_curl.sh"),
    "go": ("go", "run", "client.go"),
    "java": ("java", "Client.java"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_program_makes_its_video(command: tuple[str, ...], environment: Mapping[str, str], tmp_path: Path) -> None:
    """A program that knows only the real API makes its video here, unmodified, to the last byte."""
    program = "curl" if "with_curl.sh" in command else command[0]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    words = [str(CLIENTS / word) if (CLIENTS / word).exists() else word for word in command]
    run = Program(words, environment=environment, directory=tmp_path, limit_seconds=LIMIT_SECONDS).run()
    assert (run.ended, run.exit_code) == ("by itself", 0), run.errors
    assert run.output.startswith("task-unified-")
    assert run.output.endswith(" completed\n")
    assert (tmp_path / "video.mp4").read_bytes()[4:8] == b"ftyp"
