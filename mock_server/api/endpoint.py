"""One operation on the wire: who calls, what they sent, and the answer in the operation's own words."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_server.calls.call import Call
from mock_server.calls.planning import own_plans
from mock_server.core.error_bodies import error_body
from mock_server.core.errors import ApiError, InternalError, RateLimited, Unauthorized
from mock_server.core.keys import Caller, read_key
from mock_server.core.limits.ratelimit import Limit
from mock_server.core.plans import FAITHFUL, AnswerPlan, Reply, render_answer
from mock_server.core.types import Instant
from mock_server.http.bodies import JSON, try_read_body
from mock_server.http.request import text
from mock_server.http.wire import Wire
from mock_server.journal.exchange import EXCHANGE, Exchange
from mock_server.simulator import Simulator
from mock_server.universes.universe import Universe
from openapi.operations import PublishedError

T = TypeVar("T")

UNPUBLISHED: Final[Mapping[int, PublishedError]] = {}
"""The published errors of a route that no page describes: none."""

NO_REPLY: Final = Reply(500, (), b"")
"""What is changed and cut where nothing was carried out and nothing is answered instead."""

Function = Callable[[Simulator, Call], Awaitable["Answer"]]
"""What serves an operation: reads the call, asks the core, answers."""

NOT_MODIFIED: Final = 304
"""The status of an answer that has no body: the client has it."""

logger = logging.getLogger(__name__)

_encode: Final = msgspec.json.Encoder().encode


class Answer(msgspec.Struct, frozen=True):
    """What an operation answers: a body to be written as JSON, a status, and headers besides the usual."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = {}


def _read_caller(authorization: bytes | None, universe: bytes | None) -> Caller:
    """Tell who calls from the two headers as they came (see `read_key`)."""
    return read_key(text(authorization), text(universe))


