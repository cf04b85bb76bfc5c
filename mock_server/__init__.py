"""A simulator of the EvoLink video API: create, poll, bill, fail, on one machine and offline."""

from mock_server.app import create_app
from mock_server.settings import Settings

__all__ = ["Settings", "create_app"]
