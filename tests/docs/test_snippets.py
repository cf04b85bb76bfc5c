import re
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.docs.conftest import ADDRESS, DOCUMENTS, ROOT, TUTORIAL, Snippet, commands, name, snippets
from tests.running import Program, printed_by, run_program, started

pytestmark = pytest.mark.uncounted

EXPECTED = re.compile(r"^(?P<line>.*\S)  # (?P<status>\d{3}) (?P<code>\w+)$", re.MULTILINE)

needs_shell = pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("jq") is None, reason="curl and jq are not installed"
)


def shell(script: str, folder: Path) -> str:
    """Run a script as a person's shell would, but stop at the first command that fails; returns what it printed."""
    return printed_by("sh", "-eu", given=script, folder=folder, environment=commands())


def statuses(program: Program) -> Counter[int]:
    """Count the statuses of errors in a stopped server's log."""
    found = re.findall(r"^[A-Z]+ +\S+ (\d{3}) ", program.output, re.MULTILINE)
    return Counter(int(status) for status in found if int(status) >= 400)


@pytest.mark.parametrize("path", [*DOCUMENTS, TUTORIAL], ids=name)
def test_every_snippet_says_what_it_is(path: Path) -> None:
    """A snippet is run, or it says that it is not to be, or it is no program; none stands within a list."""
    known = {"sh", "sh no-run", "python", "js", "text", "mermaid", "json", "yaml"}
    assert {snippet.info for snippet in snippets(path)} <= known
    text = path.read_text("utf-8")
    assert len(re.findall(r"^ *```", text, re.MULTILINE)) == text.count("\n```") == 2 * len(snippets(path))


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


def test_each_documented_error_is_shown() -> None:
    """Seven statuses, each with a line to paste."""
    script = "\n".join(snippet.text for snippet in snippets(ROOT / "docs" / "reference" / "errors.md", "sh"))
    assert [status for _, status, _ in EXPECTED.findall(script)] == ["400", "401", "402", "403", "404", "429", "500"]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("path", [path for path in DOCUMENTS if snippets(path, "sh no-run")], ids=name)
def test_what_is_not_run_could_be(path: Path) -> None:
    """The targets of make that a document names exist."""
    for snippet in snippets(path, "sh no-run"):
        for target in re.findall(r"^make (\w+)", snippet.text, re.MULTILINE):
            assert printed_by("make", "--dry-run", target, folder=ROOT)


def programs(path: Path) -> list[Snippet]:
    """Return the snippets of a document in Python that are no tests; tests/plugin runs those."""
    return [snippet for snippet in snippets(path, "python") if not snippet.is_test]


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if programs(path)], ids=name)
def test_python_snippets_run(path: Path, tmp_path: Path) -> None:
    """Each runs by itself, without a warning."""
    for snippet in programs(path):
        printed_by(sys.executable, "-", given=snippet.text, folder=tmp_path)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_tests_in_node_pass(tmp_path: Path) -> None:
    """Those of the page, as a file for Node's own runner."""
    (snippet,) = snippets(ROOT / "docs" / "how-to" / "node.md", "js")
    (tmp_path / "video.test.mjs").write_text(snippet.text, "utf-8")
    with started("--speed", "1000") as program:
        ended = run_program("node", "--test", folder=tmp_path, environment={"EVOLINK_BASE_URL": program.url})
    assert (ended.returncode, "# pass 3" in ended.stdout) == (0, True), ended.stdout
