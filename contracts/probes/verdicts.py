"""One verdict on several records: a record has one clock, and some rules need one that stands, others one that runs."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from contracts.recording.server import ServerRecord
from contracts.verdict import Level, Rule, Verdict, judge, unite


def judge_records(
    rules: Sequence[Rule[ServerRecord]],
    records: Iterable[ServerRecord],
    *,
    binding: Collection[Level] = (Level.MUST,),
    allowed: Mapping[str, str] | Collection[str] = (),
) -> Verdict[ServerRecord]:
    """Let rules look at each of several records, and return what comes of all of them together."""
    return unite([judge(rules, record, binding=binding, allowed=allowed) for record in (*records, ServerRecord())])
