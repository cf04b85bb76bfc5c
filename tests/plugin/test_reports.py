"""What is told at the end of a run, and in files."""

import json

import pytest

from tests.plugin.conftest import Run

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
    """A summary, and a page for the test that failed."""
    result = run(TWO, "--evolink-report=pages")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["test_it.py::test_bad: 1 request*", "  broke QUALITY-VALUES", "*2 tests: *"])
    result.stdout.no_fnmatch_line("*EvoLink: plans*")
    (page,) = (pytester.path / "pages").iterdir()
    assert "QUALITY-VALUES" in page.read_text("utf-8")


def test_archives(run: Run, pytester: pytest.Pytester) -> None:
    """One for each test that had a world."""
    run(TWO, "--evolink-record=sent").assert_outcomes(passed=2, failed=1)
    archives = [json.loads(path.read_bytes()) for path in sorted((pytester.path / "sent").iterdir())]
    assert [archive["log"]["entries"][0]["response"]["status"] for archive in archives] == [400, 200]


def test_the_options_are_told_of(run: Run) -> None:
    """`pytest --help` has them."""
    run("", "--help").stdout.fnmatch_lines(["*--evolink-report=DIR*", "*--evolink-record=DIR*"])
