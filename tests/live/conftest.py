"""Live servers for the tests of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from contracts.evolink.options import Options
from contracts.evolink.server import EvolinkServer, LiveServers


@pytest.fixture(scope="session")
def servers() -> Iterator[LiveServers]:
    """The servers of a run."""
    with LiveServers() as servers:
        yield servers


@pytest.fixture
def open_universe(servers: LiveServers) -> Iterator[Callable[..., EvolinkServer]]:
    """How to open a universe with these options."""
    with ExitStack() as stack:

        def start(**options: Any) -> EvolinkServer:
            return stack.enter_context(servers.open_universe(Options(**options)))

        yield start
