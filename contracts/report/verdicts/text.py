"""A report for a terminal: what failed first, each with what shows it and what to do, and the sum at the end."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import click

from contracts.report.verdicts.report import Report
from contracts.report.verdicts.statement import BROKEN, StatedExchange, StatedFinding, StatedOutcome, Statement, state
from contracts.report.verdicts.words import count, one_line
from contracts.verdict import Grade

MOST_FINDINGS: Final = 5
"""How many findings of a rule are written out."""

_MOST_EXCHANGES: Final = 6
_COLOURS: Final[Mapping[Grade, str]] = {Grade.FAIL: "red", Grade.ERROR: "magenta", Grade.WARN: "yellow"}

WORDS: Final[Mapping[Grade, str]] = {
    Grade.FAIL: "failed",
    Grade.ERROR: "could not be judged",
    Grade.WARN: "warned",
    Grade.ALLOWED: "allowed",
    Grade.UNTESTED: "not put to the test",
    Grade.NOT_APPLICABLE: "not applicable",
    Grade.PASS: "passed",
}
"""What is said of rules of each grade, the worst first."""


def write_text(report: Report, *, colours: bool = False) -> str:
    """Write a report as text, in colours if that is asked for.

    No line begins with what came from outside, and none holds what a terminal would act on.
    """
    statement = state(report)
    return "\n".join(_lines(statement, colours=colours)) + "\n"


def write_sum(statement: Statement) -> str:
    """Return how many rules have each grade, in one line."""
    told = [f"{statement.counts[grade]} {words}" for grade, words in WORDS.items() if statement.counts[grade]]
    if statement.stale:
        told.append(f"{len(statement.stale)} of the baseline out of date")
    return ", ".join(told) or "no rule was asked"


def write_moment(statement: Statement) -> str:
    """Return when a report began, as ISO 8601 has it, in UTC."""
    return datetime.fromtimestamp(statement.started_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def finding_lines(statement: Statement, outcome: StatedOutcome) -> Iterator[str]:
    """Yield what a rule found, with the exchanges that show it, and what to do."""
    for clause in outcome.clauses:
        yield f"{clause.id}: {one_line(clause.says)}" if clause.says else clause.id
    for finding in outcome.findings[:MOST_FINDINGS]:
        yield from _finding(statement, finding)
    if len(outcome.findings) > MOST_FINDINGS:
        yield f"... and {count(len(outcome.findings) - MOST_FINDINGS, 'more finding')}"
    for allowance in outcome.allowances:
        yield f"{count(allowance.findings, 'finding')} allowed: {one_line(allowance.reason)}"
    if outcome.error is not None:
        yield f"the rule itself failed: {one_line(outcome.error)}"
    if outcome.advice:
        yield f"what to do: {one_line(outcome.advice)}"
    yield f"see {one_line(outcome.reference)}"


def _finding(statement: Statement, finding: StatedFinding) -> Iterator[str]:
    if finding.subject:
        yield f"about    {one_line(finding.subject)}"
    yield f"expected {one_line(finding.expected)}"
    yield f"seen     {one_line(finding.seen)}"
    shown = statement.shown(finding)
    most = shown if len(shown) <= _MOST_EXCHANGES else (*shown[:2], *shown[2 - _MOST_EXCHANGES :])
    for number, exchange in enumerate(most):
        if number == 2 and len(most) < len(shown):  # noqa: PLR2004 - as above
            yield f"  ... {count(len(shown) - len(most), 'more exchange')}"
        yield f"  {_exchange(exchange)}"
    missing = sorted(set(finding.exchanges) - {exchange.number for exchange in shown})
    if missing:
        yield f"  not recorded: exchange {', '.join(map(str, missing))}"


def _exchange(exchange: StatedExchange) -> str:
    error = f" ({one_line(exchange.error)})" if exchange.error else ""
    kind = "callback " if exchange.callback else ""
    return f"#{exchange.number} {kind}+{exchange.at:.3f} s {exchange.came}{error}: {exchange.curl}"


def _lines(statement: Statement, *, colours: bool) -> Iterator[str]:
    for outcome in statement.of(*BROKEN):
        head = f"{outcome.grade.upper()} {outcome.rule}: {one_line(outcome.title)}"
        yield _painted(head, _COLOURS[outcome.grade], colours=colours)
        yield from (f"  {line}" for line in finding_lines(statement, outcome))
        yield ""
    for sentence in statement.stale:
        yield _painted(f"STALE {one_line(sentence)}", "red", colours=colours)
    yield from _brief(statement)
    began, colour = write_moment(statement), "red" if statement.exit_code else "green"
    yield f"{one_line(statement.title)} of {one_line(statement.target)}, {began}, evolink-mock {statement.tool_version}"
    yield _painted(write_sum(statement), colour, colours=colours)


def _brief(statement: Statement) -> Iterator[str]:
    """Yield a line for each rule that is allowed or was not put to the test."""
    for outcome in statement.of(Grade.ALLOWED):
        yield f"allowed {outcome.rule}: {one_line(outcome.reasons or outcome.title)}"
    for outcome in statement.of(Grade.UNTESTED):
        yield f"not put to the test {outcome.rule}: {one_line(outcome.exposure or outcome.title)}"


def _painted(text: str, colour: str, *, colours: bool) -> str:
    return click.style(text, fg=colour, bold=True) if colours else text
