from importlib.resources import files

import pytest

from mock_server.core.plans import AnswerPlan, Match, PlanError, Scenario, compile_plans, read_scenario
from tests.core.plans.conftest import account_of

READY = {
    file.name.removesuffix(".yaml"): file.read_bytes()
    for file in files("mock_server.scenarios").iterdir()
    if file.name.endswith(".yaml")
}


@pytest.mark.parametrize("name", sorted(READY))
def test_every_ready_scenario_can_be_used(name: str) -> None:
    """Each says what happens in one sentence, has plans (unless all is well), and can be compiled."""
    scenario = read_scenario(READY[name])
    assert scenario.description.endswith(".")
    assert scenario.description[0].isupper()
    assert bool(scenario.plans) == (name != "happy")
    assert len(compile_plans(scenario.plans, account_of=account_of)) == len(scenario.plans)


def test_the_scenarios_that_everybody_looks_for_are_there() -> None:
    """By their names; none does the same as another."""
    assert READY.keys() >= {
        *("happy", "slow", "flaky", "outage", "rate-limited", "broke", "moderated", "lost-response", "late-callback"),
        *("unknown-status", "expired-link", "stuck", "duplicate-callback", "lying-estimate", "dropped-connection"),
        *("garbled", "stale-reads", "hanging", "instant", "cancelled", "revoked", "no-callback"),
    }
    plans = [read_scenario(text).plans for text in READY.values()]
    assert all(plans.count(each) == 1 for each in plans)


def test_a_scenario_is_read() -> None:
    """A description and plans, as objects or in the short form."""
    text = "description: Down.\nplans:\n  - answer 503 nth=2\n  - {kind: answer, status: 500}\n"
    assert read_scenario(text) == Scenario("Down.", (AnswerPlan(503, match=Match(nth="2")), AnswerPlan(500)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- answer 503", "scenario: expected an object with description and plans, found a list"),
        ("", "scenario: expected an object with description and plans, found null"),
        ("{}", "scenario: expected an object with description and plans, found one with nothing"),
        (
            "{description: Down., 5: 6}",
            "scenario: expected an object with description and plans, found one with description, 5",
        ),
        ("{description: 5, plans: []}", "description: expected a text of 1 to 200 characters, found 5"),
        ("{description: Down., plans: [delay]}", "plans[0]: delay; seconds is missing; it takes seconds"),
        (
            "{description: Down., plans: [{kind: delay, seconds: 1, match: {operation: x}}]}",
            "plans[0].match.operation: exp",
        ),
        ("a: b: c", "scenario: not YAML (mapping values are not allowed"),
    ],
)
def test_what_is_no_scenario_is_refused(text: str, said: str) -> None:
    """The message says where, what was expected, and what was found."""
    with pytest.raises(PlanError) as refused:
        read_scenario(text)
    assert str(refused.value).startswith(said)
