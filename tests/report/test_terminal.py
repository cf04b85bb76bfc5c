"""What the terminal and a JUnit file say."""

import pytest

from contracts.report.history import History
from contracts.report.properties import properties
from contracts.report.terminal import Summary, summarise, write_summary
from contracts.report.verdicts.statement import state
from tests.report.facts import creation, entry, plan, record, task, violation
from tests.report.verdicts.reports import finding, full_report, report, rule


def summary(number: int, **facts: object) -> Summary:
    """Return a test that was quiet, but for these facts."""
    given = {"failed": False, "requests": 2, "tasks": 1, "credits": 0.1, "broken": (), "unused": ()}
    return Summary(**{"node": f"test_it.py::test_{number}", **given, **facts})  # type: ignore[arg-type]


def test_a_failed_test() -> None:
    """What it did, what it broke and how often, what it never used, and where its page is."""
    made = record(
        outcome="failed",
        entries=(creation(1), entry(2)),
        tasks=(task(),),
        plans=(plan("answer 503", 0), plan("callback never", 1)),
        violations=(violation(1), violation(2), violation(1, "PROMPT-MAX")),
    )
    assert write_summary([summarise(made, report="reports/test.html")]) == (
        "tests/test_it.py::test_it: 2 requests, 1 task, 5.1 credits",
        "  broke DURATION-RANGE (2 times), PROMPT-MAX",
        "  never used: answer 503",
        "  reports/test.html",
        "1 test: 2 requests, 1 task, 5.1 credits, 2 clauses broken, 1 plan never used",
    )


def test_the_sum() -> None:
    """It is exact, and counts a test once that had two universes."""
    lines = write_summary([summary(1), summary(1), summary(2)])
    assert lines[-1] == "2 tests: 6 requests, 3 tasks, 0.3 credits"


def test_many_tests() -> None:
    """Those with something to look into come first and are all there; of the others so many, the rest is counted."""
    quiet = [summary(number) for number in range(70)]
    telling = [summary(100 + number, failed=True) for number in range(45)]
    lines = write_summary([*quiet, *telling])
    assert "test_100:" in lines[0]
    assert len(lines) == 50 + 2
    assert lines[-2] == "... 65 more tests with nothing to look into"
    assert len(write_summary(telling * 2)) == 90 + 1
    assert not any(line.startswith("...") for line in write_summary(quiet[:50]))


@pytest.mark.parametrize("facts", [{"failed": True}, {"broken": ("X",)}, {"unused": ("y",)}])
def test_what_is_told_first(facts: dict[str, object]) -> None:
    """Failures, broken clauses and plans that were never used."""
    assert "test_2:" in write_summary([summary(1), summary(2, **facts)])[0]


def test_properties(generation: History) -> None:
    """Numbers by name, all universes of a test together."""
    both = dict(properties([generation, record(entries=(entry(1, faults=("delay",)),))]))
    assert both == {
        "evolink.requests": len(generation.entries) + 1,
        "evolink.tasks": 2,
        "evolink.credits_spent": generation.credits_spent,
        "evolink.violations": 1,
        "evolink.faults": 2,
    }
    assert generation.credits_spent > 0


def test_properties_of_verdicts() -> None:
    """The rules that failed, and those that warned, each once, whichever universe it was in."""
    judged = [state(full_report()), state(report(rule("L4", finding()), rule("K1", finding())))]
    told = dict(properties([record(), record()], judged))
    assert (told["evolink.broken_rules"], told["evolink.warned_rules"]) == ("L4 K1", "P2")
