"""What a JUnit file says of a test, for dashboards: numbers by name."""

from collections.abc import Sequence
from typing import Final

from contracts.report.record import Record, add_credits
from contracts.report.verdicts.statement import Statement
from contracts.verdict import Grade

BROKEN: Final = (Grade.FAIL, Grade.ERROR, Grade.WARN)
"""The grades of rules that there is something to say of: what fails a test first."""


def properties(
    records: Sequence[Record], judged: Sequence[Statement] = ()
) -> tuple[tuple[str, str | int | float], ...]:
    """Return the properties of a test, all its universes together.

    They are how many requests it made, how many tasks it had, what these were charged, how many clauses were broken,
    and how many faults struck; and, if the judge was asked, the ids of the rules that failed, and of those that warned.
    """
    return (
        ("evolink.requests", sum(len(record.entries) for record in records)),
        ("evolink.tasks", sum(len(record.tasks) for record in records)),
        ("evolink.credits_spent", add_credits(record.credits_spent for record in records)),
        ("evolink.violations", sum(len(record.violations) for record in records)),
        ("evolink.faults", sum(record.faults for record in records)),
        *((("evolink.broken_rules", _ids(judged, Grade.FAIL)),) if judged else ()),
        *((("evolink.warned_rules", _ids(judged, Grade.WARN)),) if judged else ()),
    )


def _ids(judged: Sequence[Statement], grade: Grade) -> str:
    """Return the ids of the rules with a grade, each once."""
    return " ".join(dict.fromkeys(outcome.rule for statement in judged for outcome in statement.of(grade)))
