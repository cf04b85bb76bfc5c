"""The routes of the page: the page, its files, what tells it of changes, and what it alone reads."""

from typing import Final

from starlette.routing import Route

from mock_server.control.endpoint import ControlEndpoint
from mock_server.control.operation import operation
from mock_server.dashboard.events import Events, show_moment
from mock_server.dashboard.lanes import list_lanes
from mock_server.dashboard.page import Assets, Page
from mock_server.dashboard.result import Result
from mock_server.dashboard.tasks import inspect_task
from mock_server.dashboard.traffic import inspect_exchange, list_lines, list_traffic
from mock_server.dashboard.verdict import Judging
from mock_server.simulator import Simulator

READS: Final = (
    operation("GET", "/_mock/page/moment", show_moment),
    operation("GET", "/_mock/page/lanes", list_lanes),
    operation("GET", "/_mock/page/tasks/{task}", inspect_task, refusals=(404,)),
    operation("GET", "/_mock/page/traffic", list_traffic, waits=True),
    operation("GET", "/_mock/page/lines", list_lines),
    operation("GET", "/_mock/page/exchange", inspect_exchange, refusals=(404,)),
)
"""What is read by the page alone; each has a path of its own."""


def dashboard_routes(simulator: Simulator) -> list[Route]:
    """Return the routes of the page."""
    verdict = operation("GET", "/_mock/page/verdict", Judging().show_verdict, waits=True, refusals=(501,))
    return [
        Route("/_mock/", Page(simulator)),
        Route("/_mock/page/events", Events(simulator)),
        *(Route(read.path, ControlEndpoint(simulator, read)) for read in (*READS, verdict)),
        Route("/_mock/page/results/{universe}/{task}", Result(simulator)),
        Route("/_mock/page/{name}", Assets()),
    ]
