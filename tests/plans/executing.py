"""Plans as Python makes them."""

from typing import Any

from mock_server.core.plans import (
    Plans,
)


def executed(source: str) -> Plans:
    """Return the plans that a piece of Python makes."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)  # noqa: S102 - drawn by us
    made: Plans = namespace["plans"]
    return made
