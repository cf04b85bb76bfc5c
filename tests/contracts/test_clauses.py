"""The command that shows which test covers which clause, and the promise that every clause is covered."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contracts.cli import main
from contracts.coverage import Coverage, MarkError, Mention, cover, find_mentions, find_problems, write_coverage
from openapi.clauses import Clause, load_clauses

ROOT = Path(__file__).parents[2]
TESTED = Clause("A-1", "first_group", "One | two.", "page", ("one.py", "two.py"))
EXCUSED = Clause("B-1", "second", "Two.", "page", unobservable="Not built yet.")
GAP = Clause("B-2", "second", "Three.", "observed", ("three.py",))
CLAUSES = {clause.id: clause for clause in (TESTED, EXCUSED, GAP)}


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    """An empty directory for tests."""
    directory = tmp_path / "tests"
    directory.mkdir()
    return directory


def write(tests: Path, source: str, name: str = "test_it.py") -> tuple[Mention, ...]:
    """Write a file of tests and return what it names."""
    path = tests / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return find_mentions(tests)


def run(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["clauses", *arguments])


@pytest.mark.uncounted
def test_every_clause_has_a_test_or_a_reason() -> None:
    """Nobody adds a clause that nothing checks, and no test names a clause that is gone."""
    mentions = find_mentions(ROOT / "tests")
    assert find_problems(cover(load_clauses(), mentions), mentions) == ()


@pytest.mark.parametrize(
    ("source", "test"),
    [
        ('@pytest.mark.clauses("A-1")\ndef test_a(): ...', "::test_a"),
        ('@pytest.mark.clauses("A-1")\nasync def test_a(): ...', "::test_a"),
        ('@mark.clauses("A-1")\ndef test_a(): ...', "::test_a"),
        ('@pytest.mark.clauses("A-1")\nclass TestA:\n  def test_a(self): ...', "::TestA::test_a"),
        ('class TestA:\n  pytestmark = pytest.mark.clauses("A-1")\n  def test_a(self): ...', "::TestA::test_a"),
        (
            'class TestA:\n  class TestB:\n    @pytest.mark.clauses("A-1")\n    def test_a(self): ...',
            "::TestA::TestB::test_a",
        ),
        ('pytestmark = pytest.mark.clauses("A-1")\ndef test_a(): ...', "::test_a"),
        ('pytestmark = [pytest.mark.slow, pytest.mark.clauses("A-1")]\ndef test_a(): ...', "::test_a"),
        (
            '@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.clauses("A-1"))])\ndef test_a(x): ...',
            "::test_a",
        ),
        ('CASES = [pytest.param(1, marks=pytest.mark.clauses("A-1"))]\ndef test_a(x): ...', ""),
    ],
)
def test_where_a_mark_can_stand(tests: Path, source: str, test: str) -> None:
    """On a test, on what it stands in, or on a row of a table."""
    assert write(tests, source) == (Mention("A-1", f"tests/test_it.py{test}"),)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def test_a(): ...",
        '@pytest.mark.skip("A-1")\ndef test_a(): ...',
        "x, y = 1, 2\nother = clauses('A-1')",
        "@pytest.mark.clauses()\ndef test_a(): ...",
    ],
)
def test_what_names_no_clause(tests: Path, source: str) -> None:
    """Other marks and other calls say nothing about clauses."""
    assert write(tests, source) == ()


def test_files_are_found_as_pytest_finds_them(tests: Path) -> None:
    """In every directory, by both patterns, in order; a file of another name is not a test."""
    mark = 'pytestmark = pytest.mark.clauses("A-1")\ndef test_a(): ...\n'
    write(tests, mark, "deep/er/test_b.py")
    write(tests, mark, "helper.py")
    assert [mention.test for mention in write(tests, mark, "a_test.py")] == [
        "tests/a_test.py::test_a",
        "tests/deep/er/test_b.py::test_a",
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def test_a(:", "tests/test_it.py is not Python that can be read: "),
        ("\0", "tests/test_it.py is not Python that can be read: "),
        ("\n@pytest.mark.clauses(*ALL)\ndef test_a(): ...", "tests/test_it.py:2: write the clauses out, as in "),
        ("@pytest.mark.clauses(1)\ndef test_a(): ...", "tests/test_it.py:1: write the clauses out, as in "),
    ],
)
def test_a_mark_that_cannot_be_read(tests: Path, source: str, message: str) -> None:
    """The file, and for a mark the line, is named; the command says it in one line."""
    with pytest.raises(MarkError) as caught:
        write(tests, source)
    assert str(caught.value).startswith(message)
    result = run("--tests", str(tests))
    assert (result.exit_code, result.output) == (2, f"Error: {caught.value}\n")


def test_covering() -> None:
    """A clause collects the tests that name it, each once; one without tests needs a reason."""
    mentions = [Mention("A-1", "t::b"), Mention("A-1", "t::a"), Mention("A-1", "t::b"), Mention("Z-9", "t::c")]
    coverage = cover(CLAUSES, mentions)
    assert coverage == (Coverage(TESTED, ("t::b", "t::a")), Coverage(EXCUSED, ()), Coverage(GAP, ()))
    assert [row.gap for row in coverage] == [False, False, True]
    assert find_problems(coverage, mentions) == (
        "neither a test nor a reason: B-2",
        "no such clause: Z-9, named by t::c",
    )


def test_covering_without_tests() -> None:
    """Where no tests were looked at, none are missing."""
    coverage = cover(CLAUSES, None)
    assert [row.tests for row in coverage] == [None, None, None]
    assert find_problems(coverage, ()) == ()


def test_as_text() -> None:
    """Grouped, with the first tests by name, and summed up."""
    mentions = [Mention("A-1", f"t::{number}") for number in range(4)]
    assert write_coverage(cover(CLAUSES, mentions), "text") == (
        "FIRST GROUP\n"
        "  A-1  One | two.\n"
        "      where  one.py, two.py\n"
        "      tests  4: t::0, t::1, t::2, …\n"
        "\n"
        "SECOND\n"
        "  B-1  Two.\n"
        "      reason Not built yet.\n"
        "  B-2  Three.\n"
        "      where  three.py\n"
        "      tests  none, and no reason why\n"
        "\n"
        "3 clauses: 1 with tests, 1 with a reason instead, 1 with neither."
    )


def test_as_markdown() -> None:
    """A table that any renderer shows; the column of tests only when there is one."""
    assert write_coverage(cover(CLAUSES, [Mention("A-1", "t::a")]), "markdown").splitlines() == [
        "| clause | says | where | tests | reason |",
        "| --- | --- | --- | --- | --- |",
        "| A-1 | One \\| two. | one.py, two.py | 1: t::a |  |",
        "| B-1 | Two. |  |  | Not built yet. |",
        "| B-2 | Three. | three.py |  |  |",
    ]
    assert write_coverage(cover(CLAUSES, None), "markdown").splitlines()[0] == "| clause | says | where | reason |"
    assert write_coverage((), "markdown").splitlines()[0] == "| clause | says | where | reason |"


def test_as_json() -> None:
    """Every field of every clause, for programs."""
    rows = json.loads(write_coverage(cover(CLAUSES, [Mention("A-1", "t::a")]), "json"))
    assert rows[0] == {
        "id": "A-1",
        "group": "first_group",
        "says": "One | two.",
        "source": "page",
        "where": ["one.py", "two.py"],
        "unobservable": None,
        "tests": ["t::a"],
    }
    assert "tests" not in json.loads(write_coverage(cover(CLAUSES, None), "json"))[0]


def test_the_command_fails_on_problems(tests: Path) -> None:
    """They are told on the standard error, so that the table can be piped."""
    write(tests, '@pytest.mark.clauses("PROMPT-MAX", "PROMPT-MIN")\ndef test_a(): ...')
    result = run("--tests", str(tests), "--format", "json")
    assert result.exit_code == 1
    assert [row["tests"] for row in json.loads(result.stdout) if row["tests"]] == [["tests/test_it.py::test_a"]]
    gaps, unknown = result.stderr.splitlines()
    assert gaps.startswith("neither a test nor a reason: OP-CREATE, ")
    assert unknown == "no such clause: PROMPT-MIN, named by tests/test_it.py::test_a"


def test_the_command_is_content_when_all_is_covered(tests: Path) -> None:
    """A reason is as good as a test."""
    named = ", ".join(repr(clause.id) for clause in load_clauses().values() if clause.unobservable is None)
    write(tests, f"@pytest.mark.clauses({named})\ndef test_a(): ...")
    result = run("--tests", str(tests))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith(" with a reason instead, 0 with neither.\n")


def test_the_command_without_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Away from any tests it shows the clauses alone."""
    monkeypatch.chdir(tmp_path)
    result = run("--format", "markdown")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("| clause | says | where | reason |\n")
    assert run().stdout.endswith(" clauses.\n")


def test_a_directory_that_does_not_exist(tmp_path: Path) -> None:
    """Said in one line, and told apart from a clause that is not covered."""
    result = run("--tests", str(tmp_path / "nowhere"))
    assert result.exit_code == 2
    assert result.output == f"Error: --tests must be a directory; there is none at {tmp_path / 'nowhere'}\n"


def test_the_package_is_a_command_too() -> None:
    """`python -m contracts` is the same program."""
    program = [sys.executable, "-m", "contracts", "clauses", "--help"]
    assert "List the clauses of the contract" in subprocess.check_output(program, text=True)
