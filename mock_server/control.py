"""The control API under `/_mock/`: what a developer does to the world that no client of the real API can do.

It is not part of the contract. A page in a browser must not reach it, so a Host that is not this machine's and an
Origin that is not ours are refused. Which universe is meant comes from the key or X-Mock-Universe; without either, it
is `default`.
"""

import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Final, get_args
from urllib.parse import urlsplit

import msgspec
from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mock_server.clock import FASTEST, Mode
from mock_server.core.billing import credits_number
from mock_server.core.errors import ApiError, InternalError, InvalidRequest
from mock_server.core.keys import read_universe
from mock_server.core.types import SECOND
from mock_server.core.validation import decode_json, refuse
from mock_server.core.views import iso_instant
from mock_server.endpoint import Answer, error_answer, header, read_body, send_answer
from mock_server.names import account_name
from mock_server.simulator import Simulator
from mock_server.universes import Universe
from openapi.violations import CompiledSchema

LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names of this machine that a control request may use."""

LONGEST_ADVANCE: Final = 10 * 366 * 24 * 3_600
"""The most seconds that one step may take the clock forward: ten years."""


logger = logging.getLogger(__name__)


class ForbiddenHost(ApiError):
    """The request's Host or Origin is not one that may control this server."""

    status = 403
    code = "forbidden_host"
    type = "invalid_request_error"
    message = "The control API answers this machine only"


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

Function = Callable[[Simulator, Universe, bytes], Awaitable[Answer]]
"""What serves a control request: the universe that it means, and its body."""


class ControlEndpoint:
    """An ASGI app that serves one path of the control API.

    Args:
        simulator: What is controlled.
        functions: What answers, by method.
    """

    def __init__(self, simulator: Simulator, **functions: Function) -> None:
        self._simulator = simulator
        self._functions = functions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            answer = await self._answer(scope, receive)
        except ApiError as error:
            answer = error_answer(error)
        except ClientDisconnect:
            return
        except Exception:
            logger.exception("%s failed; this is a bug of the simulator, not of the client", scope["path"])
            answer = error_answer(InternalError())
        await send_answer(answer, scope, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        headers = dict(scope["headers"])
        refuse_foreign(
            header(headers, b"host"),
            header(headers, b"origin"),
            {*LOOPBACK_HOSTS, *self._simulator.settings.allowed_hosts},
        )
        name = read_universe(header(headers, b"authorization"), header(headers, b"x-mock-universe"))
        universe = await self._simulator.universes.open(name)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        body = b"" if method == "GET" else await read_body(headers, receive, self._simulator.settings.body_limit)
        return await self._functions[method](self._simulator, universe, body)


def control_routes(simulator: Simulator) -> list[Route]:
    """Return the routes of the control API."""
    return [
        _route(simulator, "/_mock/health", GET=show_health),
        _route(simulator, "/_mock/clock", GET=show_clock, POST=change_clock),
        _route(simulator, "/_mock/reset", POST=reset),
        _route(simulator, "/_mock/accounts", GET=list_accounts),
    ]


def refuse_foreign(host: str | None, origin: str | None, allowed: Collection[str]) -> None:
    """Refuse a request that another site's page may have made (a rebound name, or a plain cross-site post).

    Raises:
        ForbiddenHost: The Host, or the Origin if there is one, is not allowed.
    """
    for what, value in (("Host", f"//{host or ''}"), ("Origin", origin)):
        if value is not None and _hostname(value) not in allowed:
            shown = (value.removeprefix("//") if what == "Host" else value)[:60]
            raise ForbiddenHost(f"{what} {shown!r} is not allowed; --allow-host NAME allows one")


async def show_health(simulator: Simulator, universe: Universe, _body: bytes) -> Answer:
    """Say that the server is up, and what it serves."""
    return Answer({"status": "ok", "models": list(simulator.models), "universe": universe.name})


async def show_clock(_simulator: Simulator, universe: Universe, _body: bytes) -> Answer:
    """Show the universe's time."""
    return Answer(_clock_body(universe))


async def change_clock(simulator: Simulator, universe: Universe, body: bytes) -> Answer:
    """Freeze the clock, let it run, or move it forward. Answers when all that fell due on the way is done."""
    change = read_change(body)
    if change.advance is not None:
        universe.clock.advance(change.advance)
    else:
        universe.clock.run({"frozen": 0.0, "real": 1.0}.get(change.mode or "", change.rate or 1.0))
    await simulator.universes.save_clock(universe)
    return Answer(_clock_body(universe))


async def reset(simulator: Simulator, universe: Universe, _body: bytes) -> Answer:
    """Forget the universe's tasks, accounts and keys, and start its clock anew."""
    return Answer({"reset": True, **_clock_body(await simulator.universes.reset(universe.name))})


async def list_accounts(simulator: Simulator, universe: Universe, _body: bytes) -> Answer:
    """List the universe's accounts with their money; their names are invented from the seed."""
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


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _route(simulator: Simulator, path: str, **functions: Function) -> Route:
    return Route(path, ControlEndpoint(simulator, **functions), methods=list(functions))
