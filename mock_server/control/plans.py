"""What the control API tells of plans, and how they are set."""

from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import PlanChange, PlanList, PlanShown, ScenarioList, ScenarioShown
from mock_server.core.errors import InvalidRequest
from mock_server.core.plans import PlanError, Plans, WordError, read_plans, tally, unused, write_plans
from mock_server.scenarios.bundled import UnknownScenario, load_scenario, load_scenarios
from mock_server.simulator import Simulator
from mock_server.universes.universe import Universe


async def list_plans(request: Request[Nothing, Nothing]) -> PlanList:
    """List the universe's plans, with how often each matched and struck."""
    return _listed(await request.universe())


async def add_plans(request: Request[PlanChange, Nothing]) -> PlanList:
    """Add plans, or those of a scenario, to the universe's; earlier ones come first."""
    plans, universe = _read(request.simulator, request.body), await request.universe()
    await request.simulator.planning.plan(universe, plans)
    return _listed(universe)


async def replace_plans(request: Request[PlanChange, Nothing]) -> PlanList:
    """Set these plans, or those of a scenario, in the place of the universe's; all count from nothing."""
    plans, universe = _read(request.simulator, request.body), await request.universe()
    await request.simulator.planning.plan(universe, plans, anew=True)
    return _listed(universe)


async def forget_plans(request: Request[Nothing, Nothing]) -> PlanList:
    """Let go of all plans of the universe; what they made of tasks stays."""
    universe = await request.universe()
    await request.simulator.planning.plan(universe, (), anew=True)
    return _listed(universe)


async def list_scenarios(_request: Request[Nothing, Nothing]) -> ScenarioList:
    """List the ready scenarios."""
    return ScenarioList(
        scenarios=tuple(
            ScenarioShown(name=name, description=scenario.description, plans=tuple(write_plans(scenario.plans)))
            for name, scenario in load_scenarios().items()
        )
    )


def _read(simulator: Simulator, change: PlanChange) -> Plans:
    if (change.plans is None) == (change.scenario is None):
        raise InvalidRequest('send either plans or a scenario: {"plans": ["answer 503 on=create times=2"]}')
    try:
        if change.scenario is not None:
            return load_scenario(change.scenario).plans
        given = list(change.plans) if isinstance(change.plans, tuple) else change.plans
        return read_plans(given, operations=simulator.operations)
    except UnknownScenario as error:
        raise InvalidRequest(str(error), param="scenario") from error
    except (PlanError, WordError) as error:
        raise InvalidRequest(str(error), param="plans") from error


def _listed(universe: Universe) -> PlanList:
    book, state = universe.book, universe.plan_state
    lines = zip(write_plans(book.plans), tally(book, state), strict=True)
    return PlanList(
        universe=universe.name,
        plans=tuple(
            PlanShown(name=line.name, plan=plan, matched=line.matched, struck=line.struck) for plan, line in lines
        ),
        unused=tuple(line.name for line in unused(book, state)),
    )