class Endpoint:
    """An ASGI app that serves one operation and gives every error the form that the operation's page shows.

    Args:
        simulator: What serves.
        operation: The operation's id in the contract.
        function: What answers.
    """

    read_caller = staticmethod(lru_cache(maxsize=4_096)(_read_caller))
    """Tells who calls, from the two headers that say so."""

    def __init__(self, simulator: Simulator, operation: str, function: Function) -> None:
        self._simulator = simulator
        self._operation = operation
        self._function = function
        self._published = simulator.operations[operation].errors
        self._takes_body = simulator.operations[operation].method == "POST"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request: one that no plan strikes in this very frame, as every layer is paid by each request."""
        exchange: Exchange = scope[EXCHANGE]
        exchange.operation = self._operation
        try:
            call = await self._open(scope, receive, exchange)
            answer = await self._work(call) if call.script is FAITHFUL else None
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - it is told there
            answer = self._answer_error(error, exchange)
        if answer is None:
            await self._perform(call, send)
        else:
            await send_answer(answer, scope, send)

    async def _open(self, scope: Scope, receive: Receive, exchange: Exchange) -> Call:
        """Find out who calls, and what is planned for that."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        caller = self.read_caller(headers.get(b"authorization"), headers.get(b"x-mock-universe"))
        universe = await self._simulator.universes.open(caller.universe)
        universe.enter(exchange)
        exchange.account = caller.account
        if universe.rules(caller.account).closed:
            raise Unauthorized
        if self._takes_body:
            call = await self._called(scope, headers, receive, caller, universe)
        else:
            call = Call(scope, headers, b"", caller, universe)
        call.own = own_plans(call)
        if universe.book or call.own:
            call.script = await self._simulator.planning.find_script(
                universe,
                self._name(exchange),
                task=scope["path_params"].get("task_id"),
                account=caller.account,
                call=call,
            )
            exchange.faults = call.script.strikes
        return call

    def _name(self, exchange: Exchange) -> str:
        """Return the id of the operation that a request asks for: the only one, unless there are several here."""
        return exchange.operation or self._operation

    async def _called(
        self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, caller: Caller, universe: Universe
    ) -> Call:
        """Return the call of an operation that takes a body, once that has come."""
        body = await try_read_body(headers, receive, self._simulator.settings.body_limit)
        return Call(scope, headers, body, caller, universe)

    def _answer_error(self, error: Exception, exchange: Exchange) -> Answer:
        """Return the answer that an error gives; one that is not the client's is told to who runs this."""
        if isinstance(error, ApiError):
            return self._refusal(error, exchange)
        logger.error("%s failed; this is a bug of the simulator, not of the client", self._operation, exc_info=error)
        return self._refusal(InternalError(), exchange)

    def _refusal(self, error: ApiError, exchange: Exchange) -> Answer:
        """Give an error the form that it has here."""
        return error_answer(error, self._errors(exchange), exchange)

    def _planned(self, plan: AnswerPlan, exchange: Exchange, *, wall: Instant) -> Reply:
        """Make the answer that a plan wants, in the words of the operation's page."""
        return render_answer(plan, self._errors(exchange), wall=wall)

    def _errors(self, _exchange: Exchange) -> Mapping[int, PublishedError]:
        """Return the errors that the page of a request's operation shows."""
        return self._published

    def _work(self, call: Call) -> Awaitable[Answer]:
        """Return what carries the request out."""
        limits = self._simulator.limits(call.universe)
        if limits.requests_per_minute is None:
            return self._function(self._simulator, call)
        return self._work_within(Limit(limits.requests_per_minute), call)

    async def _work_within(self, limit: Limit, call: Call) -> Answer:
        """Carry the request out, if it is within a limit."""
        universe = call.universe
        wait = await self._simulator.store.take_request(universe.name, call.caller.account, limit, now=universe.now())
        if wait:
            raise RateLimited(retry_after=wait)
        return await self._function(self._simulator, call)

    async def _perform(self, call: Call, send: Send) -> None:
        """Do what the script says."""
        wire = Wire(call.scope, send)

        async def make() -> Reply:
            made = await self._attempt(self._make(call, wire), call.exchange)
            return to_reply(made) if isinstance(made, Answer) else made

        with suppress(ClientDisconnect):
            await wire.perform(call.script, make)

    async def _make(self, call: Call, wire: Wire) -> Reply:
        """Make the answer that the script wants: the true one, or one in its place, with what is to be changed."""
        script, reply = call.script, NO_REPLY
        if script.works:
            reply = to_reply(await self._attempt(self._work(call), call.exchange))
        wall = self._simulator.wall()
        if script.answer is not None:
            reply = self._planned(script.answer, call.exchange, wall=wall)
        return wire.change(reply, script, wall=wall)

    async def _attempt(self, work: Awaitable[T], exchange: Exchange) -> T | Answer:
        """Return what a piece of work gives, or the answer that its error gives."""
        try:
            return await work
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 - it is told there
            return self._answer_error(error, exchange)


def error_answer(
    error: ApiError,
    published: Mapping[int, PublishedError] = UNPUBLISHED,
    exchange: Exchange | None = None,
    *,
    general: bool = False,
) -> Answer:
    """Shape an error (see `error_body`), and note in the exchange which clauses were broken."""
    headers = error.headers()
    if error.clauses:
        headers["x-mock-clauses"] = ", ".join(error.clauses)
        if exchange is not None:
            exchange.clauses = error.clauses
    return Answer(error_body(error, published, general=general), error.status, headers)


def to_reply(answer: Answer) -> Reply:
    """Make of an answer what plans can change."""
    headers = tuple((name.lower(), value) for name, value in answer.headers.items())
    content = _content(answer)
    kind = (("content-type", "application/json"),) if content else ()
    return Reply(answer.status, (*kind, *headers), content)


def to_response(answer: Answer, *, headers: Mapping[str, str] = {}) -> Response:
    """Make the framework's response out of an answer, for where it wants one."""
    content = _content(answer)
    return Response(content, answer.status, {**headers, **answer.headers}, media_type="application/json")


async def send_answer(answer: Answer, scope: Scope, send: Send) -> None:
    """Write an answer: JSON with its length, unless it has no body; to HEAD, the head alone."""
    body = _content(answer)
    headers = [(b"content-type", JSON), (b"content-length", b"%d" % len(body))] if body else []
    for name, value in answer.headers.items():
        headers.append((name.encode(), value.encode("latin-1", "replace")))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _content(answer: Answer) -> bytes:
    """Return what an answer's body is on the wire."""
    return b"" if answer.status == NOT_MODIFIED else _encode(answer.body)
