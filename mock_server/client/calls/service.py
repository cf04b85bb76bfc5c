"""Calls of `mock_server/control/service.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

from mock_server.client.call import Call
from mock_server.control.shapes.worlds import Health


def show_health() -> Call[Health]:
    """Tell that the server is up, and what it serves."""
    return Call("GET", "/_mock/health", Health)


def show_metrics() -> Call[str]:
    """Show what the server has counted, in the form that Prometheus reads."""
    return Call("GET", "/_mock/metrics", str)
