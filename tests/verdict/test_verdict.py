"""What findings amount to: grades, allowances, and what a command exits with."""

from collections.abc import Iterator

import pytest

from contracts.verdict import Finding, Grade, Level, Outcome, Rule, Verdict, judge, unite


def small(numbers: tuple[int, ...]) -> Iterator[Finding | None]:
    """Want every number below ten."""
    for place, number in enumerate(numbers, 1):
        yield None if number < 10 else Finding(expected="below 10", seen=str(number), exchanges=(place,))


def even(numbers: tuple[int, ...]) -> Iterator[Finding | None]:
    """Divide by nothing, which no rule should."""
    yield from (Finding(expected="even", seen=str(number)) for number in numbers if number % 0)


SMALL = Rule(id="N1", title="A number is small.", check=small)
ADVISED = Rule(id="N2", title="A number is better small.", check=small, level=Level.SHOULD)
BROKEN = Rule(id="N3", title="A number is even.", check=even)


@pytest.mark.parametrize(
    ("numbers", "grade", "exposures", "findings"),
    [
        ((), Grade.UNTESTED, 0, 0),
        ((1, 2), Grade.PASS, 2, 0),
        ((1, 12, 13), Grade.FAIL, 3, 2),
    ],
)
def test_a_rule_is_graded_by_what_it_saw(numbers: tuple[int, ...], grade: Grade, exposures: int, findings: int) -> None:
    """Nothing seen is untested and no pass; one finding among passes fails."""
    (outcome,) = judge([SMALL], numbers).outcomes
    assert (outcome.grade, outcome.exposures, len(outcome.findings)) == (grade, exposures, findings)


def test_what_does_not_bind_warns() -> None:
    """A finding of a rule whose level does not bind is a warning, unless the user wants it to bind."""
    assert judge([ADVISED], (12,)).outcomes[0].grade is Grade.WARN
    assert judge([ADVISED], (12,), binding=(Level.MUST, Level.SHOULD)).outcomes[0].grade is Grade.FAIL


def test_what_is_allowed_does_not_fail() -> None:
    """Its findings are kept all the same."""
    verdict = judge([SMALL], (12,), allowed={"N1": "they count in dozens"})
    assert verdict.outcomes[0].grade is Grade.ALLOWED
    assert verdict.outcomes[0].findings
    assert not verdict.failed


def test_what_is_not_applicable() -> None:
    """A rule is not asked if there is nothing in the history that it is about."""
    many = Rule(id="N9", title="All are small.", check=SMALL.check, applies=lambda numbers: len(numbers) > 1)
    assert judge([many], (12,)).outcomes[0].grade is Grade.NOT_APPLICABLE
    assert judge([many], (1, 12)).outcomes[0].grade is Grade.FAIL
    assert judge([many], (12,)).exit_code == 0


def test_a_rule_that_fails_hides_no_other() -> None:
    """It is an error of ours, told with its kind, and the others are asked."""
    verdict = judge([BROKEN, SMALL], (12,))
    assert [outcome.grade for outcome in verdict.outcomes] == [Grade.ERROR, Grade.FAIL]
    assert (verdict.outcomes[0].error or "").startswith("ZeroDivisionError: ")


@pytest.mark.parametrize(
    ("rules", "numbers", "code"),
    [
        ([SMALL, ADVISED], (1,), 0),
        ([SMALL, ADVISED], (), 0),
        ([ADVISED], (12,), 0),
        ([SMALL], (12,), 1),
        ([SMALL, BROKEN], (12,), 2),
    ],
)
def test_what_a_command_exits_with(rules: list[Rule[tuple[int, ...]]], numbers: tuple[int, ...], code: int) -> None:
    """0 when nothing failed, 1 with findings, 2 when we could not judge."""
    verdict: Verdict[tuple[int, ...]] = judge(rules, numbers)
    assert verdict.exit_code == code


def test_one_verdict_for_several() -> None:
    """A rule comes to the worst that it came to; what was seen is added up, and the first error is told."""
    rules = (SMALL, ADVISED, BROKEN)
    apart = tuple(judge(rules, numbers) for numbers in ((), (1, 2), (12,), (3, 13)))
    small, advised, broken = unite(apart).outcomes
    seen = (
        Finding(expected="below 10", seen="12", exchanges=(1,)),
        Finding(expected="below 10", seen="13", exchanges=(2,)),
    )
    assert small == Outcome(rule=SMALL, grade=Grade.FAIL, exposures=5, findings=seen)
    assert advised == Outcome(rule=ADVISED, grade=Grade.WARN, exposures=5, findings=seen)
    assert broken == apart[1].outcomes[2]
    assert unite(apart[2:3]) == apart[2]
    assert [each.grade for each in unite(apart[:2]).outcomes] == [Grade.PASS, Grade.PASS, Grade.ERROR]


def test_verdicts_on_other_rules_are_not_united() -> None:
    """What was not judged by the same rules has no verdict in common."""
    with pytest.raises(ValueError, match="shorter"):
        unite((judge([SMALL, ADVISED], (1,)), judge([SMALL], (1,))))


def test_outcomes_name_their_rules() -> None:
    """Whatever came of it, even nothing and an error."""
    never = Rule(id="N8", title="Never.", check=SMALL.check, applies=lambda _: False)
    assert [each.rule for each in judge([never, BROKEN], (12,)).outcomes] == [never, BROKEN]
