"""What a JUnit file says of a test, for dashboards: numbers by name."""

from collections.abc import Sequence

from contracts.report.record import Record, add_credits


def properties(records: Sequence[Record]) -> tuple[tuple[str, int | float], ...]:
    """Return the properties of a test, all its universes together.

    They are how many requests it made, how many tasks it had, what these were charged, how many clauses were broken,
    and how many faults struck.
    """
    return (
        ("evolink.requests", sum(len(record.entries) for record in records)),
        ("evolink.tasks", sum(len(record.tasks) for record in records)),
        ("evolink.credits_spent", add_credits(record.credits_spent for record in records)),
        ("evolink.violations", sum(len(record.violations) for record in records)),
        ("evolink.faults", sum(record.faults for record in records)),
    )
