"""When a loop or a run of tasks looks whether time can be moved."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
import trio

from contracts.drive.sleeping.asyncio_sleep import Loop
from contracts.drive.sleeping.sleepers import Sleepers
from contracts.drive.sleeping.trio_sleep import Run

PATIENCE = 20
"""Seconds until a look that does not come is given up."""


class Busy:
    """Sleepers who cannot be moved at first, as another thread is at it; tells when they were."""

    def __init__(self, tell: Callable[[], object]) -> None:
        self.tell = tell
        self.looks = 0

    def move(self, _: object) -> bool:
        """Move time, but for the first time that it is asked for."""
        self.looks += 1
        if self.looks > 1:
            self.tell()
        return self.looks > 1


async def look_in_a_loop() -> int:
    """Return how often a loop of asyncio looked."""
    moved = asyncio.Event()
    sleepers = Busy(moved.set)
    Loop(cast("Sleepers", cast("Any", sleepers)), asyncio.get_running_loop()).look()
    await asyncio.wait_for(moved.wait(), PATIENCE)
    return sleepers.looks


async def look_in_a_run() -> int:
    """Return how often a run of trio looked."""
    moved = trio.Event()
    sleepers = Busy(moved.set)
    Run(cast("Sleepers", cast("Any", sleepers)), trio.lowlevel.current_trio_token()).look()
    with trio.fail_after(PATIENCE):
        await moved.wait()
    return sleepers.looks


@pytest.mark.parametrize(
    "looks",
    [
        pytest.param(lambda: asyncio.run(look_in_a_loop()), id="asyncio"),
        pytest.param(lambda: trio.run(look_in_a_run), id="trio"),
    ],
)
def test_it_looks_again(looks: Callable[[], int]) -> None:
    """Where time could not be moved it looks again, with nobody to ask it to."""
    assert looks() == 2
