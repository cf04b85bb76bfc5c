"""What the control API does to whole universes."""

from typing import Any

from mock_server.control.clock import clock_facts
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import ClockState, Forgotten, Reset, UniverseList, UniverseState
from mock_server.core.errors import NotFound
from mock_server.core.types import SECOND
from mock_server.simulator import Simulator
from mock_server.universes.clock import RATES
from mock_server.universes.universe import Universe

_SHOWN = 64


async def list_universes(request: Request[Nothing, Nothing]) -> UniverseList:
    """List the universes of this server."""
    simulator = request.simulator
    found = [await simulator.universes.find(name) for name in await simulator.universes.names()]
    return UniverseList(
        universes=tuple([await state(simulator, universe) for universe in found if universe is not None])
    )


async def show_universe(request: Request[Nothing, Nothing]) -> UniverseState:
    """Show one universe."""
    return await state(request.simulator, await existing(request))


async def forget_universe(request: Request[Nothing, Nothing]) -> Forgotten:
    """Delete a universe with all that is in it."""
    universe = await existing(request)
    await request.simulator.callbacks.forget(universe)
    await request.simulator.universes.forget(universe.name)
    return Forgotten(universe=universe.name)


async def reset_universe(request: Request[Reset, Nothing]) -> ClockState:
    """Forget all that happened in the universe, and begin it anew."""
    universe, wanted = await request.universe(), request.body
    await request.simulator.callbacks.forget(universe)
    start = None if wanted.start is None else round(wanted.start * SECOND)
    rate = RATES.get(wanted.mode or "")
    begun = await request.simulator.universes.reset(universe.name, seed=wanted.seed, start=start, rate=rate)
    return ClockState(**clock_facts(begun))


async def existing(request: Request[Any, Any]) -> Universe:
    """Return the universe that the path names.

    Raises:
        NotFound: There is none of that name.
    """
    name = request.path["universe"]
    universe = await request.simulator.universes.find(name)
    if universe is None:
        raise NotFound(f"no universe {name[:_SHOWN]!r}; GET /_mock/universes lists them")
    return universe


async def state(simulator: Simulator, universe: Universe) -> UniverseState:
    """Shape a universe: its time, and how much is in it."""
    accounts = await simulator.store.accounts(universe.name)
    return UniverseState(
        **clock_facts(universe),
        tasks=await simulator.store.count_tasks(universe.name),
        accounts=len(accounts),
        exchanges=len(universe.journal),
    )
