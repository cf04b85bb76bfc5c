"""Requests that are under way together, for certain: none is sent before all have begun."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpx2

_PATIENCE: Final = 5.0
"""For how many seconds a request waits for one that is never made."""


class Crowd:
    """Lets several do something at the same time; what they send first, they send together."""

    def __init__(self) -> None:
        self._own = threading.local()

    def attend(self, client: httpx2.Client) -> None:
        """Have a client's requests wait for each other, where they are to."""
        client.event_hooks = {"request": [self._meet]}

    def run(self, *works: Callable[[], object]) -> None:
        """Do things at the same time, and raise what the first of them raises."""
        place = threading.Barrier(len(works))
        with ThreadPoolExecutor(len(works)) as pool:
            for done in [pool.submit(self._work, place, work) for work in works]:
                done.result()

    def _work(self, place: threading.Barrier, work: Callable[[], object]) -> None:
        self._own.place = place
        try:
            work()
        finally:
            self._leave()

    def _meet(self, _request: httpx2.Request) -> None:
        place, self._own.place = getattr(self._own, "place", None), None
        if place is not None:
            try:
                place.wait(_PATIENCE)
            except threading.BrokenBarrierError:
                return

    def _leave(self) -> None:
        """Keep nobody waiting for a request that is not made."""
        place = getattr(self._own, "place", None)
        if place is not None:
            place.abort()
