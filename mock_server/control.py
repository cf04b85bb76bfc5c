"""The control API under `/_mock/`: what a developer does to the world that no client of the real API can do.

It is not part of the contract. A page in a browser must not reach it, so a Host that is not this machine's and an
Origin that is not ours are refused. Which universe is meant comes from the key or X-Mock-Universe; without either, it
is `default`.
"""

from typing import Final, get_args

import msgspec
from starlette.routing import Route

from mock_server.callback_control import attempt_made, list_callbacks, redeliver
from mock_server.callbacks import Made
from mock_server.clock import FASTEST, Mode
from mock_server.control_endpoint import ControlCall, ControlEndpoint, Function
from mock_server.core.billing import credits_number
from mock_server.core.errors import InvalidRequest
from mock_server.core.types import SECOND
from mock_server.core.validation import decode_json, refuse
from mock_server.core.views import iso_instant
from mock_server.endpoint import Answer
from mock_server.names import account_name
from mock_server.simulator import Simulator
from mock_server.universes import Universe
from openapi.violations import CompiledSchema

LONGEST_ADVANCE: Final = 10 * 366 * 24 * 3_600
"""The most seconds that one step may take the clock forward: ten years."""


class ClockChange(msgspec.Struct):
    """A change of a clock: a mode (with a rate if it is scaled), or a step forward in seconds."""

    mode: Mode | None = None
    rate: float | None = None
    advance: float | None = None


_CLOCK_CHANGE: Final = CompiledSchema(
    {
        "type": "object",
        "properties": {
            "mode": {"enum": list(get_args(Mode))},
            "rate": {
                "type": "number",
                "exclusiveMinimum": 0,
                "maximum": int(FASTEST),
                "x-messages": {"exclusiveMinimum": "must be greater than 0"},
            },
            "advance": {"type": "number", "minimum": 0, "maximum": LONGEST_ADVANCE},
        },
        "additionalProperties": False,
        "x-messages": {"additionalProperties": "may have mode, rate and advance, and nothing else"},
    }
)


def control_routes(simulator: Simulator) -> list[Route]:
    """Return the routes of the control API."""
    return [
        _route(simulator, "/_mock/callbacks", GET=list_callbacks),
        _route(simulator, "/_mock/callbacks/{delivery}/redeliver", POST=redeliver),
        _route(simulator, "/_mock/health", GET=show_health),
        _route(simulator, "/_mock/clock", GET=show_clock, POST=change_clock),
        _route(simulator, "/_mock/reset", POST=reset),
        _route(simulator, "/_mock/accounts", GET=list_accounts),
    ]


async def show_health(simulator: Simulator, call: ControlCall) -> Answer:
    """Say that the server is up, and what it serves."""
    return Answer({"status": "ok", "models": list(simulator.models), "universe": call.universe.name})


async def show_clock(_simulator: Simulator, call: ControlCall) -> Answer:
    """Show the universe's time."""
    return Answer(_clock_body(call.universe))


async def change_clock(simulator: Simulator, call: ControlCall) -> Answer:
    """Freeze the clock, let it run, or move it forward. Answers when all that fell due on the way is done."""
    universe, change, made = call.universe, read_change(call.body), tuple[Made, ...]()
    if change.advance is not None:
        made = await simulator.callbacks.advance(universe, change.advance)
    else:
        universe.clock.run({"frozen": 0.0, "real": 1.0}.get(change.mode or "", change.rate or 1.0))
        await simulator.callbacks.wake(universe)
    await simulator.universes.save_clock(universe)
    return Answer({**_clock_body(universe), "callbacks": [attempt_made(attempt) for attempt in made]})


async def reset(simulator: Simulator, call: ControlCall) -> Answer:
    """Forget the universe's tasks, accounts, keys and callbacks, and start its clock anew."""
    await simulator.callbacks.forget(call.universe)
    return Answer({"reset": True, **_clock_body(await simulator.universes.reset(call.universe.name))})


async def list_accounts(simulator: Simulator, call: ControlCall) -> Answer:
    """List the universe's accounts with their money; their names are invented from the seed."""
    universe = call.universe
    now, rows = universe.now(), []
    for account in await simulator.store.accounts(universe.name):
        money = await simulator.store.balance(account, opening=0, now=now)
        rows.append(
            {
                "id": account,
                "name": account_name(simulator.seed, account),
                "available_credits": credits_number(money.available),
                "reserved_credits": credits_number(money.reserved),
                "charged_credits": credits_number(money.charged),
            }
        )
    return Answer({"universe": universe.name, "accounts": rows})


def read_change(body: bytes) -> ClockChange:
    """Read a change of the clock.

    Raises:
        InvalidRequest: It is not one; the message names the field and the rule.
    """
    asked = decode_json(body)
    refuse(_CLOCK_CHANGE.violations(asked))
    change = msgspec.convert(asked, ClockChange)
    if (change.mode is None) == (change.advance is None):
        raise InvalidRequest('send either a mode or an advance, such as {"mode": "frozen"} or {"advance": 12.5}')
    if (change.rate is not None) != (change.mode == "scaled"):
        raise InvalidRequest('a rate goes with the mode scaled and with no other: {"mode": "scaled", "rate": 20}')
    return change


def _clock_body(universe: Universe) -> dict[str, object]:
    clock, now = universe.clock, universe.now()
    return {
        "universe": universe.name,
        "mode": clock.mode,
        "rate": clock.rate,
        "now": now / SECOND,
        "time": iso_instant(now),
    }


def _route(simulator: Simulator, path: str, **functions: Function) -> Route:
    return Route(path, ControlEndpoint(simulator, **functions), methods=list(functions))
