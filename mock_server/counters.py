"""What a server counts of itself while it runs: plain numbers, which cost next to nothing and need no library."""

from bisect import bisect_left
from collections import Counter
from typing import Final

from mock_server.journal.exchange import Exchange

LATENESS_SECONDS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0)
"""The upper bounds of the groups in which late attempts are counted; one more group takes what is beyond."""


class Counters:
    """The counts of one server since it started.

    `requests` are by operation ("" for what leads to none) and status (0 if the client went away before the answer),
    `faults` by kind, `attempts` at callbacks by the status that came back, or "error". `lateness` has the attempts by
    how late they were begun (`LATENESS_SECONDS`), `late_seconds` the sum of that.
    """

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.faults: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()
        self.lateness = [0] * (len(LATENESS_SECONDS) + 1)
        self.late_seconds = 0.0

    def count_request(self, exchange: Exchange) -> None:
        """Count an exchange that has ended."""
        self.requests[exchange.operation or "", exchange.status] += 1
        if exchange.faults:
            self.count_faults(exchange.faults)

    def count_faults(self, names: tuple[str, ...]) -> None:
        """Count the plans that struck a request, or an attempt at a callback."""
        self.faults.update(names)

    def count_attempt(self, status: int | None, *, late: float) -> None:
        """Count an attempt at a callback, begun so many real seconds after it was due."""
        self.attempts["error" if status is None else str(status)] += 1
        self.lateness[bisect_left(LATENESS_SECONDS, late)] += 1
        self.late_seconds += late
