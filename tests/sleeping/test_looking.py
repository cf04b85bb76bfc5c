"""When a loop looks whether time can be moved."""

import asyncio
from typing import Any, cast

from contracts.drive.sleeping.asyncio_sleep import Loop
from contracts.drive.sleeping.sleepers import Sleepers


class Busy:
    """Sleepers who cannot be moved at first, as another thread is at it."""

    def __init__(self) -> None:
        self.moved = asyncio.Event()
        self.looks = 0

    def move(self, _: object) -> bool:
        """Move time, but for the first time that it is asked for."""
        self.looks += 1
        if self.looks > 1:
            self.moved.set()
        return self.looks > 1


def test_it_looks_again() -> None:
    """Where time could not be moved the loop looks again, with nobody to ask it to."""

    async def look() -> int:
        sleepers = Busy()
        Loop(cast("Sleepers", cast("Any", sleepers)), asyncio.get_running_loop()).look()
        await asyncio.wait_for(sleepers.moved.wait(), 20)
        return sleepers.looks

    assert asyncio.run(look()) == 2
