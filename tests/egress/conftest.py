"""Both event loops that the simulator runs on: what goes over a wire is tested on each."""

from importlib.util import find_spec
from typing import Any

import pytest

_NO_UVLOOP = pytest.mark.skipif(find_spec("uvloop") is None, reason="uvloop is not installed here")


@pytest.fixture(
    scope="session",
    params=[pytest.param(False, id="asyncio"), pytest.param(True, id="uvloop", marks=_NO_UVLOOP)],
)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Run coroutines on asyncio, with its own loop and with uvloop."""
    return "asyncio", {"use_uvloop": request.param}
