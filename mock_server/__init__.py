"""A simulator of the EvoLink video API: create, poll, bill, fail, on one machine and offline."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mock_server.app import create_app
    from mock_server.client import AsyncControl, Control, ControlError
    from mock_server.settings import Settings

__all__ = ["AsyncControl", "Control", "ControlError", "Settings", "create_app"]

_PLACES: Final = {
    "AsyncControl": "mock_server.client",
    "Control": "mock_server.client",
    "ControlError": "mock_server.client",
    "Settings": "mock_server.settings",
    "create_app": "mock_server.app",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is: a server needs no client, and a command that prints a list needs neither."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
