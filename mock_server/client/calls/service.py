"""Calls of `mock_server/control/service.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

from mock_server.client.call import Call
from mock_server.control.shapes.service import Health, ModelList


def show_health() -> Call[Health]:
    """Tell that the server is up, and what it serves."""
    return Call("GET", "/_mock/health", Health)


def list_models() -> Call[ModelList]:
    """List the models that are served, each with where what is known of it comes from, and the pages that are not."""
    return Call("GET", "/_mock/models", ModelList)


def show_metrics() -> Call[str]:
    """Show what the server has counted, in the form that Prometheus reads."""
    return Call("GET", "/_mock/metrics", str)
