import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.running import run_program

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMANDS = {
    "python_httpx2.py": [sys.executable],
    "python_requests.py": [sys.executable],
    "node_fetch.mjs": ["node"],
    "curl.sh": ["sh"],
}
TESTED = ("my_client.py", "test_my_client.py")
"""The example that is a test, which tests/plugin runs."""

NEEDS = {"node_fetch.mjs": ("node",), "curl.sh": ("curl", "jq")}

Run: TypeAlias = Callable[[str, str], "subprocess.CompletedProcess[str]"]
"""Runs an example against an address with a key."""


@pytest.fixture(params=COMMANDS)
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Each example in turn."""
    name: str = request.param
    for program in NEEDS.get(name, ()):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")

    def run(url: str, key: str) -> "subprocess.CompletedProcess[str]":
        told = {"EVOLINK_BASE_URL": url, "EVOLINK_API_KEY": key, "EVOLINK_POLL_SECONDS": "0.05"}
        return run_program(*COMMANDS[name], EXAMPLES / name, "clip.mp4", folder=tmp_path, environment=told)

    return run
