"""A report as HTML: complete in one file that opens without a network, and without a script.

Whatever came from outside is escaped.
"""

from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Final

from contracts.report.exchanges import side
from contracts.report.frame import write_frame
from contracts.report.markup import Child, Html, element, join
from contracts.report.verdicts.report import Report
from contracts.report.verdicts.statement import BROKEN, StatedExchange, StatedFinding, StatedOutcome, Statement, state
from contracts.report.verdicts.text import WORDS, write_moment
from contracts.report.verdicts.words import count, one_line
from contracts.verdict import Grade

_MOST_EXCHANGES: Final = 20


def write_html(report: Report) -> str:
    """Write a report as HTML."""
    statement = state(report)
    outcome = "failed" if statement.exit_code else "passed"
    body = element(
        "body",
        element("span", outcome, class_=f"outcome {outcome}"),
        element("h1", statement.title),
        element("p", statement.target, f", {write_moment(statement)}", class_="soft"),
        _counts(statement),
        *_stale(statement),
        *(section for grade in WORDS for section in write_section(statement, grade)),
        *_exchanges(statement),
        element("footer", f"Written by evolink-mock {statement.tool_version}."),
    )
    return write_frame(f"{statement.title}: {statement.target}", body, style=read_style())


@cache
def read_style() -> str:
    """Return the style of all reports, and what is of verdicts alone."""
    return "".join(
        files(package).joinpath("style.css").read_text("utf-8")
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


def write_section(statement: Statement, grade: Grade) -> Iterator[Html]:
    """Write the rules of a grade: opened where there is something to look into."""
    outcomes = statement.of(grade)
    if outcomes:
        opened = grade in BROKEN
        yield element("h2", f"{WORDS[grade].capitalize()} ({len(outcomes)})")
        yield element(
            "div", *(_write_rule(statement, outcome, opened=opened) for outcome in outcomes), class_=f"rows {grade}"
        )


def _write_rule(statement: Statement, outcome: StatedOutcome, *, opened: bool) -> Html:
    """Write a rule and what came of it, opened if there is something to look into."""
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
    linked = outcome.docs is not None and outcome.docs.startswith(("https://", "http://"))
    yield element(
        "p", "See ", element("a" if linked else "code", outcome.reference, href=outcome.docs if linked else None)
    )


def _finding(statement: Statement, finding: StatedFinding) -> Html:
    rows = {"about": finding.subject, "expected": finding.expected, "seen": finding.seen}
    shown = statement.shown(finding)
    missing = sorted(set(finding.exchanges) - {exchange.number for exchange in shown})
    lines = [join(*_line(exchange, linked=True), "\n") for exchange in shown[:_MOST_EXCHANGES]]
    if len(shown) > _MOST_EXCHANGES:
        lines.append(Html(f"... and {count(len(shown) - _MOST_EXCHANGES, 'more exchange')}\n"))
    lines += [Html(f"#{number} (not recorded)\n") for number in missing]
    return element(
        "table",
        *(element("tr", element("th", name), element("td", value)) for name, value in rows.items() if value),
        *((element("tr", element("th", "exchanges"), element("td", *lines)),) if lines else ()),
        class_="finding",
    )


def _line(exchange: StatedExchange, *, linked: bool = False) -> Iterator[Child]:
    """Yield an exchange as a line of the time line: when, whose, what, and what came of it."""
    number = f"#{exchange.number}"
    kind = "callback" if exchange.callback else "client"
    yield f"+{exchange.at:.3f} s {kind} "
    yield element("a", number, href=f"#exchange-{exchange.number}") if linked else number
    yield f" {exchange.method} {exchange.url} {exchange.came}"


def _exchanges(statement: Statement) -> Iterator[Html]:
    if statement.exchanges:
        yield element("h2", "Exchanges that show it")
        yield element("div", *map(write_shown, statement.exchanges), class_="rows")


def write_shown(exchange: StatedExchange) -> Html:
    """Write an exchange that shows a finding: its line, and below it, when opened, both sides of it."""
    bad = exchange.status is None or exchange.status >= HTTPStatus.BAD_REQUEST
    line = element(
        "summary",
        element("span", f"+{exchange.at:.3f} s", class_="at"),
        element("span", "callback" if exchange.callback else "client", class_="lane"),
        element("span", f"#{exchange.number} {exchange.method} {exchange.url}", class_="what"),
        element(
            "span",
            exchange.came,
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
