"""The broken clients of the judge's catalogue come to the same verdict in the battery as alone."""

from importlib import import_module
from itertools import chain
from typing import Any, Final

import pytest
from anyio.from_thread import BlockingPortal

from contracts.battery.battery import run_battery
from contracts.battery.in_process import InProcessDrive
from contracts.battery.scenario import GOOD_WEATHER, Scenario, choose, load_scenarios
from contracts.battery.verdicts import judge_trials
from contracts.rules import ALL_RULES
from contracts.verdict import Grade, Outcome
from tests.clients.__main__ import HERE
from tests.clients.judging import Case, Client

pytestmark = pytest.mark.uncounted

_NAMES: Final = sorted(path.stem for path in HERE.glob("[!_]*.py") if not path.stem.startswith("test_"))
_MODULES: Final = [import_module(f"tests.clients.{name}") for name in _NAMES]
CASES: Final[tuple[Case, ...]] = tuple(chain.from_iterable(getattr(module, "CASES", ()) for module in _MODULES))


def scenarios_for(rule: str) -> tuple[Scenario, ...]:
    """Return the scenarios that expose a rule, and the one in which nothing goes wrong: some clients need no more."""
    known = load_scenarios()
    exposing = [name for name, scenario in known.items() if rule in scenario.exposes and not scenario.for_programs]
    return choose(names=[*exposing, GOOD_WEATHER])


def judge_client(portal: BlockingPortal, rule: str, client: Client, scenario: Scenario) -> Outcome[Any]:
    """Return what the battery says of a client by one rule."""
    drive = InProcessDrive(portal, lambda evolink, _: client(evolink))
    trials = run_battery(drive, [scenario], jobs=1, tell=lambda _: None)
    (outcome,) = judge_trials([known for known in ALL_RULES if known.id == rule], trials).verdict.outcomes
    return outcome


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}-{place}" for place, case in enumerate(CASES)])
def test_case(portal: BlockingPortal, case: Case) -> None:
    """The battery finds what the broken client breaks, and where it does, its control passes."""
    for scenario in scenarios_for(case.rule):
        if judge_client(portal, case.rule, case.broken, scenario).grade is case.grade:
            control = judge_client(portal, case.rule, case.control, scenario)
            assert control.grade is Grade.PASS, (scenario.name, control)
            break
    else:
        pytest.fail(f"no scenario finds that the client breaks {case.rule}")
