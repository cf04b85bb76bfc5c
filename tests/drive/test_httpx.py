"""What a core of httpx or httpx2 takes for the network."""

from types import ModuleType

import httpcore
import httpcore2
import pytest

from contracts.drive.httpx_backends import Backend
from contracts.drive.pipes import Line


@pytest.mark.parametrize("core", [httpcore, httpcore2])
def test_sending_after_a_reset(core: ModuleType) -> None:
    """What cannot be sent any more is an error of the core's own."""
    line = Line("http", "localhost", 80, server=0)
    line.to_client.end("reset")
    stream = Backend(lambda *_: line, core).connect_tcp("localhost", 80)
    with pytest.raises(core.WriteError):
        stream.write(b"a")
