"""What every test of the project starts from, the examples included."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run coroutines on asyncio."""
    return "asyncio"
