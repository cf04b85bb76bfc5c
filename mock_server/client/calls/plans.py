"""Calls of `mock_server/control/plans.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

from mock_server.client.call import Call
from mock_server.client.given import GivenPlans, plain_plans
from mock_server.control.shapes.plans import PlanChange, PlanList, ScenarioList


def list_plans() -> Call[PlanList]:
    """List the universe's plans, with how often each matched and struck."""
    return Call("GET", "/_mock/plans", PlanList)


def add_plans(*, plans: GivenPlans = None, scenario: str | None = None) -> Call[PlanList]:
    """Add plans, or those of a scenario, to the universe's; earlier ones come first.

    Plans to be set: as the plan language has them (docs/reference/plans.md), or those of a ready scenario.
    """
    return Call("POST", "/_mock/plans", PlanList, body=PlanChange(plans=plain_plans(plans), scenario=scenario))


def replace_plans(*, plans: GivenPlans = None, scenario: str | None = None) -> Call[PlanList]:
    """Set these plans, or those of a scenario, in the place of the universe's; all count from nothing.

    Plans to be set: as the plan language has them (docs/reference/plans.md), or those of a ready scenario.
    """
    return Call("PUT", "/_mock/plans", PlanList, body=PlanChange(plans=plain_plans(plans), scenario=scenario))


def forget_plans() -> Call[PlanList]:
    """Let go of all plans of the universe; what they made of tasks stays."""
    return Call("DELETE", "/_mock/plans", PlanList)


def list_scenarios() -> Call[ScenarioList]:
    """List the ready scenarios."""
    return Call("GET", "/_mock/scenarios", ScenarioList)
