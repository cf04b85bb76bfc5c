"""Where the parts meet: an ASGI app out of a simulator."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Lifespan

from mock_server.api.endpoint import error_answer, to_response
from mock_server.api.middleware import ExchangeMiddleware
from mock_server.api.shortcut import Shortcut
from mock_server.assembly import assemble
from mock_server.control import operations as control
from mock_server.control.endpoint import control_routes
from mock_server.core.errors import MethodNotAllowed, NotFound
from mock_server.core.plans import Plans
from mock_server.dashboard.routes import dashboard_routes
from mock_server.egress.egress import Egress
from mock_server.files.endpoint import file_error_answer
from mock_server.files.routes import file_routes, is_of_files
from mock_server.http.port import ANY_FREE, OwnPort
from mock_server.journal.exchange import Exchange
from mock_server.links.results import result_routes
from mock_server.operations.contract import contract_routes
from mock_server.operations.routes import api_resources
from mock_server.settings import Settings, SettingsError
from mock_server.simulator import Simulator
from mock_server.store import SqliteStore, Store
from mock_server.universes.clock import Wall, wall_clock

_SHOWN: Final = 200
"""How much of a path that leads nowhere is repeated in the answer."""


def create_app(
    settings: Settings | None = None,
    *,
    store: Store | None = None,
    plans: Plans = (),
    wall: Wall = wall_clock,
    finished: Callable[[Exchange], object] | None = None,
    egress: Egress | None = None,
) -> Starlette:
    """Build the simulator as an ASGI app.

    Args:
        settings: What to serve, and how; the defaults if not given.
        store: Where to keep facts; in memory if not given. It is closed when the app shuts down.
        plans: What is to go wrong in every universe (`mock_server.plans`), after what the settings have of it.
        wall: Where real time comes from, in microseconds since the epoch.
        finished: Gets each exchange when it is over.
        egress: What sends callbacks and fetches references; as the settings allow if not given.

    Raises:
        SettingsError: Something is to have a port of its own, and it is not said which; or a plan is none.
    """
    settings = settings or Settings()
    _refuse_free_ports(settings)
    simulator = assemble(settings, store=store or SqliteStore(), plans=plans, wall=wall, egress=egress)
    exchanges = Middleware(
        ExchangeMiddleware,
        universes=simulator.universes,
        counters=simulator.counters,
        seed=simulator.seed,
        wall=wall,
        finished=finished,
    )
    parts = tuple(_parts(simulator))
    own = [Middleware(OwnPort, own=_routed(part), port=port) for part, port in parts if port is not None]
    resources = api_resources(simulator)
    api = [Route(path, resource) for path, resource in resources.items()]
    shared = [route for part, port in parts if port is None for route in part]
    served = [*api, *shared, *result_routes(simulator), *contract_routes(simulator.catalogue)]
    shortcut = Middleware(Shortcut, paths={path: resource.methods for path, resource in resources.items()})
    app = _routed(served, exchanges, *own, shortcut, lifespan=lambda _: _running(simulator))
    app.state.planning, app.state.universes = simulator.planning, simulator.universes
    app.state.catalogue, app.state.contract = simulator.catalogue, simulator.contract
    app.state.callbacks = simulator.callbacks
    return app


def _refuse_free_ports(settings: Settings) -> None:
    """Refuse a part that is to have a port of its own, and it is not said which: that takes a server to listen."""
    for name in ("files_port", "control_port"):
        if getattr(settings, name) == ANY_FREE and (settings.control or name != "control_port"):
            raise SettingsError(f"{name}: 0 picks a free port where evolink-mock serve listens; here, name one")


def _parts(simulator: Simulator) -> Iterator[tuple[Sequence[BaseRoute], int | None]]:
    """Return what may have a port of its own, each with that port; None for that of the API."""
    settings = simulator.settings
    yield file_routes(simulator), settings.files_port
    if settings.control:
        yield [*control_routes(simulator, control.OPERATIONS), *dashboard_routes(simulator)], settings.control_port


@asynccontextmanager
async def _running(simulator: Simulator) -> AsyncIterator[None]:
    """Take up what was there, and in the end let go of everything."""
    await simulator.take_up()
    yield
    await simulator.callbacks.stop()
    await simulator.store.close()
    await simulator.studio.close()
    simulator.depot.close()


class Application(Starlette):
    """Starlette without its outermost layer, which answers 500 for an error of ours and lets it go on.

    Every server answers so by itself, and the layer costs each request 1.3 us (measured).
    """

    def build_middleware_stack(self) -> ASGIApp:
        """Put the layers together."""
        app: ASGIApp = ExceptionMiddleware(self.router, handlers=self.exception_handlers)
        for layer in reversed(self.user_middleware):
            app = layer.cls(app, *layer.args, **layer.kwargs)
        return app


def _routed(
    served: Sequence[BaseRoute], *middleware: Middleware, lifespan: Lifespan[Starlette] | None = None
) -> Starlette:
    app = Application(
        routes=served,
        middleware=middleware,
        exception_handlers={HTTPException: answer_routing_error},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


async def answer_routing_error(request: Request, raised: Exception) -> Response:
    """Give what the router refuses (404, 405) the API's form."""
    assert isinstance(raised, HTTPException)  # noqa: S101 - what this is registered for
    method = "GET" if request.method == "HEAD" else request.method
    line = f"{method} {request.scope['path'][:_SHOWN]}"
    refuse = file_error_answer if is_of_files(request.scope["path"]) else error_answer
    if raised.status_code != MethodNotAllowed.status:
        return to_response(refuse(NotFound(line)))
    allowed = (raised.headers or {})["Allow"].split(", ")
    return to_response(refuse(MethodNotAllowed(line)), headers={"allow": ", ".join(sorted(allowed))})
