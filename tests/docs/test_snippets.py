import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.docs.conftest import DOCUMENTS, ROOT, name, snippets
from tests.running import PATIENCE, Program, clean, started

ADDRESS = "http://127.0.0.1:8765"
EXPECTED = re.compile(r"^(?P<line>.*\S)  # (?P<status>\d{3}) (?P<code>\w+)$", re.MULTILINE)

needs_shell = pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("jq") is None, reason="curl and jq are not installed"
)


def shell(script: str, folder: Path) -> str:
    """Run a script as a person's shell would, but stop at the first command that fails; returns what it printed.

    The commands of the package are those that belong to the Python that runs the tests.
    """
    commands = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    ended = subprocess.run(
        ["sh", "-eu"],
        input=script,
        cwd=folder,
        env=clean(commands),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout + ended.stderr
    return ended.stdout


def statuses(program: Program) -> Counter[int]:
    """Count the statuses of errors in a stopped server's log."""
    found = re.findall(r"^[A-Z]+ +\S+ (\d{3}) ", program.output, re.MULTILINE)
    return Counter(int(status) for status in found if int(status) >= 400)


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_snippet_says_what_it_is(path: Path) -> None:
    """A snippet is run, or it says that it is not to be, or it is no program."""
    known = {"sh", "sh no-run", "python", "text", "mermaid", "json", "yaml"}
    assert {snippet.info for snippet in snippets(path)} <= known
    assert path.read_text("utf-8").count("\n```") == 2 * len(snippets(path))


@needs_shell
@pytest.mark.parametrize("path", [path for path in DOCUMENTS if snippets(path, "sh")], ids=name)
def test_shell_snippets_run(path: Path, tmp_path: Path) -> None:
    """A document's snippets run in one shell from top to bottom, and get just the errors that they announce."""
    script = "\n".join(snippet.text for snippet in snippets(path, "sh"))
    with started("--speed", "1000") as program:
        printed = shell(script.replace(ADDRESS, program.url), tmp_path)
        assert program.stop() == 0
        announced = [(int(status), code) for _, status, code in EXPECTED.findall(script)]
        assert statuses(program) == Counter(status for status, _ in announced)
    answered = re.findall(r'HTTP/1.1 (\d{3}) .*?"code":"(\w+)"', printed, re.DOTALL)
    assert [(int(status), code) for status, code in answered] == announced


def test_the_readme_shows_each_documented_error() -> None:
    """Seven statuses, each with a line to paste."""
    script = "\n".join(snippet.text for snippet in snippets(ROOT / "README.md", "sh"))
    assert [status for _, status, _ in EXPECTED.findall(script)] == ["400", "401", "402", "403", "404", "429", "500"]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("path", [path for path in DOCUMENTS if snippets(path, "sh no-run")], ids=name)
def test_what_is_not_run_could_be(path: Path) -> None:
    """The targets of make that a document names exist."""
    for snippet in snippets(path, "sh no-run"):
        for target in re.findall(r"^make (\w+)", snippet.text, re.MULTILINE):
            subprocess.run(
                ["make", "--dry-run", target], cwd=ROOT, env=clean(), capture_output=True, timeout=PATIENCE, check=True
            )


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if snippets(path, "python")], ids=name)
def test_python_snippets_run(path: Path, tmp_path: Path) -> None:
    """Each runs by itself, without a warning."""
    for snippet in snippets(path, "python"):
        ended = subprocess.run(
            [sys.executable, "-"],
            input=snippet.text,
            cwd=tmp_path,
            env=clean(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (ended.returncode, ended.stderr) == (0, "")
