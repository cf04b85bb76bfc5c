"""Where the parts meet: an ASGI app out of a simulator."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from mock_server import routes
from mock_server.clock import Wall, wall_clock
from mock_server.contract_routes import contract_routes
from mock_server.control import control_routes
from mock_server.core.errors import ApiError, MethodNotAllowed, NotFound
from mock_server.endpoint import Endpoint, Function, error_answer, to_response
from mock_server.exchange import Exchange
from mock_server.middleware import ExchangeMiddleware
from mock_server.results import Results
from mock_server.settings import Settings
from mock_server.simulator import Simulator, assemble
from mock_server.store import SqliteStore, Store

OPERATIONS: dict[str, Function] = {
    "getTaskDetail": routes.get_task,
    "listTasks": routes.list_tasks,
    "batchGetTasks": routes.batch_get_tasks,
    "getCredits": routes.get_credits,
    "listModels": routes.list_models,
    "getModel": routes.get_model,
}
"""What serves each operation that is not the creation of a task."""


def create_app(
    settings: Settings | None = None,
    *,
    store: Store | None = None,
    wall: Wall = wall_clock,
    finished: Callable[[Exchange], object] | None = None,
) -> Starlette:
    """Build the simulator as an ASGI app.

    Args:
        settings: What to serve, and how; the defaults if not given.
        store: Where to keep facts; in memory if not given. It is closed when the app shuts down.
        wall: Where real time comes from, in microseconds since the epoch.
        finished: Gets each exchange when it is over.
    """
    settings = settings or Settings()
    store = store or SqliteStore()
    simulator = assemble(settings, store=store, wall=wall)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await store.close()

    app = Starlette(
        routes=[*api_routes(simulator), *control_routes(simulator), *contract_routes()],
        middleware=[Middleware(ExchangeMiddleware, seed=simulator.seed, finished=finished)],
        exception_handlers={HTTPException: answer_routing_error},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


def api_routes(simulator: Simulator) -> list[BaseRoute]:
    """Return a route for each operation of the contract that is served, the most used first."""
    found = [_route(simulator, name, function) for name, function in OPERATIONS.items()]
    created = {operation.path: operation for operation in reversed(list(simulator.creations.values()))}
    creating = [_route(simulator, operation.id, routes.create_generation) for operation in created.values()]
    link = "/{account}/{folder}/{year}/{month}/{day}/{name}.{suffix}"
    return [*creating, *found, Route(link, Results(simulator).serve)]


async def answer_routing_error(request: Request, raised: Exception) -> Response:
    """Give what the router refuses (404, 405) the API's form."""
    assert isinstance(raised, HTTPException)  # noqa: S101 - what this is registered for
    error: ApiError = NotFound(f"{request.method} {request.url.path}")
    if raised.status_code == MethodNotAllowed.status:
        error = MethodNotAllowed(f"{request.method} {request.url.path}")
    return to_response(error_answer(error), headers=raised.headers or {})


def _route(simulator: Simulator, operation: str, function: Function) -> Route:
    described = simulator.operations[operation]
    return Route(described.path, Endpoint(simulator, operation, function), methods=[described.method.upper()])
