"""One verdict on several scenarios: the worst of each rule, with the scenario's name."""

from collections.abc import Iterator

import pytest

from contracts.battery.scenario import Scenario
from contracts.battery.trial import Trial
from contracts.battery.verdicts import judge_trials
from contracts.recording import ClientRecord
from contracts.rules import ALL_RULES
from contracts.verdict import Finding, Grade, Outcome, Rule
from tests.rules.records import CAT, Traffic

NOTHING = ClientRecord()


def in_scenario(name: str, record: ClientRecord = NOTHING, *, trouble: str | None = None) -> Trial:
    """Return what came of a scenario that exposes B1."""
    scenario = Scenario(name=name, title="Something.", exposes=("B1",))
    return Trial(scenario=scenario, ending="well", record=record, trouble=trouble)


def outcome_of(rule: Rule[ClientRecord], *trials: Trial) -> Outcome[ClientRecord]:
    """Return what one rule says of several trials."""
    (outcome,) = judge_trials([rule], trials).verdict.outcomes
    return outcome


def count_requests(record: ClientRecord) -> Iterator[Finding | None]:
    """Find each request but the first of a record."""
    for place, exchange in enumerate(record.asked):
        subject = exchange.path if place == 1 else ""
        yield Finding(expected="one", seen="more", subject=subject, exchanges=(exchange.number,)) if place else None


COUNTING = Rule(id="B1", title="There is one request.", check=count_requests)


def test_nothing_was_tried() -> None:
    """Without scenarios no rule was put to the test."""
    assert outcome_of(COUNTING).grade is Grade.UNTESTED


def test_findings_name_their_scenarios() -> None:
    """A finding says where it was found, what about, and in which of all exchanges."""
    one, three = Traffic().poll("pending").record, Traffic().poll("pending").poll("pending").poll("completed").record
    judged = judge_trials([COUNTING], [in_scenario("queue", one), in_scenario("busy", three)])
    (outcome,) = judged.verdict.outcomes
    assert (outcome.grade, outcome.exposures) == (Grade.FAIL, 4)
    assert [finding.subject for finding in outcome.findings] == [f"busy: /v1/tasks/{CAT}", "busy"]
    numbers = [exchange.number for exchange in judged.exchanges]
    assert len(set(numbers)) == len(numbers) == 4
    assert [finding.exchanges for finding in outcome.findings] == [(numbers[2],), (numbers[3],)]


def test_callbacks_are_among_the_exchanges() -> None:
    """What was received is kept with what was asked, and numbered with it."""
    record = Traffic().create().hear({"id": CAT, "status": "completed"}).record
    judged = judge_trials([COUNTING], [in_scenario("callback", record)] * 2)
    assert len({each.number for each in (*judged.exchanges, *judged.callbacks)}) == 4


def test_a_rule_that_fails_says_where() -> None:
    """What goes wrong in a rule names the scenario."""

    def fail(record: ClientRecord) -> Iterator[None]:
        if record.asked:
            raise ValueError("odd")
        yield from ()

    rule = Rule(id="B1", title="It fails.", check=fail)
    outcome = outcome_of(rule, in_scenario("busy", Traffic().poll("pending").record))
    assert (outcome.grade, outcome.error) == (Grade.ERROR, "busy: ValueError: odd")


def test_trouble_of_the_harness_is_no_finding() -> None:
    """What a scenario in trouble was to expose could not be judged, whatever its record; the rest is untouched."""
    record = Traffic().poll("pending").poll("pending").record
    outcome = outcome_of(COUNTING, in_scenario("busy", record, trouble="OSError: full"))
    assert (outcome.grade, outcome.error, outcome.findings) == (Grade.ERROR, "busy: OSError: full", ())
    other = Rule(id="B2", title="There is one request.", check=count_requests)
    assert outcome_of(other, in_scenario("busy", record, trouble="OSError: full")).grade is Grade.UNTESTED


@pytest.mark.parametrize(("names", "grade"), [(("NoCredits", "Refused"), Grade.PASS), (("Error", "Error"), Grade.FAIL)])
def test_errors_of_several_scenarios_are_compared(names: tuple[str, str], grade: Grade) -> None:
    """What a client says of an error in one scenario is compared with what it says of another one elsewhere."""
    d1 = next(rule for rule in ALL_RULES if rule.id == "D1")
    trials = [
        in_scenario(
            f"refused-{status}",
            Traffic().create(status=status, asked={"prompt": name}).report("error", error=error).record,
        )
        for status, name, error in zip((402, 403), ("A cat", "A dog"), names, strict=True)
    ]
    outcome = outcome_of(d1, *trials)
    assert outcome.grade is grade, outcome
    assert {finding.subject.partition(":")[0] for finding in outcome.findings} <= {"all scenarios"}
