"""What a JUnit file says of a test, for dashboards: numbers by name."""

from collections.abc import Sequence

from contracts.report.history import History, add_credits
from contracts.report.verdicts.statement import Statement
from contracts.verdict import Grade


def properties(
    histories: Sequence[History], judged: Sequence[Statement] = ()
) -> tuple[tuple[str, str | int | float], ...]:
    """Return the properties of a test, all its universes together.

    They are how many requests it made, how many tasks it had, what these were charged, how many clauses were broken,
    and how many faults struck; and, if the judge was asked, the ids of the rules that failed, and of those that warned.
    """
    return (
        ("evolink.requests", sum(len(history.entries) for history in histories)),
        ("evolink.tasks", sum(len(history.tasks) for history in histories)),
        ("evolink.credits_spent", add_credits(history.credits_spent for history in histories)),
        ("evolink.violations", sum(len(history.violations) for history in histories)),
        ("evolink.faults", sum(history.faults for history in histories)),
        *((("evolink.broken_rules", _ids(judged, Grade.FAIL)),) if judged else ()),
        *((("evolink.warned_rules", _ids(judged, Grade.WARN)),) if judged else ()),
    )


def _ids(judged: Sequence[Statement], grade: Grade) -> str:
    """Return the ids of the rules with a grade, each once."""
    return " ".join(dict.fromkeys(outcome.rule for statement in judged for outcome in statement.of(grade)))
