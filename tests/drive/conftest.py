"""A simulator in this process, and every library's client of it."""

from collections.abc import Iterator

import pytest

from contracts.drive.in_process import InProcess
from mock_server.app import create_app
from mock_server.settings import Settings
from tests.drive.callers import CALLERS, Open
from tests.serving import Wall


@pytest.fixture
def simulator(wall: Wall) -> Iterator[InProcess]:
    """A simulator on a thread of its own, by the test's clock."""
    with InProcess(create_app(Settings(speed=1.0, videos="packaged"), wall=wall)) as served:
        yield served


@pytest.fixture(params=CALLERS)
def open_client(request: pytest.FixtureRequest) -> Open:
    """How a client is opened: each library's in turn."""
    return CALLERS[request.param]
