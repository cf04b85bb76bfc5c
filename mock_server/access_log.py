"""One readable line for each request, written in batches so that a busy server is not held up by its log.

A line never holds a key, a prompt or a query string: method, path, status, milliseconds, task, broken clauses, plans.
"""

import asyncio
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from mock_server.journal.contract import load_contract
from mock_server.journal.exchange import Exchange
from mock_server.journal.shown import shown_line

FLUSH_SECONDS = 0.1

_FIRST_ERROR: Final = 400


class AccessLog:
    """Collects finished exchanges and writes their lines a little later.

    Args:
        write: Where the text goes, some lines at a time.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._waiting: list[Exchange] = []

    def add(self, exchange: Exchange) -> None:
        """Note an exchange that has just ended."""
        if not self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        self._waiting.append(exchange)

    def flush(self) -> None:
        """Write what has been collected."""
        lines = "".join([line(exchange) for exchange in self._waiting])
        self._waiting.clear()
        if lines:
            self._write(lines)


def line(exchange: Exchange) -> str:
    """Write one exchange. The status is - if the client went away before the answer."""
    path, task = _where(exchange)
    milliseconds = (exchange.ended - exchange.started) / 1_000
    parts = [
        f"{exchange.method:<4} {path} {exchange.status or '-'} {milliseconds:.1f} ms",
        task if task and task not in path else "",
        "broke " + ", ".join(exchange.clauses) if exchange.clauses else "",
        "struck by " + ", ".join(exchange.faults) if exchange.faults else "",
    ]
    return "  ".join(part for part in parts if part) + "\n"


def _where(exchange: Exchange) -> tuple[str, str | None]:
    """Return the path, escaped, and the task. Where the request led nowhere, either may hold whatever was sent."""
    led_somewhere = 0 < exchange.status < _FIRST_ERROR
    if led_somewhere or exchange.path in load_contract().paths:
        return quote(exchange.path, safe="/-._~:{}"), exchange.task
    return shown_line(exchange, load_contract())
