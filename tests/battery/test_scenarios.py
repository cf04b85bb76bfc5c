"""The scenarios: what is in their files, and which are chosen."""

from typing import Any

import pytest

from contracts.battery.capabilities import CAPABILITIES
from contracts.battery.scenario import (
    ELSEWHERE,
    GOOD_WEATHER,
    Scenario,
    ScenarioError,
    choose,
    load_scenarios,
)
from contracts.battery.untested import UNEXPOSED
from contracts.rules import ALL_RULES
from mock_server.plans import read_words

SCENARIOS = load_scenarios()
RULES = {rule.id for rule in ALL_RULES}


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_a_scenario(scenario: Scenario) -> None:
    """Each has a title, plans that can be read, and rules that exist."""
    assert scenario.title.endswith(".")
    assert scenario.exposes
    assert set(scenario.exposes) <= RULES
    for plan in scenario.plans_with("https://cdn.example.com"):
        assert ELSEWHERE not in plan
        assert read_words(plan)


def test_every_rule_is_exposed() -> None:
    """Each rule is exposed by a scenario, or there is a reason why it is not, and not both."""
    exposed = {rule for scenario in SCENARIOS.values() for rule in scenario.exposes}
    assert RULES - exposed == UNEXPOSED.keys()


def test_good_weather_comes_first() -> None:
    """Where nothing goes wrong is tried before all else; the rest is in order."""
    first, *others = SCENARIOS
    assert first == GOOD_WEATHER
    assert others == sorted(others)
    assert SCENARIOS[GOOD_WEATHER].plans == ()


def test_what_a_client_does_chooses() -> None:
    """A scenario is chosen if the client does all that it needs."""
    assert all(not scenario.needs for scenario in choose())
    assert choose(expects=CAPABILITIES) == tuple(SCENARIOS.values())
    assert {need for scenario in choose(expects=["upload"]) for need in scenario.needs} == {"upload"}


def test_names_choose() -> None:
    """What is named is chosen whatever it needs, once each, in the order in which it is named."""
    assert [each.name for each in choose(names=["upload", "callback", "upload"])] == ["upload", "callback"]


def test_rules_choose() -> None:
    """Of rules, what exposes one of them is chosen."""
    assert [each.name for each in choose(rules=["B2", "B5"])] == ["cut-answer", "key-used"]
    assert [each.name for each in choose(names=["key-used", "busy"], rules=["B5"])] == ["key-used"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"names": ["lost-answr"]}, "there is no scenario 'lost-answr'; did you mean lost-answer?"),
        ({"names": ["x" * 99]}, f"there is no scenario '{'x' * 60}'; `evolink-contracts client --list` lists them"),
        ({"rules": ["E1"]}, "no scenario puts E1 to the test of a client that does just this"),
    ],
)
def test_nothing_to_choose(given: dict[str, Any], said: str) -> None:
    """A name that there is not, and a choice that leaves nothing, are refused in a sentence."""
    with pytest.raises(ScenarioError) as caught:
        choose(**given)
    assert str(caught.value) == said
