"""Our simulator is the API: asked by every probe, it breaks no rule, and every rule has something to look at."""

import sys
from pathlib import Path

import pytest

from contracts.invariants import RULES as INVARIANTS
from contracts.probes import PROBES, RULES
from contracts.probes.agenda import make_agenda
from contracts.probes.own import own_simulator
from contracts.probes.runner import run
from contracts.probes.verdicts import judge_records
from contracts.verdict import Grade
from tests.running import PATIENCE, run_program

UNTESTED = {"K5": "ten seconds of real time must pass until a sender gives up; the test of the command lets them pass"}
"""What the probes do not put to the test in this process, and why."""


@pytest.mark.uncounted
def test_every_rule_is_put_to_the_test() -> None:
    """In this process, all probes but the one that takes real time."""
    with own_simulator(live=False) as target:
        plan = make_agenda(PROBES, RULES, offers=target.offers, budget=None, skip=["patience"])
        course = run(target, plan, tell=lambda _: None)
    outcomes = judge_records(plan.rules, course.records).outcomes
    found = {each.rule.id: each.findings or each.error for each in outcomes if each.findings or each.error}
    assert (found, course.troubles, course.complete) == ({}, (), True)
    assert {each.rule.id for each in outcomes if each.grade is Grade.UNTESTED} == set(UNTESTED)
    assert {rule.id for rule in INVARIANTS} | {"S1", "S2", "S3"} == {each.rule.id for each in outcomes}


@pytest.mark.slow
def test_the_command_judges_a_simulator() -> None:
    """In a process of its own, over the network, all of them."""
    command = Path(sys.executable).with_name("evolink-contracts")
    ended = run_program(command, "server", "--simulator", patience=2 * PATIENCE)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.splitlines()[-1] == f"{len(RULES)} passed"
    assert "Traceback" not in ended.stderr


def test_each_probe_says_which_rules_it_exposes() -> None:
    """No rule is forgotten, no name is wrong, and no two probes have one name."""
    known = {rule.id for rule in RULES}
    assert {rule for probe in PROBES for rule in probe.rules} == known
    assert len({probe.id for probe in PROBES}) == len(PROBES)
    assert not known & {probe.id for probe in PROBES}


@pytest.mark.uncounted
def test_probes_put_the_rules_to_the_test_that_they_name() -> None:
    """Each by itself, on a simulator of its own, but for the one that takes real time."""
    missing: dict[str, set[str]] = {}
    with own_simulator(live=False) as target:
        for probe in PROBES:
            if probe.id == "patience":
                continue
            plan = make_agenda([probe], RULES, offers=target.offers, budget=None)
            course = run(target, plan, tell=lambda _: None)
            outcomes = judge_records(plan.rules, course.records).outcomes
            seen = {outcome.rule.id for outcome in outcomes if outcome.grade is Grade.PASS}
            if not {*probe.rules} <= seen:
                missing[probe.id] = {*probe.rules} - seen
    assert missing == {}
