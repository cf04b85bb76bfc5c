"""One verdict on a client for all that it did in several scenarios.

A rule that finds something in any of them has failed, one that was put to the test in some and found nothing has
passed. Each finding names its scenario, and numbers exchanges that are numbered through all of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from contracts.battery.trial import Trial
from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.numbering import number_on
from contracts.verdict import Finding, Grade, Level, Outcome, Rule, Verdict, judge, unite
from openapi.operations import load_operations

ALL_SCENARIOS: Final = "all scenarios"
"""What findings name that rest on several."""

_COMPARING: Final = frozenset({"D1", "D8", "D9"})
"""The rules that compare what a client says of several errors, of which it may meet one in each scenario."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict, with the exchanges that it tells of by number."""

    verdict: Verdict[ClientRecord]
    exchanges: tuple[Exchange, ...]
    callbacks: tuple[Exchange, ...]


def judge_trials(
    rules: Sequence[Rule[ClientRecord]],
    trials: Sequence[Trial],
    *,
    binding: Collection[Level] = (Level.MUST,),
    allowed: Mapping[str, str] | Collection[str] = (),
) -> Judged:
    """Let rules look at what a client did in each scenario, and return what comes of all of it together."""
    records = tuple(number_on(trial.record for trial in trials))
    verdicts = [judge(rules, ClientRecord(), binding=binding, allowed=allowed)]
    for trial, record in zip(trials, records, strict=True):
        verdict = judge(rules, record, binding=binding, allowed=allowed)
        verdicts.append(_trouble(verdict, trial) if trial.trouble else _named(verdict, trial.scenario.name))
    comparing = judge(rules, _join(records), binding=binding, allowed=allowed)
    verdicts.append(_named(_only(comparing, _COMPARING), ALL_SCENARIOS))
    return Judged(
        verdict=unite(verdicts),
        exchanges=tuple(exchange for record in records for exchange in record.asked),
        callbacks=tuple(exchange for record in records for exchange in record.heard),
    )


def _named(verdict: Verdict[ClientRecord], scenario: str) -> Verdict[ClientRecord]:
    """Return a verdict whose findings and errors name a scenario."""
    return Verdict(tuple(_name(outcome, scenario) for outcome in verdict.outcomes))


def _name(outcome: Outcome[ClientRecord], scenario: str) -> Outcome[ClientRecord]:
    findings = tuple(_place(finding, scenario) for finding in outcome.findings)
    error = None if outcome.error is None else f"{scenario}: {outcome.error}"
    return msgspec.structs.replace(outcome, findings=findings, error=error)


def _place(finding: Finding, scenario: str) -> Finding:
    subject = f"{scenario}: {finding.subject}" if finding.subject else scenario
    return msgspec.structs.replace(finding, subject=subject)


def _trouble(verdict: Verdict[ClientRecord], trial: Trial) -> Verdict[ClientRecord]:
    """Return a verdict in which what a scenario was to put to the test could not be judged."""
    error = f"{trial.scenario.name}: {trial.trouble}"
    return Verdict(
        tuple(
            Outcome(rule=outcome.rule, grade=Grade.ERROR, error=error)
            if outcome.rule.id in trial.scenario.exposes
            else Outcome(rule=outcome.rule, grade=Grade.UNTESTED)
            for outcome in verdict.outcomes
        )
    )


def _only(verdict: Verdict[ClientRecord], rules: Collection[str]) -> Verdict[ClientRecord]:
    return Verdict(
        tuple(
            outcome if outcome.rule.id in rules else Outcome(rule=outcome.rule, grade=Grade.NOT_APPLICABLE)
            for outcome in verdict.outcomes
        )
    )


def _join(records: Iterable[ClientRecord]) -> ClientRecord:
    """Return one record of several, for rules that compare what was said of errors.

    Where one thing alone was asked for, and one thing said, that was said of it.
    """
    known = tuple(records)
    return ClientRecord(
        exchanges=tuple(exchange for record in known for exchange in record.exchanges),
        reported=tuple(
            msgspec.structs.replace(report, wanted=record.creates[0].body)
            if report.wanted is None and len(record.reported) == len(record.creates) == 1
            else report
            for record in known
            for report in record.reported
        ),
        apis=tuple(dict.fromkeys(api for record in known for api in record.origins)),
        contract=known[0].contract if known else load_operations(),
    )
