"""Trials: a server is asked by probes and judged by all rules, those of this room among them."""

from collections.abc import Collection
from typing import Final

from contracts.probes import PROBES, RULES
from contracts.probes.agenda import make_agenda
from contracts.probes.own import MakeApp, own_simulator
from contracts.probes.runner import run
from contracts.probes.verdicts import judge_records
from contracts.verdict import Finding
from mock_server.app import create_app
from mock_server.settings import Settings
from tests.mutants import own_probes, own_rules
from tests.mutants.mutant import Mutant, patched
from tests.mutants.wrapping import Caught, broken

ALL_PROBES: Final = (*PROBES, *own_probes.PROBES)
"""The probes that any server can be asked by, and those of this room."""

ALL_RULES: Final = (*RULES, *own_rules.RULES)
"""The rules that any server is judged by, and those of this room."""


def catch(mutant: Mutant) -> Caught:
    """Ask a mutant what exposes its fault, and judge it by all rules."""
    with patched(mutant.patches):
        altered = mutant.answers is not None or mutant.requests is not None
        make = broken(answers=mutant.answers, requests=mutant.requests) if altered else create_app
        return visit(make, only=mutant.probes, rendered=mutant.rendered)


def visit(make: MakeApp = create_app, *, only: Collection[str] = (), rendered: bool = False) -> Caught:
    """Ask a simulator of its own, in this process, and judge it.

    Args:
        make: What makes it.
        only: The ids of the probes that ask; all that take no real time if there are none.
        rendered: Whether its results are to be videos of the tasks' lengths.
    """
    skip = () if only else ("patience",)
    settings = Settings(speed=0, videos="rendered" if rendered else "packaged")
    with own_simulator(live=False, make=make, settings=settings) as target:
        plan = make_agenda(ALL_PROBES, ALL_RULES, offers=target.offers, budget=None, only=only, skip=skip)
        course = run(target, plan, tell=lambda _: None)
    return Caught(course, judge_records(ALL_RULES, course.records))


def findings(caught: Caught) -> dict[str, tuple[Finding, ...]]:
    """Return what was found, by the ids of the rules."""
    return {outcome.rule.id: outcome.findings for outcome in caught.verdict.outcomes if outcome.findings}
