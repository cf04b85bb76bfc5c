"""What tests are parametrised over: each value leads to an `evolink` that has it planned."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from mock_server.core.tasks.errors import TASK_ERRORS
from mock_server.scenarios.bundled import load_scenario, scenario_names

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet


def evolink_scenarios(*names: str) -> "list[ParameterSet]":
    """Return a parameter for each of these scenarios, or for all; the test's id has the name.

        @pytest.mark.parametrize("evolink", evolink_scenarios("flaky", "broke"), indirect=True)

    Raises:
        UnknownScenario: There is none of a name.
    """
    for name in names:
        load_scenario(name)
    return _parameters((name, name) for name in names or scenario_names())


def evolink_error_codes() -> "list[ParameterSet]":
    """Return a parameter for each code with which a task can fail; its first task does, and the test's id has the code.

    @pytest.mark.parametrize("evolink", evolink_error_codes(), indirect=True)
    """
    return _parameters((code, f"fail={code}") for code in TASK_ERRORS)


def _parameters(named: Iterable[tuple[str, str]]) -> "list[ParameterSet]":
    return [pytest.param(value, id=name) for name, value in named]
