"""One verdict on several records: a record has one clock, and some rules need one that stands, others one that runs."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from contracts.recording.exchange import Exchange
from contracts.recording.history import ServerRecord
from contracts.verdict import Grade, Level, Outcome, Rule, Verdict, judge

_WORST: Final = (
    Grade.ERROR,
    Grade.FAIL,
    Grade.WARN,
    Grade.ALLOWED,
    Grade.PASS,
    Grade.UNTESTED,
    Grade.NOT_APPLICABLE,
)


def number_on(records: Iterable[ServerRecord]) -> Iterator[ServerRecord]:
    """Number the exchanges of records on from one to the next, so that no two have the same number."""
    last = 0
    for record in records:
        moved = msgspec.structs.replace(
            record, exchanges=_number(record.exchanges, last), received=_number(record.received, last)
        )
        last = max((each.number for each in (*moved.exchanges, *moved.received)), default=last)
        yield moved


def _number(exchanges: tuple[Exchange, ...], by: int) -> tuple[Exchange, ...]:
    return tuple(msgspec.structs.replace(each, number=each.number + by) for each in exchanges)


def judge_records(
    rules: Sequence[Rule[ServerRecord]],
    records: Iterable[ServerRecord],
    *,
    binding: Collection[Level] = (Level.MUST,),
    allowed: Mapping[str, str] | Collection[str] = (),
) -> Verdict[ServerRecord]:
    """Let rules look at each of several records, and return what comes of all of them together."""
    verdicts = [judge(rules, record, binding=binding, allowed=allowed) for record in (*records, ServerRecord())]
    return Verdict(tuple(map(_join, zip(*(verdict.outcomes for verdict in verdicts), strict=True))))


def _join(outcomes: tuple[Outcome[ServerRecord], ...]) -> Outcome[ServerRecord]:
    """Return one outcome for those of one rule."""
    return Outcome(
        rule=outcomes[0].rule,
        grade=min((outcome.grade for outcome in outcomes), key=_WORST.index),
        exposures=sum(outcome.exposures for outcome in outcomes),
        findings=tuple(finding for outcome in outcomes for finding in outcome.findings),
        error=next((outcome.error for outcome in outcomes if outcome.error is not None), None),
    )
