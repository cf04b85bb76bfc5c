"""A report as SARIF 2.1.0: of the standard's form, and of use to code scanning.

The form is checked with models that were generated from the standard's own JSON Schema (`pydantic-sarif`).
"""

import json
import re
from typing import Any

import pydantic
import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Log  # type: ignore[import-untyped]

from contracts.report.verdicts.report import Report
from contracts.report.verdicts.sarif import write_sarif
from tests.report.verdicts.reports import TASK, evil_report, exchange, finding, full_report, report, rule


def run_of(given: Report) -> dict[str, Any]:
    """Return the one run of a report."""
    (run,) = json.loads(write_sarif(given))["runs"]
    return dict(run)


def fingerprints(given: Report) -> list[str]:
    """Return the fingerprints of the results."""
    return [result["partialFingerprints"]["evolinkFinding/v1"] for result in run_of(given)["results"]]


@pytest.mark.parametrize("given", [full_report(), evil_report(), report(), report(rule("L4", None))])
def test_it_is_of_the_standards_form(given: Report) -> None:
    """Whatever was found, and if nothing was."""
    Log.model_validate_json(write_sarif(given))


def test_the_form_is_strict() -> None:
    """A name that the standard does not have is refused, so the test above can fail."""
    log = json.loads(write_sarif(full_report()))
    log["runs"][0]["results"][0]["levle"] = "error"
    with pytest.raises(pydantic.ValidationError, match="levle"):
        Log.model_validate(log)


def test_each_finding_is_a_result() -> None:
    """With the level of its grade; passes and what was not put to the test are listed apart."""
    run = run_of(full_report())
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        ("L4", "error"),
        ("L4", "error"),
        ("P2", "warning"),
        ("L9", "note"),
    ]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert run["properties"] == {
        "target": "https://api.evolink.ai",
        "passed": ["M1"],
        "untested": ["K7", "K8"],
        "notApplicable": [],
    }


def test_what_is_allowed_is_suppressed() -> None:
    """With the reason, and nothing else is."""
    suppressed = {each["ruleId"]: each.get("suppressions") for each in run_of(full_report())["results"]}
    assert suppressed == {"L4": None, "P2": None, "L9": [{"kind": "external", "justification": "known until May"}]}
    (result,) = run_of(report(rule("L4", finding()), allowed=("L4",)))["results"]
    assert result["suppressions"] == [{"kind": "external", "justification": "allowed"}]


def test_rules_come_with_help() -> None:
    """The clause in words, what to do, how bad it is by itself, and where its page is."""
    rules = {each["id"]: each for each in run_of(full_report())["tool"]["driver"]["rules"]}
    told = rules["L4"]["help"]["text"]
    assert 'AUTH-BEARER: Every API call carries "Authorization: Bearer <key>".' in told
    assert told.endswith(
        "NO-SUCH-CLAUSE\n\nKeep the highest progress that was told.\n\nSee https://example.com/rules/L4.md"
    )
    assert rules["L4"]["helpUri"] == "https://example.com/rules/L4.md"
    assert [rules[name]["defaultConfiguration"]["level"] for name in ("L4", "P2")] == ["error", "warning"]
    assert rules["P2"]["properties"]["tags"] == ["standard"]
    assert "helpUri" not in run_of(report(rule("L4", None)))["tool"]["driver"]["rules"][0]


def test_a_result_says_where_it_is() -> None:
    """At the operation of the last exchange that shows it, in the file that it points to."""
    first, second, *_ = run_of(full_report())["results"]
    assert first["locations"] == [
        {
            "logicalLocations": [
                {"name": "getTaskDetail", "fullyQualifiedName": "GET /v1/tasks/{task_id}", "kind": "resource"}
            ],
            "physicalLocation": {"artifactLocation": {"uri": "out/a%20b.har"}, "region": {"startLine": 1}},
        }
    ]
    assert second["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "POST /evolink"
    assert [each["id"] for each in first["relatedLocations"]] == [1, 2]


@pytest.mark.parametrize(("subject", "name"), [(TASK, TASK), ("", "https://api.evolink.ai")])
def test_a_result_that_no_exchange_shows_is_at_its_subject(subject: str, name: str) -> None:
    """Or at who was judged; without an artifact it is in no file."""
    (result,) = run_of(report(rule("L4", finding(subject=subject))))["results"]
    assert result["locations"] == [{"logicalLocations": [{"name": name}]}]


def test_what_could_not_be_judged_is_a_notification() -> None:
    """So is a baseline that is out of date."""
    (invocation,) = run_of(full_report())["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    (failed,) = invocation["toolExecutionNotifications"]
    assert failed["associatedRule"] == {"id": "L5"}
    assert failed["message"]["text"].startswith("L5 could not be judged: LookupError")
    assert [each["message"]["text"] for each in invocation["toolConfigurationNotifications"]] == [
        "The baseline knows of P6, which passed."
    ]
    assert run_of(report(rule("L4", finding())))["invocations"][0]["executionSuccessful"]


def test_a_finding_is_the_same_in_the_next_run() -> None:
    """Whatever its ids, numbers and exchanges then are, and whatever was seen."""
    again = finding(
        3, subject="task-unified-1800000000-abcdef12", expected="progress of at least 41.5", seen="nothing at all"
    )
    assert fingerprints(report(rule("L4", finding(1)))) == fingerprints(report(rule("L4", again)))


@pytest.mark.parametrize("other", [{"expected": "a callback"}, {"subject": "/v1/credits"}])
def test_another_finding_has_another_fingerprint(other: dict[str, str]) -> None:
    """As has the same of another rule, and the same for the second time."""
    (first,) = fingerprints(report(rule("L4", finding())))
    assert fingerprints(report(rule("L4", finding(**other)))) != [first]
    assert fingerprints(report(rule("L5", finding()))) != [first]
    assert fingerprints(report(rule("L4", finding(), finding()))) == [first, f"{first[:-1]}2"]


def test_messages_have_no_placeholders_and_no_links() -> None:
    """Braces are doubled, as the standard has it, and what looks like a link is none."""
    found = finding(1, seen='{"a": {0}} [here](https://evil.example)')
    (result,) = run_of(report(rule("L4", found), exchanges=(exchange(1, method="{0}"),)))["results"]
    assert result["message"]["text"].endswith('Seen: {{"a": {{0}}}} [here] (https://evil.example)')
    (related,) = result["relatedLocations"]
    assert not re.search(r"(?<!\{)\{(?!\{)|\]\(", related["message"]["text"])
