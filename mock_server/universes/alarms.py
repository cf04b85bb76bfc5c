"""Alarms: one for each universe, at the earliest time that was asked for."""

import asyncio
from collections.abc import Callable
from typing import Final

from mock_server.universes.universe import Universe

REST_SECONDS: Final = 0.004
"""How long a universe's alarm is silent after it went off; what falls due in between is looked up in one go."""


class Alarms:
    """Calls `ring` with a universe when its alarm goes off. All of it happens on the running event loop.

    Args:
        ring: What is called.
    """

    def __init__(self, ring: Callable[[Universe], object]) -> None:
        self._ring = ring
        self._set: dict[str, tuple[float, asyncio.TimerHandle]] = {}
        self._rang: dict[str, float] = {}

    def set(self, universe: Universe, seconds: float) -> None:
        """Ring in so many real seconds, unless the universe's alarm goes off before."""
        loop = asyncio.get_running_loop()
        at = max(loop.time() + seconds, self._rang.get(universe.name, 0.0) + REST_SECONDS)
        earlier = self._set.get(universe.name)
        if earlier is None or at < earlier[0]:
            self.cancel(universe)
            self._set[universe.name] = at, loop.call_at(at, self._go_off, universe)

    def cancel(self, universe: Universe) -> None:
        """Do not ring for this universe."""
        self._cancel(universe.name)

    def forget(self, universe: Universe) -> None:
        """Do not ring for this universe, and do not remember that it rang: it is no more."""
        self._cancel(universe.name)
        self._rang.pop(universe.name, None)

    def clear(self) -> None:
        """Do not ring at all."""
        for name in tuple(self._set):
            self._cancel(name)

    def _cancel(self, name: str) -> None:
        if name in self._set:
            self._set.pop(name)[1].cancel()

    def _go_off(self, universe: Universe) -> None:
        del self._set[universe.name]
        self._rang[universe.name] = asyncio.get_running_loop().time()
        self._ring(universe)
