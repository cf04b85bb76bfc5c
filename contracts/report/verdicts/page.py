"""A report as a page of HTML: complete in one file that opens without a network, and without a script.

Whatever came from outside is escaped.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from contracts.report.exchanges import side
from contracts.report.frame import write_frame
from contracts.report.markup import Html, element, join
from contracts.report.verdicts.report import Report
from contracts.report.verdicts.statement import StatedExchange, StatedFinding, StatedOutcome, Statement, state
from contracts.report.verdicts.text import WORDS, write_moment
from contracts.report.verdicts.words import count, one_line
from contracts.verdict import Grade

_FIRST_ERROR: Final = 400


def write_page(report: Report) -> str:
    """Write a report as a page of HTML."""
    statement = state(report)
    outcome = "failed" if statement.exit_code else "passed"
    body = element(
        "body",
        element("span", outcome, class_=f"outcome {outcome}"),
        element("h1", statement.title),
        element("p", statement.target, f", {write_moment(statement)}", class_="soft"),
        _counts(statement),
        *_stale(statement),
        *(section for grade in WORDS for section in _section(statement, grade)),
        *_exchanges(statement),
        element("footer", f"Written by evolink-mock {statement.tool_version}."),
    )
    return write_frame(f"{statement.title}: {statement.target}", body, style=_style())


@cache
def _style() -> str:
    """Return the style of all pages, and what is of verdicts alone."""
    return "".join(
        files(package).joinpath("page.css").read_text("utf-8")
        for package in ("contracts.report", "contracts.report.verdicts")
    )


def _counts(statement: Statement) -> Html:
    counted = [(statement.counts[grade], words) for grade, words in WORDS.items() if statement.counts[grade]]
    items = (element("li", element("b", str(number)), element("span", words)) for number, words in counted)
    return element("ul", *items, class_="facts")


def _stale(statement: Statement) -> Iterator[Html]:
    if statement.stale:
        yield element("h2", "The baseline is out of date")
    for sentence in statement.stale:
        yield element("div", sentence, class_="broken")


def _section(statement: Statement, grade: Grade) -> Iterator[Html]:
    """Yield the rules of a grade: opened where there is something to look into."""
    outcomes = statement.of(grade)
    if outcomes:
        opened = grade in {Grade.FAIL, Grade.ERROR, Grade.WARN}
        yield element("h2", f"{WORDS[grade].capitalize()} ({len(outcomes)})")
        yield element(
            "div", *(_rule(statement, outcome, opened=opened) for outcome in outcomes), class_=f"rows {grade}"
        )


def _rule(statement: Statement, outcome: StatedOutcome, *, opened: bool) -> Html:
    came = "ill" if outcome.grade is Grade.FAIL else "well" if outcome.grade is Grade.PASS else ""
    line = element(
        "summary",
        element("span", outcome.rule, class_="at"),
        element("span", outcome.level, class_="lane"),
        element("span", outcome.title, class_="title"),
        element("span", _amount(outcome), class_=f"came {came}".strip()),
    )
    inside = element("div", *_inside(statement, outcome), class_="inside")
    return element("details", line, inside, id=f"rule-{outcome.rule}", open="" if opened else None)


def _amount(outcome: StatedOutcome) -> str:
    found = f"{count(len(outcome.findings), 'finding')} in " if outcome.findings else ""
    return f"{found}{count(outcome.exposures, 'test')}"


def _inside(statement: Statement, outcome: StatedOutcome) -> Iterator[Html]:
    for clause in outcome.clauses:
        yield element("p", element("code", clause.id), " ", clause.says)
    if outcome.exposure:
        yield element("p", "Put to the test by: ", outcome.exposure, class_="soft")
    for finding in outcome.findings:
        yield _finding(statement, finding)
    for allowance in outcome.allowances:
        yield element("p", f"{count(allowance.findings, 'finding')} allowed: ", allowance.reason)
    if outcome.error is not None:
        yield element("pre", outcome.error)
    if outcome.advice:
        yield element("p", "What to do: ", outcome.advice)
    if outcome.docs is not None:
        yield element("p", "See ", element("code", outcome.docs))


def _finding(statement: Statement, finding: StatedFinding) -> Html:
    rows = {"about": finding.subject, "expected": finding.expected, "seen": finding.seen}
    recorded = {exchange.number for exchange in statement.shown(finding)}
    links = (
        element("a", f"#{number}", href=f"#exchange-{number}") if number in recorded else f"#{number} (not recorded)"
        for number in finding.exchanges
    )
    shown = join(*(part for link in links for part in (link, " ")))
    return element(
        "table",
        *(element("tr", element("th", name), element("td", value)) for name, value in rows.items() if value),
        *((element("tr", element("th", "exchanges"), element("td", shown)),) if shown else ()),
        class_="finding",
    )


def _exchanges(statement: Statement) -> Iterator[Html]:
    if statement.exchanges:
        yield element("h2", "Exchanges that show it")
        yield element("div", *map(_exchange, statement.exchanges), class_="rows")


def _exchange(exchange: StatedExchange) -> Html:
    bad = exchange.status is None or exchange.status >= _FIRST_ERROR
    line = element(
        "summary",
        element("span", f"+{exchange.at:.3f} s", class_="at"),
        element("span", "callback" if exchange.callback else "client", class_="lane"),
        element("span", f"#{exchange.number} {exchange.method} {exchange.url}", class_="what"),
        element(
            "span",
            "no answer" if exchange.status is None else str(exchange.status),
            class_=f"came {'ill' * bad}".strip(),
        ),
    )
    sides = element(
        "div",
        element("div", *side("Request", exchange.request)),
        element("div", *side("Answer", exchange.answer)),
        class_="sides",
    )
    told = [element("p", text) for text in (exchange.error, *(f"fault: {fault}" for fault in exchange.faults)) if text]
    curl = element("pre", one_line(exchange.curl))
    inside = element("div", *told, element("h3", "Make it again"), curl, sides, class_="inside")
    return element("details", line, inside, id=f"exchange-{exchange.number}")
