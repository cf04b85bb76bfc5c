"""What is told at the end of a run, and in files."""

import json
import xml.etree.ElementTree as ET

import pytest

from tests.plugin.conftest import Run
from tests.plugin.shop import BODY

TWO = """
    def test_good(evolink):
        create(evolink)

    def test_bad(evolink):
        evolink.plan("callback twice")
        create(evolink, quality="721p")

    def test_other():
        pass
"""


def test_plans_that_never_struck(run: Run) -> None:
    """Of tests that passed, each by its name; such a test still passes."""
    result = run("""
        @pytest.mark.evolink(plans=["callback twice", "answer 503 times=1"])
        def test_unused(evolink):
            create(evolink)

        @pytest.mark.evolink(plans=["answer 503 times=1"])
        def test_used(evolink):
            create(evolink)

        @pytest.mark.evolink(plans=["answer 503 times=1"])
        def test_failed(evolink):
            assert 1 == 2
    """)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*EvoLink: plans that never struck*",
            "test_it.py::test_unused: callback twice",
            "Such a plan has tested nothing: *`evolink.plans` shows what did*",
        ]
    )
    result.stdout.no_fnmatch_line("*test_used: *")
    result.stdout.no_fnmatch_line("*test_failed: *")


def test_nothing_to_tell(run: Run) -> None:
    """Then there is no section."""
    run("def test_it(evolink): create(evolink)").stdout.no_fnmatch_line("*EvoLink*")


def test_reports(run: Run, pytester: pytest.Pytester) -> None:
    """A summary, and a report for the test that failed."""
    result = run(TWO, "--evolink-report=pages")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["test_it.py::test_bad: 1 request*", "  broke QUALITY-VALUES", "*2 tests: *"])
    result.stdout.no_fnmatch_line("*EvoLink: plans*")
    (page,) = (pytester.path / "pages").iterdir()
    assert "QUALITY-VALUES" in page.read_text("utf-8")


@pytest.mark.uncounted
def test_what_the_judge_says(run: Run, pytester: pytest.Pytester) -> None:
    """It is in the report of a test that failed, whether or not it asked the judge, and in a JUnit file of each."""
    result = run(
        """
        def test_unasked(evolink):
            pay_twice(evolink)
            assert 1 == 2

        @pytest.mark.evolink(judge="must", allow={"B3": "on purpose"})
        def test_allowed(evolink):
            pay_twice(evolink)

        @pytest.mark.evolink(judge="must")
        def test_asked(evolink):
            pay_twice(evolink)
        """,
        "--evolink-report=pages",
        "--junitxml=junit.xml",
    )
    result.assert_outcomes(passed=1, failed=2)
    pages = [path.read_text("utf-8") for path in (pytester.path / "pages").iterdir()]
    for page in pages:
        for part in ("What the judge found", 'id="rule-B3"', "one charge", "What to do: ", 'href="#exchange-1"'):
            assert part in page
        assert str(BODY["prompt"]) not in page
    assert len(pages) == 2
    named = {
        str(case.get("name")): {str(item.get("name")): str(item.get("value")) for item in case.iter("property")}
        for case in ET.parse(pytester.path / "junit.xml").iter("testcase")  # noqa: S314 - our own
    }
    assert {name: found["evolink.broken_rules"] for name, found in named.items()} == {
        "test_unasked": "B3",
        "test_allowed": "",
        "test_asked": "B3",
    }
    assert named["test_asked"]["evolink.warned_rules"] == ""


def test_archives(run: Run, pytester: pytest.Pytester) -> None:
    """One for each test that had a simulator."""
    run(TWO, "--evolink-record=sent").assert_outcomes(passed=2, failed=1)
    archives = [json.loads(path.read_bytes()) for path in sorted((pytester.path / "sent").iterdir())]
    assert [archive["log"]["entries"][0]["response"]["status"] for archive in archives] == [400, 200]


def test_the_options_are_told_of(run: Run) -> None:
    """`pytest --help` has them."""
    run("", "--help").stdout.fnmatch_lines(["*--evolink-report=DIR*", "*--evolink-record=DIR*"])
