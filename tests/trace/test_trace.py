"""From clauses to rules to the clients that break them."""

from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from contracts.cli import main
from contracts.rules import ALL_RULES
from contracts.trace import Showing, TraceError, find_gaps, find_showings, load_reasons, shown_by, write_trace
from openapi.clauses import Clause, load_clauses

TESTS = Path(__file__).parents[1]
RULES = tuple(rule for rule in ALL_RULES if rule.id in {"A1", "D6"})
CLAUSES = tuple(Clause(id=name, group="auth", says="It is so.", source="a page") for name in ("AUTH-BEARER", "ODD"))


def write(folder: Path, text: str) -> tuple[Showing, ...]:
    """Write a test, and return what it shows."""
    (folder / "tests").mkdir()
    (folder / "tests" / "shown.py").write_text(dedent(text))
    return find_showings(folder / "tests")


@pytest.mark.uncounted
def test_no_clause_of_the_client_is_without_a_rule_or_a_reason() -> None:
    """And each rule has a client that breaks it, and one that does not."""
    assert list(find_gaps(load_clauses().values(), ALL_RULES, load_reasons(), find_showings(TESTS))) == []


def test_checks(tmp_path: Path) -> None:
    """Ids stand in the call, in the test's own table, or in a table of the module that it names, or is made of."""
    found = write(
        tmp_path,
        """
        BROKEN: list = [("A2", 1), ("A3", "a text")]
        EMPTY: int
        GOOD = {"A4": 1}

        def test_one():
            check_broken("A1", traffic)
            check_error("Z1", traffic)
            outcome("A9", traffic)

        @mark(("rule", "told"), BROKEN)
        def test_table(rule, told):
            check_broken(rule, told)

        @mark("rule", ["A5"])
        def test_named(rule):
            check_good(rule, GOOD[rule])
            check_good()

        test_made = by_table(check_good, GOOD)
        test_quiet = by_table(outcome, GOOD)
        """,
    )
    assert [(each.rule, each.side, each.test.partition("::")[2]) for each in found] == [
        ("A4", "control", "test_made"),
        ("A1", "broken", "test_one"),
        ("Z1", "broken", "test_one"),
        ("A2", "broken", "test_table"),
        ("A3", "broken", "test_table"),
        ("A5", "control", "test_named"),
        ("A4", "control", "test_named"),
    ]
    assert {each.live for each in found} == {False}


def test_cases(tmp_path: Path) -> None:
    """A case names two clients; whatever makes it does so by keywords, or is the file's own."""
    found = write(
        tmp_path,
        """
        CASES = (
            Case(rule="A1", broken=forget, control=remember),
            _case("A2", forget, "plan"),
            _case("A3", forget),
            other(rule="A4"),
            other(rule=some, broken=forget, control=remember),
        )
        """,
    )
    assert [(each.rule, each.side, each.test.rpartition(": ")[2], each.live) for each in found] == [
        ("A1", "broken", "forget", True),
        ("A1", "control", "remember", True),
        ("A2", "broken", "forget", True),
        ("A2", "control", "the control of forget", True),
    ]


def test_files_that_are_no_python(tmp_path: Path) -> None:
    """They are named."""
    with pytest.raises(TraceError, match=r"^tests/shown\.py is not Python that can be read: "):
        write(tmp_path, "def check_good(")


def test_gaps() -> None:
    """What has no rule, no reason, or no client is told, and so is a reason that is none."""
    reasons = {"AUTH-BEARER": "No.", "NO-CLAUSE": "No."}
    showings = [Showing("A1", "broken", "tests/a.py::test")]
    assert list(find_gaps(CLAUSES, RULES, reasons, showings)) == [
        "neither a rule nor a reason: ODD",
        "a reason, and a rule as well: AUTH-BEARER",
        "a reason, and no such clause: NO-CLAUSE",
        "no broken client: D6",
        "no control: A1, D6",
    ]
    assert list(find_gaps(CLAUSES, RULES, {"ODD": "No."}, None)) == []


def test_what_is_written() -> None:
    """Clauses with their rules and reasons, and rules with their clients, those that run first."""
    showings = [Showing("A1", "broken", f"tests/{name}.py::test", live=name == "c") for name in "abc"]
    assert shown_by(showings, "A1", "broken")[0] == "tests/c.py::test"
    written = write_trace(CLAUSES, RULES, {"ODD": "It is odd."}, showings)
    assert "broken by tests/c.py::test, tests/a.py::test and 1 more\n" in written
    assert "kept by   nobody\n" in written
    assert "ODD  It is so.\n  no rule: It is odd.\n" in written
    assert "\nRules that stand on no clause\n  D6 " in written
    bare = write_trace(CLAUSES, RULES, {}, None)
    assert "broken by" not in bare
    assert "no rule: and no reason why" in bare


def run(*arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it printed."""
    ran = CliRunner().invoke(main, ["rules", "--trace", *arguments])
    return ran.exit_code, ran.output


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It exits with 0 if nothing is missing, with 1 if something is, and says so of tests that are not there."""
    code, told = run("--tests", str(TESTS))
    assert (code, told.count("no rule: ")) == (0, len(load_reasons()))
    monkeypatch.chdir(tmp_path)
    assert run()[0] == 0
    (tmp_path / "tests").mkdir()
    code, told = run()
    assert code == 1
    assert "no broken client: A1, A10" in told
    (tmp_path / "tests" / "test_a.py").write_text("def check_good(")
    assert run()[0] == 2
    code, told = run("--tests", "nowhere")
    assert code == 2
    assert "--tests must be a directory; there is none at nowhere" in told
