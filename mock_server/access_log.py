"""One readable line for each request, written in batches so that a busy server is not held up by its log.

A line never holds a key, a prompt or a query string: method, path, status, milliseconds, task, broken clauses.
"""

import asyncio
import time
from collections.abc import Callable
from urllib.parse import quote

from mock_server.exchange import Exchange

FLUSH_SECONDS = 0.1


class AccessLog:
    """Collects finished exchanges and writes their lines a little later.

    Args:
        write: Where the text goes, some lines at a time.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._waiting: list[tuple[Exchange, int]] = []

    def add(self, exchange: Exchange) -> None:
        """Note an exchange that has just ended."""
        if not self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        self._waiting.append((exchange, time.perf_counter_ns() - exchange.started))

    def flush(self) -> None:
        """Write what has been collected."""
        lines = "".join([line(exchange, taken) for exchange, taken in self._waiting])
        self._waiting.clear()
        if lines:
            self._write(lines)


def line(exchange: Exchange, taken: int) -> str:
    """Write one exchange; `taken` is in nanoseconds. The status is - if the client went away before the answer."""
    path = quote(exchange.path, safe="/-._~:{}")
    parts = [
        f"{exchange.method:<4} {path} {exchange.status or '-'} {taken / 1e6:.1f} ms",
        exchange.task if exchange.task and exchange.task not in path else "",
        "broke " + ", ".join(exchange.clauses) if exchange.clauses else "",
    ]
    return "  ".join(part for part in parts if part) + "\n"
