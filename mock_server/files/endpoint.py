"""The operations of the file service on the wire: as those of the API are, but for the envelope and for long bodies."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

import msgspec
from starlette.types import Receive, Scope

from mock_server.api.endpoint import UNPUBLISHED, Answer, Endpoint, Function, error_answer
from mock_server.calls.call import Call
from mock_server.core.errors import ApiError
from mock_server.core.files.errors import FileTooLarge, file_error_body
from mock_server.core.keys import Caller
from mock_server.core.plans import AnswerPlan, Reply, render_answer
from mock_server.core.types import Instant
from mock_server.http.bodies import read_pieces
from mock_server.journal.exchange import Exchange
from mock_server.simulator import Simulator
from mock_server.universes.universe import Universe

_FIRST_ERROR: Final = 400


class StreamedCall(Call):
    """A call whose body is read by who serves it. Nothing of the body is kept; plans see none.

    Args:
        scope: The request as ASGI has it.
        headers: Its headers.
        receive: Where its body comes from.
        caller: Who calls.
        universe: Where.
    """

    __slots__ = ("_receive",)

    def __init__(
        self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, caller: Caller, universe: Universe
    ) -> None:
        super().__init__(scope, headers, b"", caller, universe)
        self._receive = receive
        self.exchange.keeps_body = False

    def pieces(self, most: int) -> AsyncIterator[memoryview]:
        """Read the body in pieces, up to so many bytes.

        Raises:
            FileTooLarge: It is longer, or says so before it comes.
            ClientDisconnect: The client went away.
        """
        return read_pieces(self.headers, self._receive, most=most, refusal=_too_large)


class FileEndpoint(Endpoint):
    """An ASGI app that serves one operation of the file service.

    Args:
        simulator: What serves.
        operation: The operation's id in the contract.
        function: What answers.
        streamed: Whether it reads the body itself.
    """

    def __init__(self, simulator: Simulator, operation: str, function: Function, *, streamed: bool) -> None:
        super().__init__(simulator, operation, function)
        self._streamed = streamed

    async def _called(
        self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, caller: Caller, universe: Universe
    ) -> Call:
        if self._streamed:
            return StreamedCall(scope, headers, receive, caller, universe)
        return await super()._called(scope, headers, receive, caller, universe)

    def _refusal(self, error: ApiError, exchange: Exchange) -> Answer:
        return file_error_answer(error, exchange)

    def _planned(self, plan: AnswerPlan, _exchange: Exchange, *, wall: Instant) -> Reply:
        return planned_answer(plan, wall=wall)


def _too_large(detail: str) -> FileTooLarge:
    return FileTooLarge(detail, clauses=("FILE-LIMIT",))


def planned_answer(plan: AnswerPlan, *, wall: Instant) -> Reply:
    """Make the answer that a plan wants; an error that it does not word itself has the service's envelope."""
    reply = render_answer(plan, UNPUBLISHED, wall=wall)
    if plan.text is not None or plan.json is not msgspec.UNSET or plan.status < _FIRST_ERROR:
        return reply
    message = msgspec.json.decode(reply.body)["error"]["message"]
    body = {"success": False, "code": plan.status, "msg": message}
    return msgspec.structs.replace(reply, body=msgspec.json.encode(body))


def file_error_answer(error: ApiError, exchange: Exchange | None = None) -> Answer:
    """Shape an error as the file service does, and note in the exchange which clauses were broken (FILE-ERROR)."""
    return msgspec.structs.replace(error_answer(error, UNPUBLISHED, exchange), body=file_error_body(error))
