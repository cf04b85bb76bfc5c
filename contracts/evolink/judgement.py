"""What the judge says of the client of a test, and its verdict in words."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.metadata import version
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.report.timeline import target
from contracts.report.verdicts.report import Report
from contracts.report.verdicts.statement import StatedExchange, StatedFinding, StatedOutcome, Statement, state
from contracts.report.verdicts.words import count, one_line
from contracts.rules import ALL_RULES
from contracts.verdict import LEVELS, Grade, Strictness, Verdict, judge

MOST_FINDINGS: Final = 3
"""How many findings of a rule are written out: the time line has the rest."""

_MOST_EXCHANGES: Final = 4
_RULES: Final = frozenset(rule.id for rule in ALL_RULES)


def check_allowed(allowed: Mapping[str, str]) -> None:
    """Make sure that rules are allowed that exist, each for a reason.

    Raises:
        ValueError: There is no such rule, or no reason is given.
    """
    for rule, reason in allowed.items():
        if rule not in _RULES:
            near = get_close_matches(rule, _RULES, 1)
            hint = f"did you mean {near[0]}?" if near else "`evolink-contracts rules` lists them"
            raise ValueError(f"allow: there is no rule {rule[:60]!r}; {hint}")
        if not reason.strip():
            raise ValueError(f"allow: say why {rule} may be broken, as a text that is not empty")


def judge_client(record: ClientRecord, *, level: Strictness, allow: Mapping[str, str]) -> Verdict[ClientRecord]:
    """Judge a client by all rules.

    Args:
        record: What it did.
        level: The least binding rules whose findings fail: "must", "should" or "all".
        allow: The rules that may be broken, by their ids, each with the reason.

    Raises:
        ValueError: There is no such level or rule, or a rule is allowed without a reason.
    """
    check_allowed(allow)
    if level not in LEVELS:
        raise ValueError(f"level: expected {', '.join(LEVELS)}, got {level!r}")
    return judge(ALL_RULES, record, binding=LEVELS[level], allowed=allow)


def state_verdict(verdict: Verdict[ClientRecord], record: ClientRecord) -> Statement:
    """Return a verdict in words; nothing of that is secret."""
    return state(
        Report(
            title="The client's contract",
            target="the client",
            verdict=verdict,
            exchanges=record.asked,
            callbacks=record.heard,
            started_at=record.asked[0].started_at if record.asked else 0.0,
            tool_version=version("evolink-mock"),
        )
    )


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
