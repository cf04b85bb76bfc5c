"""Scenarios: what a client is put into, as data, one file each in `contracts/battery/scenarios/`.

A client does the same in each of them: it makes a video. What a plan counts are its requests, so that a scenario is the
same for clients that ask often and for those that ask seldom.
"""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

import msgspec
import yaml
from msgspec import Meta

from contracts.battery.capabilities import Capability
from mock_server.entrance.authority import Certificate

GOOD_WEATHER: Final = "good-weather"
"""The scenario in which nothing goes wrong."""

ELSEWHERE: Final = "{elsewhere}"
"""What stands in plans for an origin that is not the API, and answers all the same."""

_SUFFIX: Final = ".yaml"


class ScenarioError(ValueError):
    """There is no such scenario, or what the user says of scenarios leaves none. The message says so."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client is put into.

    Args:
        name: Its name; that of its file.
        title: What happens, in one sentence.
        plans: Plans in words (docs/reference/plans.md); those that come first have precedence.
        exposes: The ids of the rules that it puts a good client to the test of.
        needs: What the client must do for that.
        lasts: For how many seconds of its own time a patient client may be busy.
        asks: How many videos the client is to make.
        certificate: What the API shows to prove that it is the API; only a program looks at that.
        stops: Whether the client is told to end, when it has asked for a task's state; only a program can be.
        kills: The name of the plan at whose strike the client is killed, and started again; nobody is if left out.
    """

    name: str
    title: Annotated[str, Meta(min_length=1)]
    plans: tuple[str, ...] = ()
    exposes: tuple[str, ...]
    needs: frozenset[Capability] = frozenset()
    lasts: Annotated[float, Meta(gt=0)] = 10.0
    asks: Annotated[int, Meta(ge=1)] = 1
    certificate: Certificate = "good"
    stops: bool = False
    kills: str | None = None

    @property
    def for_programs(self) -> bool:
        """Whether it takes a program, and no function will do."""
        return self.stops or self.certificate != "good"

    def plans_with(self, elsewhere: str) -> tuple[str, ...]:
        """Return the plans, for a simulator that is `elsewhere`, an origin, as well."""
        return tuple(plan.replace(ELSEWHERE, elsewhere) for plan in self.plans)


@cache
def load_scenarios() -> Mapping[str, Scenario]:
    """Read all scenarios, by their names; the one in which nothing goes wrong is the first."""
    found = files("contracts.battery").joinpath("scenarios").iterdir()
    texts = {file.name.removesuffix(_SUFFIX): file.read_bytes() for file in found if file.name.endswith(_SUFFIX)}
    return {
        name: msgspec.convert({"name": name, **yaml.safe_load(texts[name])}, Scenario)
        for name in sorted(texts, key=lambda name: (name != GOOD_WEATHER, name))
    }


def choose(
    *, names: Iterable[str] = (), rules: Collection[str] = (), expects: Collection[Capability] = ()
) -> tuple[Scenario, ...]:
    """Choose scenarios for a client.

    Args:
        names: The names of scenarios; those that are named are chosen whatever they need. All if there are none.
        rules: The ids of rules, of which a scenario must expose one. Any if there are none.
        expects: What the client does.

    Raises:
        ScenarioError: There is no scenario of a name, or none is left.
    """
    known = load_scenarios()
    named = [_find(name, known) for name in dict.fromkeys(names)]
    fit = named or [scenario for scenario in known.values() if scenario.needs <= frozenset(expects)]
    chosen = tuple(scenario for scenario in fit if not rules or not set(rules).isdisjoint(scenario.exposes))
    if not chosen:
        raise ScenarioError(f"no scenario puts {', '.join(rules)} to the test of a client that does just this")
    return chosen


def _find(name: str, known: Mapping[str, Scenario]) -> Scenario:
    if name in known:
        return known[name]
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else "`evolink-contracts client --list` lists them"
    raise ScenarioError(f"there is no scenario {name[:60]!r}; {hint}")
