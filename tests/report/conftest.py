"""A generation that is reported."""

from typing import Final

import pytest

from contracts.report.history import History
from tests.report.facts import whole_generation

KEY: Final = "sk-a-very-secret-key"
PROMPT: Final = "A walrus that nobody may know about"


@pytest.fixture(scope="session")
def generation() -> History:
    """A test that failed, as a real simulator tells of it."""
    return whole_generation(KEY, PROMPT)


@pytest.fixture(scope="session")
def secrets() -> tuple[str, ...]:
    """What no report of it may show."""
    return KEY, KEY[:12], PROMPT, "walrus that nobody"
