"""A report as JUnit XML, as a public reader reads it."""

from typing import Any

import pytest
from junitparser import Error, Failure, JUnitXml, Properties, Skipped, TestCase, TestSuite

from contracts.report.verdicts.junit import write_junit
from contracts.report.verdicts.report import Report
from contracts.report.verdicts.text import write_text
from tests.report.verdicts.reports import evil_report, finding, full_report, report, rule


def facts_of(element: Any) -> dict[str, str]:
    """Return the properties of a suite or a case."""
    return {each.name: each.value for group in element.iterchildren(Properties) for each in group}


def read(given: Report) -> tuple[TestSuite, dict[str, TestCase]]:
    """Return the suite, and its cases by the id of the rule."""
    (suite,) = JUnitXml.fromstring(write_junit(given).encode())
    return suite, {str(case.name).partition(":")[0]: case for case in suite}


def test_a_suite_has_a_case_for_each_rule() -> None:
    """And its sums are those of its cases; a baseline that is out of date is a case of its own."""
    suite, cases = read(full_report())
    assert list(cases) == ["M1", "L4", "P2", "K7", "K8", "L9", "L5", "baseline"]
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (8, 2, 1, 3)
    assert (suite.name, suite.timestamp) == ("The server's contract", "2025-09-06T14:42:23Z")
    assert facts_of(suite) == {"target": "https://api.evolink.ai", "tool_version": "1.2.3", "artifact": "out/a b.har"}
    suite.update_statistics()  # type: ignore[no-untyped-call]
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (8, 2, 1, 3)


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("L4", Failure, "2 findings: expected progress of at least 40; seen 30"),
        ("baseline", Failure, "the baseline is out of date"),
        ("L5", Error, "LookupError: a task of L5 is not there"),
        ("K7", Skipped, "not put to the test: a listener at an internal address"),
        ("K8", Skipped, "not put to the test"),
        ("L9", Skipped, "1 finding allowed: known until May"),
    ],
)
def test_what_became_of_a_rule(name: str, kind: type, message: str) -> None:
    """One result, of the kind that a CI counts, with a message that says why."""
    (result,) = read(full_report())[1][name].result
    assert (type(result), result.message) == (kind, message)


@pytest.mark.parametrize("name", ["M1", "P2"])
def test_passes_and_warnings_pass(name: str) -> None:
    """What a warning found is what the case put out."""
    case = read(full_report())[1][name]
    assert case.is_passed
    assert ("expected progress" in (case.system_out or "")) is (name == "P2")


def test_a_failure_holds_what_shows_it() -> None:
    """As in a terminal."""
    (failure,) = read(full_report())[1]["L4"].result
    assert "#2 +2.000 s 404: curl https://api.evolink.ai/v1/tasks/" in failure.text
    assert "what to do: Keep the highest progress that was told." in failure.text


def test_a_case_has_the_rules_facts() -> None:
    """Its level, ground, clauses, and how often it was put to the test."""
    expected = {"level": "must", "ground": "documented", "clauses": "AUTH-BEARER NO-SUCH-CLAUSE", "exposures": "3"}
    assert facts_of(read(full_report())[1]["L4"]) == expected


def test_an_allowance_without_a_reason_is_told_as_it_is() -> None:
    """Nothing is made up, and there is no artifact where none was named."""
    suite, cases = read(report(rule("L4", finding()), allowed=("L4",)))
    (result,) = cases["L4"].result
    assert result.message == "1 finding allowed"
    assert "artifact" not in facts_of(suite)


def test_hostile_texts_are_texts() -> None:
    """The reader finds the cases that there are, and the text in escapes where XML has no place for it."""
    _, cases = read(evil_report())
    assert list(cases) == ["L1", "L2", "L3", "L5", "baseline"]
    (failure,) = cases["L1"].result
    assert "<script>alert('1')</script>" in failure.message
    assert "\\x1b[31m\\x00" in failure.text


def test_what_is_not_applicable_is_skipped() -> None:
    """The case says so, and the terminal counts it."""
    given = report(rule("K9", finding(1), applies=lambda _: False))
    suite, cases = read(given)
    (skipped,) = cases["K9"].result
    assert (suite.skipped, skipped.message) == (1, "not applicable")
    assert "1 not applicable" in write_text(given)
