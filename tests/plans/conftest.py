"""Simulators with plans: in this process and over a socket."""

from collections.abc import AsyncIterator

import pytest

from tests.plans.driving import Drive, driving, hurry
from tests.serving import LIVE


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds for which answers would have been late."""
    return hurry(monkeypatch.setattr)


@pytest.fixture(params=["in-process", LIVE])
async def drive(request: pytest.FixtureRequest, anyio_backend: str, slept: list[float]) -> AsyncIterator[Drive]:  # noqa: ARG001
    """How to get a simulator of one's own."""
    async with driving(slept, live=request.param == "live") as drive:
        yield drive
