"""Plans and ready scenarios."""

from collections.abc import Mapping
from typing import Any

from mock_server.control.shapes.base import Name, Shape, one_of


class PlanShown(Shape, frozen=True):
    """One plan, how often it matched (but for nth, chance and times), and how often it struck."""

    name: str
    plan: Mapping[str, Any]
    matched: int
    struck: int


class PlanList(Shape, frozen=True):
    """The plans of a universe, in order; `unused` names those that never struck."""

    universe: str
    plans: tuple[PlanShown, ...]
    unused: tuple[str, ...]


class PlanChange(Shape, frozen=True):
    """Plans to be set: as the plan language has them (docs/reference/plans.md), or those of a ready scenario."""

    rules = one_of("plans", "scenario")

    plans: Mapping[str, Any] | tuple[Mapping[str, Any] | str, ...] | str | None = None
    scenario: Name | None = None


class ScenarioShown(Shape, frozen=True):
    """One ready scenario: what happens in one line, and its plans."""

    name: str
    description: str
    plans: tuple[Mapping[str, Any], ...]


class ScenarioList(Shape, frozen=True):
    """The ready scenarios."""

    scenarios: tuple[ScenarioShown, ...]
