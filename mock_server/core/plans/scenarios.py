"""Ready scenarios: plans with a name, kept as YAML files in `mock_server/scenarios/`."""

import msgspec

from mock_server.core.plans.form import Misfit, shown
from mock_server.core.plans.forms import Text
from mock_server.core.plans.kinds import Plans
from mock_server.core.plans.language import PlanError, decode_yaml, read_plans


class Scenario(msgspec.Struct, frozen=True):
    """What happens in one line, and the plans that make it happen."""

    description: str
    plans: Plans


def read_scenario(text: str | bytes) -> Scenario:
    """Read a scenario from YAML: an object with a description and plans.

    Raises:
        PlanError: It is none; the message says where, what was expected, and what was found.
    """
    value = decode_yaml(text, "scenario")
    if not isinstance(value, dict) or value.keys() != {"description", "plans"}:
        raise PlanError(f"scenario: expected an object with description and plans, found {_found(value)}")
    try:
        description = Text(200).read(value["description"])
    except Misfit as misfit:
        raise PlanError(f"description: expected {misfit.expected}, found {shown(misfit.found)}") from None
    return Scenario(description, read_plans(value["plans"]))


def _found(value: object) -> str:
    if not isinstance(value, dict):
        return shown(value)
    return f"one with {', '.join(map(str, value)) or 'nothing'}"
