"""Baselines: what is known does not fail, what is new does, and what is known no longer is out of date."""

from typing import Final

import pytest

from contracts.report.verdicts.baseline import (
    Baseline,
    BaselineError,
    Known,
    apply_baseline,
    read_baseline,
)
from contracts.report.verdicts.report import Allowance
from contracts.verdict import Finding, Grade, Level, Rule, Verdict, judge
from tests.report.verdicts.reports import broken_rule, finding, rule

RULES: Final = ("L4", "L9", "M1", "P2")
CREDITS: Final = finding(1, subject="/v1/credits")
TASKS: Final = finding(2)


def verdict_of(*rules: Rule[None]) -> Verdict[None]:
    """Return the verdict of rules."""
    return judge(rules, None)


def known(name: str, subject: str | None = None, reason: str = "old") -> Known:
    """Return an entry."""
    return Known(rule=name, subject=subject, reason=reason)


@pytest.mark.parametrize(
    ("entries", "grade", "left", "allowed"),
    [
        ((), Grade.FAIL, (CREDITS, TASKS), ()),
        ((known("L4"),), Grade.ALLOWED, (CREDITS, TASKS), (("old", 2),)),
        ((known("L4", "/v1/*"),), Grade.FAIL, (TASKS,), (("old", 1),)),
        (
            (known("L4", "/v1/*"), known("L4", "task-*", "new")),
            Grade.ALLOWED,
            (CREDITS, TASKS),
            (("old", 1), ("new", 1)),
        ),
        ((known("L4", "/v1/*"), known("L4")), Grade.ALLOWED, (CREDITS, TASKS), (("old", 2),)),
    ],
)
def test_what_is_known_is_allowed(
    entries: tuple[Known, ...], grade: Grade, left: tuple[Finding, ...], allowed: tuple[tuple[str, int], ...]
) -> None:
    """All of a rule, or what is left of it fails; each finding is allowed by the first entry that has it."""
    settled = apply_baseline(verdict_of(rule("L4", None, CREDITS, TASKS)), Baseline(entries))
    (outcome,) = settled.verdict.outcomes
    assert (outcome.grade, outcome.findings, outcome.exposures) == (grade, left, 3)
    counts: dict[str, int] = {}
    for each in settled.allowances:
        counts[each.reason] = counts.get(each.reason, 0) + each.findings
    assert counts == dict(allowed)
    assert settled.stale == ()


def test_warnings_can_be_known() -> None:
    """They are listed as allowed then."""
    settled = apply_baseline(verdict_of(rule("P2", TASKS, level=Level.SHOULD)), Baseline((known("P2"),)))
    assert settled.verdict.outcomes[0].grade is Grade.ALLOWED
    assert settled.allowances == (Allowance(rule="P2", reason="old", findings=1),)


@pytest.mark.parametrize(
    ("asked", "entry", "sentence"),
    [
        (
            rule("L4", None, None),
            known("L4"),
            "The baseline knows of L4, but the rule was put to the test 2 times and found nothing: take the entry out.",
        ),
        (
            rule("L4", TASKS),
            known("L4", "/v1/*"),
            (
                "The baseline knows of L4 about /v1/*, but the rule was put to the test 1 time and found nothing of "
                "that kind: take the entry out."
            ),
        ),
    ],
)
def test_what_would_pass_is_out_of_date(asked: Rule[None], entry: Known, sentence: str) -> None:
    """It says so in a sentence."""
    assert apply_baseline(verdict_of(asked), Baseline((entry,))).stale == (sentence,)


@pytest.mark.parametrize("asked", [rule("L4"), broken_rule("L4"), rule("L9", None)])
def test_what_was_not_put_to_the_test_is_not_out_of_date(asked: Rule[None]) -> None:
    """Nor is what could not be judged, and what was not asked."""
    settled = apply_baseline(verdict_of(asked), Baseline((known("L4"),)))
    assert settled.stale == ()
    assert settled.verdict == verdict_of(asked)


def test_a_baseline_is_read() -> None:
    """With and without a subject; an empty file knows nothing."""
    text = "known:\n  - rule: L4\n    subject: /v1/*\n    reason: until May\n  - {rule: L9, reason: x}\n"
    assert read_baseline(text, RULES) == Baseline((known("L4", "/v1/*", "until May"), known("L9", reason="x")))
    assert read_baseline(b"", RULES) == Baseline()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("known: [{rule: L44, reason: x}]", "known[0].rule: there is no rule 'L44'; did you mean L4?"),
        ("known: [{rule: l9, reason: x}]", "known[0].rule: there is no rule 'l9'; did you mean L9?"),
        ("known: [{rule: nothing, reason: x}]", "known[0].rule: there is no rule 'nothing'"),
        ("known: [{rule: L4}]", "known[0].reason: it is required"),
        ("known: [{rule: L4, reason: ' '}]", 'known[0].reason: expected a text that is not empty, got " "'),
        ("known: [{rule: 4, reason: x}]", "known[0].rule: expected a text that is not empty, got 4"),
        (
            "known: [{rule: L4, reasn: x}]",
            "known[0].reasn: unknown name; did you mean reason?",
        ),
        (
            "known: [{rule: L4, reason: x}, {rule: L4, reason: y}]",
            "known[1]: L4 stands there twice",
        ),
        ("[]", "expected an object, got a list of 0"),
        ("knwon: []", "knwon: unknown name; did you mean known?"),
    ],
)
def test_a_wrong_baseline_is_refused(text: str, message: str) -> None:
    """In one sentence that says where it is wrong."""
    with pytest.raises(BaselineError) as refused:
        read_baseline(text, RULES)
    assert str(refused.value) == message


def test_what_is_no_yaml_is_refused() -> None:
    """On one line, with the place."""
    with pytest.raises(BaselineError) as refused:
        read_baseline("known: [", RULES)
    assert str(refused.value) == (
        "it is not YAML that can be read: expected the node content, but found '<stream end>', line 1, column 9"
    )
    with pytest.raises(BaselineError, match=r"^it is not YAML that can be read: [^\n]+$"):
        read_baseline(b"\x00", RULES)
