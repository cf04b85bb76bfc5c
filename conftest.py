"""What every test of the project starts from, the examples included."""

import pytest
from hypothesis import settings

settings.register_profile("evolink", deadline=None)  # how long an example takes is no test: machines are busy
settings.load_profile("evolink")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run coroutines on asyncio."""
    return "asyncio"
