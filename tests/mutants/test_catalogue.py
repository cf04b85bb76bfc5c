"""The catalogue as a whole: a mutant for each rule and each clause, or a reason why there is none."""

import pytest

from contracts.verdict import Finding
from openapi.clauses import load_clauses
from tests.mutants.__main__ import write_reasons, write_row
from tests.mutants.catalogue import MUTANTS, UNBROKEN
from tests.mutants.trial import ALL_PROBES, ALL_RULES

pytestmark = pytest.mark.uncounted


def test_each_rule_catches_something() -> None:
    """No rule is there that never finds anything, and no name of a rule is wrong."""
    assert {rule for mutant in MUTANTS for rule in mutant.rules} == {rule.id for rule in ALL_RULES}


def test_each_clause_is_broken_or_it_is_said_why_not() -> None:
    """All clauses are here, each in one of the two ways."""
    broken = {clause for mutant in MUTANTS for clause in mutant.clauses}
    assert broken | UNBROKEN.keys() == load_clauses().keys()
    assert not broken & UNBROKEN.keys()


def test_mutants_say_what_they_are() -> None:
    """Each has a name of its own, a sentence, a fault, and probes that exist."""
    probes = {probe.id for probe in ALL_PROBES}
    assert len({mutant.id for mutant in MUTANTS}) == len(MUTANTS)
    for mutant in MUTANTS:
        assert mutant.wrong.endswith("."), mutant.id
        assert mutant.answers or mutant.requests or mutant.patches, mutant.id
        assert mutant.rules, mutant.id
        assert {*mutant.probes} <= probes, mutant.id


def test_the_table_says_what_was_missed() -> None:
    """And names the rules that are expected to catch a server first."""
    mutant, finding = MUTANTS[0], Finding(expected="a", seen="b")
    found = {"L1": (finding,), "A1": (finding,)}
    assert write_row(mutant, found).endswith("| RES-ID | not by S1!, **L1**, A1 |")
    assert next(write_reasons()).startswith("| clause ")


def test_rules_and_probes_have_names_of_their_own() -> None:
    """Those of this room are none of those that any server is judged and asked by."""
    names = [*(rule.id for rule in ALL_RULES), *(probe.id for probe in ALL_PROBES)]
    assert len({*names}) == len(names)
