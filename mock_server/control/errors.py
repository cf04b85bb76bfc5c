"""What the control API refuses in its own words."""

from mock_server.core.errors import ApiError, NotFound
from mock_server.universes.universe import Universe

_SHOWN = 80


class Conflict(ApiError):
    """What is asked for does not fit the state that things are in."""

    status = 409
    code = "conflict"
    type = "invalid_request_error"
    message = "This cannot be done now"


class MissingExtra(ApiError):
    """What is asked for needs a part of the package that is not installed."""

    status = 501
    code = "missing_extra"
    type = "api_error"
    message = "A part of the package is not installed"


def no_such_task(name: str, universe: Universe) -> NotFound:
    """Return the error for a task that is not there."""
    return NotFound(f"no task {name[:_SHOWN]} in the universe {universe.name}; GET /_mock/tasks lists them")
