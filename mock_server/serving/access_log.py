"""One readable line for each request, written in batches so that a busy server is not held up by its log.

A line never holds a key, a prompt or a query string: method, path, status, milliseconds, task, broken clauses, plans.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from mock_server.journal.contract import Contract, load_contract
from mock_server.journal.exchange import Exchange
from mock_server.journal.shown import shown_line

FLUSH_SECONDS = 0.1

_CONTROL: Final = "/_mock/"
_PLAIN: Final = re.compile(r"[A-Za-z0-9/._~:-]*")
"""What needs no escape; to see that takes less than to escape nothing."""


class AccessLog:
    """Collects the lines of finished exchanges and writes them a little later.

    Args:
        write: Where the text goes, some lines at a time.

    `contract` is that of what is served: its words are no secrets.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self.contract = load_contract()
        self._write = write
        self._waiting: list[str] = []

    def add(self, exchange: Exchange) -> None:
        """Note an exchange that has just ended; its line is made while its memory is near.

        What the dashboard reads again and again has none, as nobody asked for it.
        """
        if exchange.path.startswith(_CONTROL) and _is_read_by_dashboard(exchange):
            return
        if not self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        self._waiting.append(line(exchange, self.contract))

    def flush(self) -> None:
        """Write what has been collected."""
        lines = "".join(self._waiting)
        self._waiting.clear()
        if lines:
            self._write(lines)


def line(exchange: Exchange, contract: Contract | None = None) -> str:
    """Write one exchange. The status is - if the client went away before the answer."""
    path, task = _where(exchange, contract or load_contract())
    milliseconds = (exchange.ended - exchange.started) / 1_000
    text = f"{exchange.method:<4} {path} {exchange.status or '-'} {milliseconds:.1f} ms"
    if task and task not in path:
        text += f"  {task}"
    if exchange.clauses:
        text += f"  broke {', '.join(exchange.clauses)}"
    if exchange.faults:
        text += f"  struck by {', '.join(exchange.faults)}"
    return text + "\n"


def _is_read_by_dashboard(exchange: Exchange) -> bool:
    return exchange.method == "GET" and any(name == b"sec-fetch-site" for name, _ in exchange.headers)


def _where(exchange: Exchange, contract: Contract) -> tuple[str, str | None]:
    """Return the path, escaped, and the task. Where the request led nowhere, either may hold whatever was sent."""
    path, led_somewhere = exchange.path, exchange.status > 0 and not exchange.is_refused
    if led_somewhere or path in contract.paths:
        return path if _PLAIN.fullmatch(path) else quote(path, safe="/-._~:{}"), exchange.task
    return shown_line(exchange, contract)
