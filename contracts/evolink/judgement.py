"""The judge's verdict on the client of a test, in words."""

from collections.abc import Iterator
from typing import Final

from contracts.judge import state_verdict
from contracts.recording.client import ClientRecord
from contracts.report.timeline import target
from contracts.report.verdicts.statement import StatedExchange, StatedFinding, StatedOutcome, Statement
from contracts.report.verdicts.words import count, one_line
from contracts.verdict import Grade, Verdict

MOST_FINDINGS: Final = 3
"""How many findings of a rule are written out: the time line has the rest."""

_MOST_EXCHANGES: Final = 4


def write_verdict(verdict: Verdict[ClientRecord], record: ClientRecord) -> str:
    """Say which rules a client broke, what shows it, and what to do about it; nothing of that is secret.

    It is empty if none was broken, and all could be judged.
    """
    statement = state_verdict(verdict, record)
    failed, errors = statement.of(Grade.FAIL), statement.of(Grade.ERROR)
    parts = ["\n".join(_broken(statement, outcome)) for outcome in failed]
    parts += [f"{outcome.rule} could not be judged: {one_line(outcome.error or '')}" for outcome in errors]
    if failed:
        broken = "a rule" if len(failed) == 1 else count(len(failed), "rule")
        parts = [f"The client broke {broken} of the judge.", *parts, _way_out(failed)]
    return "\n\n".join(parts)


def _broken(statement: Statement, outcome: StatedOutcome) -> Iterator[str]:
    yield f"{outcome.rule} ({outcome.level}): {outcome.title}"
    for clause in outcome.clauses:
        yield f"  clause    {clause.id}: {clause.says}"
    for finding in outcome.findings[:MOST_FINDINGS]:
        yield from _found(statement, finding)
    if len(outcome.findings) > MOST_FINDINGS:
        yield f"  ... and {count(len(outcome.findings) - MOST_FINDINGS, 'more finding')}"
    yield f"  advice    {one_line(outcome.advice)}"


def _found(statement: Statement, finding: StatedFinding) -> Iterator[str]:
    if finding.subject:
        yield f"  about     {one_line(finding.subject)}"
    yield f"  expected  {one_line(finding.expected)}"
    yield f"  seen      {one_line(finding.seen)}"
    shown = statement.shown(finding)
    for exchange in shown[:_MOST_EXCHANGES]:
        yield f"  exchange  {_told(exchange)}"
    if len(shown) > _MOST_EXCHANGES:
        yield f"  ... and {count(len(shown) - _MOST_EXCHANGES, 'more exchange')}"


def _told(exchange: StatedExchange) -> str:
    kind = "callback " if exchange.callback else ""
    answer = exchange.status or "nothing"
    return f"{exchange.number} {kind}{exchange.method} {target(exchange.url)}, answered with {answer}"


def _way_out(failed: tuple[StatedOutcome, ...]) -> str:
    reasons = ", ".join(f'"{outcome.rule}": "..."' for outcome in failed)
    return f"Correct the client. A test that means to do this says why: allow={{{reasons}}}."
