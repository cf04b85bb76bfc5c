"""Requests that are under way together, for certain: none is sent before all have begun."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpx2

_PATIENCE: Final = 5.0
"""For how many seconds a request waits for one that is never made."""


class Place:
    """Where some wait for each other, until all have come that are going to.

    Args:
        expected: How many are to come.
    """

    def __init__(self, expected: int) -> None:
        self._missing = expected
        self._changed = threading.Condition()

    def meet(self) -> None:
        """Come, and wait for the others."""
        with self._changed:
            self.leave()
            self._changed.wait_for(lambda: not self._missing, _PATIENCE)

    def leave(self) -> None:
        """Keep nobody waiting for one who does not come."""
        with self._changed:
            self._missing -= 1
            self._changed.notify_all()


class Crowd:
    """Lets several do something at the same time; what they send first, they send together."""

    def __init__(self) -> None:
        self._own = threading.local()

    def attend(self, client: httpx2.Client) -> None:
        """Have a client's requests wait for each other, where they are to."""
        client.event_hooks = {"request": [self._meet]}

    def run(self, *works: Callable[[], object]) -> None:
        """Do things at the same time, and raise what the first of them raises."""
        place = Place(len(works))
        with ThreadPoolExecutor(len(works)) as pool:
            for done in [pool.submit(self._work, place, work) for work in works]:
                done.result()

    def _work(self, place: Place, work: Callable[[], object]) -> None:
        self._own.place = place
        try:
            work()
        finally:
            left = self._take_place()
            if left is not None:
                left.leave()

    def _meet(self, _request: httpx2.Request) -> None:
        place = self._take_place()
        if place is not None:
            place.meet()

    def _take_place(self) -> Place | None:
        """Return where this thread is expected, the first time that it is asked for."""
        place: Place | None = getattr(self._own, "place", None)
        self._own.place = None
        return place
