"""The loop on which the worlds of clients live."""

from collections.abc import Iterator

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from contracts.evolink.options import PLAIN
from contracts.evolink.world import open_world


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """The way to the loop on which worlds live; one has been opened, so that all that it takes is imported."""
    with start_blocking_portal("asyncio") as portal:
        with open_world(portal, PLAIN):
            pass
        yield portal
