"""What the tests of rules have in common."""

import pytest

from contracts.rules.future import novelties
from contracts.rules.requests import asked


@pytest.fixture(autouse=True)
def reads_anew() -> None:
    """Let each test read its bodies itself, whatever tests before it read: what breaks reading breaks all of them."""
    novelties._read.cache_clear()
    asked._violations.cache_clear()
