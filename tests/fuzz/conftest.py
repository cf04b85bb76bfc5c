"""What schemathesis begins in this process ends with the test."""

from collections.abc import Iterator

import pytest
from schemathesis.python.asgi import shutdown_lifespans


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    """Stop the apps that were called."""
    yield
    shutdown_lifespans()
