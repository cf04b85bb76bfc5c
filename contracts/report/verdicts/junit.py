"""A report as JUnit XML: a test case for each rule, so that a CI shows rules like tests."""

from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from contracts.report.verdicts.report import Report
from contracts.report.verdicts.statement import StatedOutcome, Statement, state
from contracts.report.verdicts.text import finding_lines, write_moment
from contracts.report.verdicts.words import count, one_line
from contracts.verdict import Grade

_SKIPPED: Final = (Grade.UNTESTED, Grade.NOT_APPLICABLE, Grade.ALLOWED)


def write_junit(report: Report) -> str:
    """Write a report as JUnit XML.

    A rule that fails is a failure, one that could not be judged an error. One that was not put to the test, or whose
    findings are allowed, is skipped, with the reason. A warning passes, and its text is what the case put out. A
    baseline that is out of date is a failure of a case of its own.
    """
    statement = state(report)
    suite = Element(
        "testsuite",
        name=one_line(statement.title),
        timestamp=write_moment(statement),
        tests=str(len(statement.outcomes) + bool(statement.stale)),
        failures=str(statement.counts[Grade.FAIL] + bool(statement.stale)),
        errors=str(statement.counts[Grade.ERROR]),
        skipped=str(sum(statement.counts[grade] for grade in _SKIPPED)),
    )
    _properties(
        suite,
        {
            "target": statement.target,
            "tool_version": statement.tool_version,
            **({} if statement.artifact is None else {"artifact": statement.artifact}),
        },
    )
    for outcome in statement.outcomes:
        _case(suite, statement, outcome)
    if statement.stale:
        case = SubElement(suite, "testcase", classname=one_line(statement.title), name="baseline")
        told = "\n".join(map(one_line, statement.stale))
        SubElement(case, "failure", type="stale", message="the baseline is out of date").text = told
    root = Element("testsuites")
    root.append(suite)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(suite: Element, statement: Statement, outcome: StatedOutcome) -> None:
    name = f"{outcome.rule}: {one_line(outcome.title)}"
    case = SubElement(suite, "testcase", classname=one_line(statement.title), name=name)
    _properties(
        case,
        {
            "level": outcome.level,
            "ground": outcome.ground,
            "clauses": " ".join(clause.id for clause in outcome.clauses),
            "exposures": str(outcome.exposures),
        },
    )
    told = "\n".join(finding_lines(statement, outcome))
    if outcome.grade is Grade.FAIL:
        found = count(len(outcome.findings), "finding")
        message = f"{found}: expected {outcome.findings[0].expected}; seen {outcome.findings[0].seen}"
        SubElement(case, "failure", type=outcome.rule, message=one_line(message)).text = told
    elif outcome.grade is Grade.ERROR:
        SubElement(case, "error", type=outcome.rule, message=one_line(outcome.error or "")).text = told
    elif outcome.grade in _SKIPPED:
        SubElement(case, "skipped", message=one_line(_why_skipped(outcome)))
    elif outcome.findings:
        SubElement(case, "system-out").text = told


def _why_skipped(outcome: StatedOutcome) -> str:
    if outcome.grade is Grade.NOT_APPLICABLE:
        return "not applicable"
    if outcome.grade is Grade.UNTESTED:
        return f"not put to the test: {outcome.exposure}" if outcome.exposure else "not put to the test"
    return f"{count(len(outcome.findings), 'finding')} allowed: {outcome.reasons}".removesuffix(": ")


def _properties(parent: Element, values: dict[str, str]) -> None:
    properties = SubElement(parent, "properties")
    for name, value in values.items():
        SubElement(properties, "property", name=name, value=one_line(value))
