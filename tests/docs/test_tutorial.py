"""The tutorial, as its reader would go through it: its files written, its commands run, what they print compared."""

import re
import shutil
import socket
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from tests.docs.conftest import ADDRESS, TUTORIAL, Snippet, commands, snippets
from tests.running import PATIENCE, run_program, started

pytestmark = pytest.mark.uncounted

HOOKS: Final = "http://127.0.0.1:3000"
BETWEEN: Final = "=== between two snippets ==="
VARIES: Final = re.compile(r"task-unified-\d+-\w{8}|\d+\.\d+s\b")
"""What differs from run to run: ids of tasks, and how long something took."""


def script(steps: list[Snippet]) -> str:
    """Return the reader's work as one script: files are written, commands are run, and each says that it begins."""
    parts = []
    for step in steps:
        if step.info == "python":
            name = step.text.partition("\n")[0].removeprefix("# ")
            parts.append(f"cat > {name} <<'END OF FILE'\n{step.text}END OF FILE\n")
        elif step.info == "sh":
            parts.append(f"echo '{BETWEEN}'\n{step.text}")
    return "".join(parts)


def expected(steps: list[Snippet]) -> list[str]:
    """Return what is shown for each command: the text that follows it."""
    return [after.text for step, after in pairwise(steps) if (step.info, after.info) == ("sh", "text")]


def fits(shown: str, printed: str) -> bool:
    """Tell whether a command printed what is shown; a line of three dots stands for any lines."""
    lines = (re.escape(VARIES.sub("*", line)) for line in shown.splitlines())
    pattern = "\n".join(lines).replace("\\.\\.\\.\n", "(?:.*\n)*").replace("\n\\.\\.\\.", "(?:\n.*)*")
    return re.fullmatch(pattern, VARIES.sub("*", printed.strip())) is not None


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.skipif(shutil.which("curl") is None or shutil.which("jq") is None, reason="curl and jq are not installed")
@pytest.mark.slow
def test_the_tutorial_leads_to_its_end(tmp_path: Path) -> None:
    """Every file and every command, in one shell; each prints what is shown, from a red gate to a green one."""
    steps, port = snippets(TUTORIAL, "sh", "python", "text"), free_port()
    text = script(steps).replace(HOOKS, f"http://127.0.0.1:{port}").replace('"127.0.0.1", 3000', f'"127.0.0.1", {port}')
    route = f"https://hooks.example.com=http://127.0.0.1:{port}"
    with started("--speed", "1000", "--callback-route", route) as program:
        given = f"exec 2>&1\n{text}".replace(ADDRESS, program.url)
        ended = run_program("sh", "-eu", folder=tmp_path, given=given, environment=commands(), patience=2 * PATIENCE)
    assert ended.returncode == 0, ended.stdout
    _, *printed = ended.stdout.split(f"{BETWEEN}\n")
    for shown, came in zip(expected(steps), printed, strict=True):
        assert fits(shown, came), came


def test_its_commands_exist_as_shown() -> None:
    """What is not run is the way to begin: to clone, to serve with a route for callbacks, to install what judges."""
    begin = "".join(snippet.text for snippet in snippets(TUTORIAL, "sh no-run"))
    assert f"--callback-route https://hooks.example.com={HOOKS}" in begin
    assert ".[contracts]" in begin


@pytest.mark.parametrize(
    ("shown", "printed", "fit"),
    [
        ("a\n...\nd\n", "a\nb\nc\nd", True),
        ("...\nd\n", "a\nd", True),
        ("a\n...\n", "a\nb", True),
        ("a\n...\nd\n", "a\nb", False),
        ("task-unified-1-abcdefgh completed\n", "task-unified-22-hgfedcba completed", True),
        ("1 failed in 0.52s\n", "1 failed in 1.10s", True),
        ("1 failed in 0.52s\n", "2 failed in 0.52s", False),
    ],
)
def test_what_is_shown_is_compared(shown: str, printed: str, fit: bool) -> None:  # noqa: FBT001 - a table
    """Line by line, but for ids, times, and what three dots leave out."""
    assert fits(shown, printed) == fit
