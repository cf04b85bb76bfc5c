"""A simulator of the EvoLink video API: create, poll, bill, fail, on one machine and offline."""

from typing import TYPE_CHECKING, Any

from mock_server.app import create_app
from mock_server.settings import Settings

if TYPE_CHECKING:
    from mock_server.client import AsyncControl, Control, ControlError

__all__ = ["AsyncControl", "Control", "ControlError", "Settings", "create_app"]


def __getattr__(name: str) -> Any:
    """Import the client when it is first asked for: a server needs no HTTP client."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mock_server import client  # noqa: PLC0415 - the point of this function

    return getattr(client, name)
