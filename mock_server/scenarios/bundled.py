"""The ready scenarios that come with the package, by their names."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from mock_server.core.plans import Scenario, read_scenario

_SUFFIX = ".yaml"


class UnknownScenario(ValueError):
    """There is no scenario of this name. The message names the nearest, or says where all of them are listed."""


@cache
def load_scenario(name: str) -> Scenario:
    """Read one scenario.

    Raises:
        UnknownScenario: There is none of this name.
    """
    names = scenario_names()
    if name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}?" if near else "`evolink-mock scenarios` lists them"
        raise UnknownScenario(f"there is no scenario {name[:60]!r}; {hint}")
    return read_scenario(files("mock_server.scenarios").joinpath(name + _SUFFIX).read_bytes())


def scenario_names() -> tuple[str, ...]:
    """Return the names of all scenarios, in order."""
    found = (file.name for file in files("mock_server.scenarios").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def load_scenarios() -> Mapping[str, Scenario]:
    """Read all scenarios."""
    return {name: load_scenario(name) for name in scenario_names()}
