"""What a client meets in the simulator's own process is what it meets on the wire, fault by fault."""

import pytest

from contracts.drive.in_process import InProcess
from contracts.drive.live import LiveServer
from mock_server.app import create_app
from mock_server.settings import Settings
from tests.drive.callers import Open
from tests.drive.meeting import meet
from tests.serving import Wall

pytestmark = pytest.mark.uncounted


def test_every_fault_of_the_wire(open_client: Open) -> None:
    """Errors have the same types, all the way down, and answers the same bytes."""
    with LiveServer(create_app(Settings(videos="packaged"), wall=Wall())).running() as url:
        live = meet(open_client, url, None)
    with InProcess(create_app(Settings(videos="packaged"), wall=Wall())) as simulator:
        assert meet(open_client, "http://127.0.0.1", simulator) == live
