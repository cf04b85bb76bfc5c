"""The operations that create tasks on the wire: those of one path, told apart by the model that a body names."""

from collections.abc import Mapping

from starlette.types import Receive, Scope

from mock_server.api.endpoint import Answer, Endpoint, Function, error_answer
from mock_server.calls.call import Call
from mock_server.core.errors import ApiError
from mock_server.core.keys import Caller
from mock_server.http.bodies import try_read_body
from mock_server.journal.exchange import Exchange
from mock_server.models.offers import Offer
from mock_server.simulator import Simulator
from mock_server.universes.universe import Universe
from openapi.operations import PublishedError


class CreationEndpoint(Endpoint):
    """An ASGI app that creates tasks of the models of one path; each request is for its model's operation.

    Args:
        simulator: What serves.
        offer: What is created at the path.
        function: What answers.
    """

    def __init__(self, simulator: Simulator, offer: Offer, function: Function) -> None:
        super().__init__(simulator, offer.first.id, function)
        self._offer = offer
        self._limit = simulator.settings.body_limit

    async def _called(
        self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, caller: Caller, universe: Universe
    ) -> Call:
        """Return the call as other endpoints do, and note in its exchange which of the operations it is."""
        body = await try_read_body(headers, receive, self._limit)
        call = Call(scope, headers, body, caller, universe)
        call.exchange.operation = self._offer.choose(call.document()).id
        return call

    def _refusal(self, error: ApiError, exchange: Exchange) -> Answer:
        return error_answer(error, self._errors(exchange), exchange, general=True)

    def _errors(self, exchange: Exchange) -> Mapping[int, PublishedError]:
        return self._offer.errors[self._name(exchange)]
