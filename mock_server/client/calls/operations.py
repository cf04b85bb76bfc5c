"""Calls of `mock_server/control/operations.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

from typing import Any

from mock_server.client.call import Call


def show_contract() -> Call[dict[str, Any]]:
    """Show all that the control API can do, as an OpenAPI document."""
    return Call("GET", "/_mock/openapi.json", dict[str, Any])
