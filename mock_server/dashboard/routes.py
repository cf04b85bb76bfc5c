"""The routes of the dashboard: itself, its files, what tells it of changes, and what it alone reads."""

from typing import Final

from starlette.routing import Route

from mock_server.control.endpoint import control_routes
from mock_server.control.operation import operation
from mock_server.dashboard.events import Events, show_moment
from mock_server.dashboard.files import PATH, Assets, Dashboard
from mock_server.dashboard.lanes import list_lanes
from mock_server.dashboard.result import Result
from mock_server.dashboard.tasks import inspect_task
from mock_server.dashboard.traffic import inspect_exchange, list_lines, list_traffic
from mock_server.dashboard.verdict import Judging
from mock_server.simulator import Simulator

READS: Final = (
    operation("GET", "/_mock/dashboard/moment", show_moment),
    operation("GET", "/_mock/dashboard/lanes", list_lanes),
    operation("GET", "/_mock/dashboard/tasks/{task}", inspect_task, refusals=(404,)),
    operation("GET", "/_mock/dashboard/traffic", list_traffic, waits=True),
    operation("GET", "/_mock/dashboard/lines", list_lines),
    operation("GET", "/_mock/dashboard/exchange", inspect_exchange, refusals=(404,)),
)
"""What is read by the dashboard alone; each has a path of its own."""


def dashboard_routes(simulator: Simulator) -> list[Route]:
    """Return the routes of the dashboard."""
    dashboard = Dashboard(simulator)
    verdict = operation("GET", "/_mock/dashboard/verdict", Judging().show_verdict, waits=True, refusals=(501,))
    return [
        Route(PATH, dashboard),
        Route(PATH.rstrip("/"), dashboard),
        Route("/_mock/dashboard/events", Events(simulator)),
        *control_routes(simulator, (*READS, verdict)),
        Route("/_mock/dashboard/results/{universe}/{task}", Result(simulator), methods=["GET"]),
        Route("/_mock/dashboard/{name}", Assets(), methods=["GET"]),
    ]
