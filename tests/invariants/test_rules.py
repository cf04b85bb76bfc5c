"""The rules as a whole: all there, each with all that a report needs, and none that passes what it did not see."""

import re

import pytest

from contracts.invariants import RULES, callbacks, lifecycle, money, protocol
from contracts.recording import ServerRecord
from contracts.verdict import Grade, Rule, judge
from openapi.clauses import load_clauses

NUMBERS = {"L": 16, "M": 9, "K": 12, "P": 7}


def test_all_are_there() -> None:
    """44 rules, in order, each once."""
    ids = [f"{group}{number}" for group, most in NUMBERS.items() for number in range(1, most + 1)]
    assert ids == [rule.id for rule in RULES]
    assert len(ids) == 44
    assert (*lifecycle.RULES, *money.RULES, *callbacks.RULES, *protocol.RULES) == RULES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_says_what_it_is(rule: Rule[ServerRecord]) -> None:
    """A title of one sentence, what puts it to the test, what to do, and clauses that exist."""
    assert re.fullmatch(r"[A-Z0-9a-z_].*[^.]\.", rule.title)
    assert rule.exposure.endswith(".")
    assert rule.advice.endswith(".")
    assert set(rule.clauses) <= load_clauses().keys()
    assert rule.clauses or rule.ground != "documented"


def test_what_was_not_seen_is_untested() -> None:
    """Of an empty record every rule says so, whatever the record's frame."""
    for record in (ServerRecord(), ServerRecord(pace=0), ServerRecord(alone=False)):
        assert {outcome.grade for outcome in judge(RULES, record).outcomes} == {Grade.UNTESTED}
