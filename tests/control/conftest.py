"""The control API as its own client sees it, in this process and over a socket."""

import httpx2
import pytest

from mock_server.client import AsyncControl


@pytest.fixture
def control(client: httpx2.AsyncClient) -> AsyncControl:
    """A client of the control API of the simulator behind `client`."""
    return AsyncControl(str(client.base_url), client=client)
