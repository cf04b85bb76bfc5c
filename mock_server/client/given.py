"""Plans as the clients take them: as the API does, or as structs (`mock_server.plans`)."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from mock_server.core.plans import Plan, write_plans
from mock_server.core.plans.plan import BasePlan

GivenPlan: TypeAlias = Plan | Mapping[str, Any] | str
"""A struct, an object, or words."""

GivenPlans: TypeAlias = GivenPlan | Iterable[GivenPlan] | None
"""One or several."""


def plain_plans(plans: GivenPlans) -> Mapping[str, Any] | str | tuple[Mapping[str, Any] | str, ...] | None:
    """Return plans as the API takes them."""
    if plans is None or isinstance(plans, BasePlan | Mapping | str):
        return None if plans is None else _plain(plans)
    return tuple(map(_plain, plans))


def _plain(plan: GivenPlan) -> Mapping[str, Any] | str:
    return write_plans((plan,))[0] if isinstance(plan, BasePlan) else plan
