"""One limiter for all that is asked with a key: a 429 holds back every request, and not just its own."""

import time

import httpx

from .waiting import retry_after


class Limiter:
    """Holds requests back until a time."""

    def __init__(self) -> None:
        self._until = 0.0

    def attach(self, client: httpx.Client) -> None:
        """Have all requests of a client wait for their turn."""
        client.event_hooks = {"request": [self._wait], "response": [self._note]}

    def _wait(self, _: httpx.Request) -> None:
        while (left := self._until - time.monotonic()) > 0:
            time.sleep(left)

    def _note(self, answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            self._until = max(self._until, time.monotonic() + min(retry_after(answer) or 1.0, 3600.0))
