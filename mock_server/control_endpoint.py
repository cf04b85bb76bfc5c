"""One path of the control API on the wire: whose request it is, which universe it means, and the answer.

A page in a browser must not reach the control API, so a Host that is not this machine's and an Origin that is not ours
are refused.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import msgspec
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from mock_server.core.errors import ApiError, InternalError
from mock_server.core.keys import read_universe
from mock_server.endpoint import Answer, error_answer, header, read_body, send_answer
from mock_server.simulator import Simulator
from mock_server.universes import Universe

LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names of this machine that a control request may use."""

logger = logging.getLogger(__name__)


class ForbiddenHost(ApiError):
    """The request's Host or Origin is not one that may control this server."""

    status = 403
    code = "forbidden_host"
    type = "invalid_request_error"
    message = "The control API answers this machine only"


class ControlCall(msgspec.Struct, frozen=True):
    """One control request: the universe that it means, the parts of its path, its query and its body."""

    universe: Universe
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


Function = Callable[[Simulator, ControlCall], Awaitable[Answer]]
"""What serves a control request."""


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
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        return await self._functions[method](self._simulator, ControlCall(universe, scope["path_params"], query, body))


def refuse_foreign(host: str | None, origin: str | None, allowed: Collection[str]) -> None:
    """Refuse a request that another site's page may have made (a rebound name, or a plain cross-site post).

    Raises:
        ForbiddenHost: The Host, or the Origin if there is one, is not allowed.
    """
    for what, value in (("Host", f"//{host or ''}"), ("Origin", origin)):
        if value is not None and _hostname(value) not in allowed:
            shown = (value.removeprefix("//") if what == "Host" else value)[:60]
            raise ForbiddenHost(f"{what} {shown!r} is not allowed; --allow-host NAME allows one")


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
